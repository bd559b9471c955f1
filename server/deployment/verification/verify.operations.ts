import { type Scope, type Scoped, type Store, withScope } from '#platform/database/store.ts'
import { readingTargets } from '../../inventory/index.ts'
import { type Move, moveJobs } from '../job.operations.ts'
import { type JobRow, lockJobs, readLater } from '../job.queries.ts'
import type { DeploymentParts } from '../parts.ts'
import { deafSince, rolloutsIn } from '../rollout.queries.ts'
import { unlessNoSigner, verifiedPlan } from '../verified.operations.ts'
import { compare, outcomeOf, pauseBefore, type ReadingOutcome } from './compare.ts'
import { keepReadings, observeAll, readAtOnce, type Target } from './observe.operations.ts'
import { type DueJob, findLastOutcomes, takeDueJobs } from './reading.queries.ts'

/**
 * How long a turn may keep the jobs that it takes, in milliseconds: they are read at the same time, and no reading takes
 * longer than half of it. What a process that was killed had taken is read again when this has passed.
 */
const leaseMs = 10_000

interface Rollout {
  readonly silenceMs: number
  readonly deafMs: number
}

/** The silence limits of the rollouts that may have devices to read, from their signed plans. */
async function rolloutsOf(scoped: Scoped, { clock, signerKeys }: DeploymentParts) {
  const found = new Map<string, Rollout>()
  // After a downtime this turn may come before the one that beats.
  const deaf = await deafSince(scoped, clock.now(), 0)
  for (const row of await rolloutsIn(scoped, ['running', 'paused', 'stopped', 'expired'])) {
    const signed = await unlessNoSigner(verifiedPlan(scoped, signerKeys, row))
    if (signed) found.set(row.id, { silenceMs: signed.plan.limits.silenceSeconds * 1000, deafMs: row.deaf_ms + deaf })
  }
  return found
}

/** The step of a job whose device may not be read at all: nobody can tell, so it is not verified. */
function unreadable(job: JobRow, target: Target | undefined): Move {
  const reason = target ? 'address-not-allowed' : 'no-address'
  const kind = job.claim === 'failure' ? 'not-confirmed' : 'not-verified'
  return { job, step: { kind, class: reason }, assurance: 'claimed' }
}

interface Taken {
  readonly jobs: readonly DueJob[]
  readonly targets: ReadonlyMap<number, Target>
  readonly rollouts: ReadonlyMap<string, Rollout>
}

async function take(store: Store, scope: Scope, parts: DeploymentParts): Promise<Taken> {
  return withScope(store, scope, async (scoped) => {
    const now = parts.clock.now()
    const until = new Date(now.getTime() + leaseMs)
    const jobs = await takeDueJobs(scoped, { now, until, limit: readAtOnce })
    if (jobs.length === 0) return { jobs, targets: new Map(), rollouts: new Map() }
    const targets = await readingTargets(
      scoped,
      jobs.map(({ device_id }) => device_id),
    )
    const refused = jobs.filter(({ device_id }) => !targets.get(device_id)?.allowed)
    const locked = await lockJobs(scoped, refused)
    await moveJobs(
      scoped,
      parts.clock,
      locked.map((job) => unreadable(job, targets.get(job.device_id))),
    )
    const read = jobs.filter(({ device_id }) => targets.get(device_id)?.allowed)
    return { jobs: read, targets, rollouts: await rolloutsOf(scoped, parts) }
  })
}

type Observed = Awaited<ReturnType<typeof observeAll>>[number]

/** A job that still waits for what was read from its device, and what that says. */
interface Seen {
  readonly job: JobRow
  readonly target: Target
  readonly observed: Observed
  readonly outcome: ReadingOutcome
}

/** What was read for the jobs that wait for it, each held until the transaction ends. */
async function seenIn(scoped: Scoped, { targets }: Taken, read: readonly Concluding[]): Promise<readonly Seen[]> {
  const observations = new Map(read.map(({ due, observed }) => [due.id, observed]))
  const jobs = await lockJobs(
    scoped,
    read.map(({ due }) => due),
  )
  return jobs.flatMap((job) => {
    const [target, observed] = [targets.get(job.device_id), observations.get(job.id)]
    if (!target || !observed || job.state !== 'reported') return []
    const expected = { serial: target.serial, before: job.version_before, wanted: job.version_wanted }
    return [{ job, target, observed, outcome: outcomeOf(observed, expected) }]
  })
}

interface Concluding {
  readonly due: DueJob
  readonly observed: Observed
}

/** Keeps what was read for jobs, and takes the steps that follow from it. */
async function conclude(
  scoped: Scoped,
  parts: DeploymentParts,
  taken: Taken,
  read: readonly Concluding[],
): Promise<void> {
  const seen = await seenIn(scoped, taken, read)
  const now = parts.clock.now()
  const last = await findLastOutcomes(
    scoped,
    seen.map(({ job }) => job),
  )
  await keepReadings(
    scoped,
    parts,
    seen.map(({ job, ...each }) => ({ deviceId: job.device_id, job: job.id, ...each })),
  )
  const moves: Move[] = []
  const later: { job: JobRow; after: Date }[] = []
  for (const { job, observed, outcome } of seen) {
    const rollout = taken.rollouts.get(job.rollout_id)
    const sinceReport = now.getTime() - job.last_word_at.getTime() - ((rollout?.deafMs ?? 0) - job.deaf_ms)
    // Without a plan that verifies there is no limit to go by, and the job waits.
    const isLate = rollout !== undefined && sinceReport > rollout.silenceMs
    const wasFetched = job.class !== 'never-fetched'
    const found = compare(outcome, { claim: job.claim ?? 'success', last: last.get(job.id), isLate, wasFetched })
    if ('again' in found) later.push({ job, after: new Date(now.getTime() + pauseBefore(sinceReport)) })
    else moves.push({ job, step: found.step, ...assuranceOf(observed, outcome, now) })
  }
  await readLater(scoped, later)
  await moveJobs(scoped, parts.clock, moves)
}

function assuranceOf(observed: Observed, outcome: ReadingOutcome, now: Date): Partial<Move> {
  const isRead = observed.answered && outcome !== 'no-answer' && outcome !== 'contradicts'
  return isRead
    ? { assurance: 'observed', versionAfter: observed.identity.firmware, observedAt: now }
    : { assurance: 'claimed' }
}

/**
 * One turn of verification for a tenant: devices that have reported are read, and what we read decides. Reading happens
 * outside of transactions; a turn that is killed in between is made up for when its lease ends.
 * @returns how many jobs were looked at
 */
export async function verifyReported(store: Store, scope: Scope, parts: DeploymentParts): Promise<number> {
  const taken = await take(store, scope, parts)
  if (taken.jobs.length === 0) return 0
  const targets = taken.jobs.map(({ device_id }) => taken.targets.get(device_id) as Target)
  const observed = await observeAll(parts, targets)
  const read = taken.jobs.map((due, at) => ({ due, observed: observed[at] as Observed }))
  const errors: unknown[] = []
  const concludeIn = (some: readonly Concluding[]) =>
    withScope(store, scope, (scoped) => conclude(scoped, parts, taken, some))
  try {
    await concludeIn(read)
  } catch {
    // One device that cannot be concluded does not keep the others waiting.
    for (const one of read) await concludeIn([one]).catch((error) => errors.push(error))
  }
  if (errors.length > 0) throw new AggregateError(errors, `${errors.length} devices were read and not concluded`)
  return taken.jobs.length
}
