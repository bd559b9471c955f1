import type { Scoped } from '#platform/database/store.ts'
import { step } from '#platform/machine.ts'
import { recent } from '#platform/recent.ts'
import type {
  Assignment,
  Courier,
  DeviceReport,
  OfferedArtifact,
  Order,
  ReportOutcome,
  Word,
} from '../adapters/port.ts'
import { artifactFile } from '../releases/index.ts'
import { holds } from './audience.ts'
import { claim } from './claim.operations.ts'
import { moveJobs } from './job.operations.ts'
import { findOpenJobs, findOrders, insertFeedback, type JobRow, lockOrders } from './job.queries.ts'
import { isFinal, type Job, type JobStep, job as machine, recallable } from './job.ts'
import type { DeploymentParts } from './parts.ts'
import { exceptDone } from './restored.operations.ts'
import { findRollout, findWithdrawn } from './rollout.queries.ts'
import { unlessNoSigner, type VerifiedPlan, verifiedPlan } from './verified.operations.ts'

type Parts = Pick<DeploymentParts, 'clock' | 'signerKeys'>

/** Artifacts never change, so what is told of them is asked for once. */
const files = recent<OfferedArtifact>(1000)

async function fileOf(scoped: Scoped, sha256: string): Promise<OfferedArtifact | undefined> {
  const key = `${scoped.scope.tenant} ${sha256}`
  const known = files.get(key)
  if (known) return known
  const found = await artifactFile(scoped, sha256)
  return found && files.put(key, found)
}

/** The plan of a rollout as the signer signed it. */
type PlanOf = (rollout: string) => Promise<VerifiedPlan | undefined>

/** Verified plans, each looked up once however many devices of its rollout ask together. */
function plansIn(scoped: Scoped, { signerKeys }: Parts): PlanOf {
  const found = new Map<string, VerifiedPlan | undefined>()
  return async (rollout) => {
    if (!found.has(rollout)) {
      const row = await findRollout(scoped, rollout)
      found.set(rollout, row && (await unlessNoSigner(verifiedPlan(scoped, signerKeys, row))))
    }
    return found.get(rollout)
  }
}

/** Whether the signer signed that this device gets these bytes; a job is a row like any other, and proves nothing. */
const isSigned = (signed: VerifiedPlan | undefined, { device_id, sha256 }: JobRow): boolean =>
  signed !== undefined &&
  holds(signed.audience, device_id) &&
  signed.plan.artifacts.some((artifact) => artifact.sha256 === sha256)

/** Those among some jobs that may still be handed out: a withdrawn release goes only to devices that write it already. */
async function exceptWithdrawn(scoped: Scoped, planOf: PlanOf, jobs: readonly JobRow[]): Promise<readonly JobRow[]> {
  const releases = new Map<JobRow, string>()
  for (const job of jobs) {
    const signed = recallable.some((each) => each === job.state) ? await planOf(job.rollout_id) : undefined
    if (signed) releases.set(job, signed.plan.release)
  }
  if (releases.size === 0) return jobs
  const withdrawn = await findWithdrawn(scoped, [...new Set(releases.values())])
  return jobs.filter((job) => !withdrawn.has(releases.get(job) ?? ''))
}

async function assignmentOf(scoped: Scoped, planOf: PlanOf, job: JobRow): Promise<Assignment | undefined> {
  if (job.state === 'cancelling') return { kind: 'cancel', actionId: job.action_id }
  if (job.state === 'reported' || job.state === 'waiting' || isFinal(job.state)) return undefined
  if (!isSigned(await planOf(job.rollout_id), job)) return undefined
  const artifact = await fileOf(scoped, job.sha256)
  const { action_id: actionId, version_wanted: version } = job
  return artifact && { kind: 'install', actionId, name: artifact.fileName, version, artifact }
}

async function assignments(scoped: Scoped, parts: Parts, devices: readonly number[]) {
  const open = await findOpenJobs(scoped, devices)
  const busy = new Set(open.map(({ device_id }) => device_id))
  const free = devices.filter((id) => !busy.has(id))
  const claimed = free.length > 0 ? await claim(scoped, parts, free) : []
  const found = [...open, ...(claimed.length > 0 ? await findOpenJobs(scoped, claimed) : [])]
  const jobs = await exceptDone(scoped, parts, found, new Set(claimed))
  const planOf = plansIn(scoped, parts)
  const given = new Map<number, Assignment>()
  for (const job of await exceptWithdrawn(scoped, planOf, jobs)) {
    const assigned = await assignmentOf(scoped, planOf, job)
    if (assigned) given.set(job.device_id, assigned)
  }
  return given
}

const keyOf = ({ device, actionId }: Order): string => `${device} ${actionId}`

const finishedOf: Readonly<Partial<Record<DeviceReport['execution'], string>>> = {
  succeeded: 'success',
  failed: 'failure',
}

/**
 * What a device's word means for its job. A device that is at work and has not fetched the whole update cannot be writing
 * all of it, and may be called back; after that it may be writing, and is left alone.
 */
const stepOf = ({ state }: JobRow, said: DeviceReport['execution']): JobStep['kind'] & DeviceReport['execution'] => {
  if (said !== 'proceeding') return said
  return state === 'offered' || state === 'downloading' ? 'downloading' : 'installing'
}

/** A word about a job that still listens to it. */
interface Heard extends Word {
  readonly job: JobRow
}

const isEnd = ({ execution }: DeviceReport): boolean => execution === 'succeeded' || execution === 'failed'

/** Keeps words about different jobs: each job moves, the word is kept, and the counters follow, all or nothing. */
async function hear(scoped: Scoped, { clock }: Parts, heard: readonly Heard[]): Promise<void> {
  const at = clock.now()
  const moves = heard.map(({ job, said }) => ({
    ...{ job, step: { kind: stepOf(job, said.execution) }, saidAt: at },
    readAfter: isEnd(said) ? at : undefined,
  }))
  await moveJobs(scoped, clock, moves)
  const wordOf = ({ job, said }: Heard) => {
    return { ...said, job, finished: finishedOf[said.execution] ?? 'none', isLast: isEnd(said) }
  }
  await insertFeedback(scoped, at, heard.map(wordOf))
}

/** What becomes of a word about this job. */
function outcomeOf(job: JobRow | undefined, { execution }: DeviceReport): ReportOutcome {
  if (!job) return 'unknown'
  if (isFinal(job.state) || job.state === 'reported') return 'over'
  return step(machine, { kind: job.state } as Job, { kind: stepOf(job, execution) }).ok ? 'taken' : 'unknown'
}

/** Takes devices' words in one go; a second word about the same job is taken after the first has moved it. */
async function take(scoped: Scoped, parts: Parts, words: readonly Word[]): Promise<readonly ReportOutcome[]> {
  const outcomes: ReportOutcome[] = []
  let left = words.map((word, at) => ({ word, at }))
  while (left.length > 0) {
    const turn = [...new Map(left.toReversed().map((each) => [keyOf(each.word), each])).values()]
    left = left.filter((each) => !turn.includes(each))
    const jobs = await lockOrders(
      scoped,
      turn.map(({ word }) => word),
    )
    const found = new Map(jobs.map((job) => [keyOf({ device: job.device_id, actionId: job.action_id }), job]))
    const heard: Heard[] = []
    for (const { word, at } of turn) {
      const job = found.get(keyOf(word))
      const outcome = outcomeOf(job, word.said)
      outcomes[at] = outcome
      if (job && outcome === 'taken') heard.push({ ...word, job })
    }
    if (heard.length > 0) await hear(scoped, parts, heard)
  }
  return outcomes
}

/** Notes which devices have fetched the whole update, unless they are further already; that is a sign of life too. */
async function served(scoped: Scoped, { clock }: Parts, orders: readonly Order[]): Promise<void> {
  const jobs = await lockOrders(scoped, orders)
  const fetching = jobs.filter(({ state }) => state === 'offered' || state === 'downloading')
  const saidAt = clock.now()
  await moveJobs(
    scoped,
    clock,
    fetching.map((job) => ({ job, step: { kind: 'downloaded' }, saidAt })),
  )
}

/** Whoever hands out the jobs of rollouts. */
export const deploymentCourier = (parts: Parts): Courier => ({
  assignments: (scoped, devices) => assignments(scoped, parts, devices),
  assigned: async (scoped, orders) => {
    const planOf = plansIn(scoped, parts)
    const found = new Map<string, Assignment>()
    for (const job of await exceptWithdrawn(scoped, planOf, await findOrders(scoped, orders))) {
      const assigned = await assignmentOf(scoped, planOf, job)
      if (assigned) found.set(keyOf({ device: job.device_id, actionId: job.action_id }), assigned)
    }
    return orders.map((order) => found.get(keyOf(order)))
  },
  take: (scoped, words) => take(scoped, parts, words),
  served: (scoped, orders) => served(scoped, parts, orders),
})
