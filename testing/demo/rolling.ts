import { setTimeout as after } from 'node:timers/promises'
import type { Reply } from '@suture/contract/client.ts'
import { getRollout } from '@suture/contract/deployment.ts'
import { listJobs } from '@suture/contract/jobs.ts'
import type { JobState } from '@suture/contract/states.ts'
import type { Panel } from './cast.ts'
import type { Person } from './people.ts'
import type { Screen } from './screen.ts'
import { policy, put } from './world.ts'

type Rollout = Reply<typeof getRollout>

/** The plan as its maker writes it: a first wave of six of each revision, a tenth, everybody. */
const planOf = (release: string, now: Date) => ({
  name: 'Vision controllers, all sites',
  release,
  audience: {},
  // Judged when nearly all have ended: a few odd ones among the first to end are no judgement.
  waves: [
    { pick: 'stratified', perStratum: policy.perStratum, soakSeconds: policy.soakSeconds, minimumSample: 18 },
    { pick: 'hashed', percent: 10, soakSeconds: policy.soakSeconds, minimumSample: 10 },
    { pick: 'hashed', percent: 100, soakSeconds: policy.soakSeconds, minimumSample: 10 },
  ],
  limits: {
    silenceSeconds: policy.silenceSeconds,
    maxFailurePercent: 60,
    perRevision: { maxFailurePercent: 60, minimumSample: 6, beyond: 'quarantine' },
    revisions: [],
  },
  notBefore: now.toISOString(),
  notAfter: new Date(now.getTime() + 3_600_000).toISOString(),
})

/** Follows a rollout until it is over and its last job has ended, or for so long that something must be wrong. */
async function watch(operator: Person, screen: Screen, id: string, signal: AbortSignal): Promise<Rollout> {
  const told = new Set<string>()
  const deadline = Date.now() + policy.rolloutSeconds * 1000
  for (;;) {
    const rollout = await operator.calls(getRollout, { params: { id } })
    show(rollout, screen, told)
    const sum = (key: 'offered' | 'verified' | 'failed' | 'silent' | 'other') =>
      rollout.waves.reduce((total, wave) => total + wave[key], 0)
    const openJobs = sum('offered') - sum('verified') - sum('failed') - sum('silent') - sum('other')
    if (['finished', 'stopped', 'expired'].includes(rollout.state) && openJobs === 0) return rollout
    if (Date.now() > deadline) return rollout
    await after(500, undefined, { signal })
  }
}

function show(rollout: Rollout, screen: Screen, told: Set<string>): void {
  const once = (key: string, sentence: string) => {
    if (told.has(key)) return
    told.add(key)
    screen.barEnds()
    screen.say(sentence)
  }
  for (const { model, hardwareRevision, why } of rollout.quarantined)
    once(
      `q${hardwareRevision}`,
      `${model} revision ${hardwareRevision} is quarantined: ${why.figures.failed} of ${why.figures.ended} failed, ${why.figures.silent} of them in silence. The others go on.`,
    )
  for (const { no, state } of rollout.waves) if (state === 'passed') once(`p${no}`, `Wave ${no} passed.`)
  const wave = rollout.waves.findLast(({ state }) => state === 'open' || state === 'observing')
  if (!wave) return
  const ended = wave.verified + wave.failed + wave.silent + wave.other
  screen.bar(
    `wave ${wave.no} ${wave.state}`,
    ended,
    wave.devices,
    `verified ${wave.verified}, failed ${wave.failed}, silent ${wave.silent}`,
  )
}

/** How many jobs of a rollout are in each state. */
async function countJobs(person: Person, rollout: string): Promise<Rolled['jobs']> {
  const counts: Partial<Record<JobState, number>> = {}
  let cursor: string | undefined
  do {
    const query = { rollout, limit: 500, ...(cursor === undefined ? {} : { cursor }) }
    const { items, next } = await person.calls(listJobs, { query })
    for (const { state } of items) counts[state] = (counts[state] ?? 0) + 1
    cursor = next
  } while (cursor !== undefined)
  return counts
}

/** What came of the rollout, and who really approved it, when. */
export interface Rolled {
  readonly rollout: Rollout
  /** How many jobs ended in each state. */
  readonly jobs: Readonly<Partial<Record<JobState, number>>>
  readonly approvals: readonly { readonly person: string; readonly at: string }[]
  /** Whether the product let the rollout start before the second person had approved. */
  readonly startedTooEarly: boolean
}

/** Makes the plan, has it approved by two people, and lets it run to its end. */
export async function rollOut(
  given: {
    readonly operator: Person
    readonly panel: Panel
    readonly folder: string
    readonly screen: Screen
    readonly signal: AbortSignal
  },
  release: string,
): Promise<Rolled> {
  const { operator, panel, folder, screen, signal } = given
  const { approvers } = panel
  const file = put(folder, 'plan.json', JSON.stringify(planOf(release, new Date())))
  const { id } = await operator.reads<{ id: string }>(['rollout', 'create', '--file', file])
  const approvals: { person: string; at: string }[] = []
  const approve = async (person: Person) => {
    const at = new Date().toISOString()
    await person.does(['rollout', 'approve', id, '--yes'])
    approvals.push({ person: await person.id(), at })
  }
  await approve(approvers[0])
  const early = await operator.tries(['rollout', 'start', id])
  const startedTooEarly = early.status === 0
  if (startedTooEarly) screen.say('The rollout started with one approval. That must not be.')
  else {
    screen.say('One approval is not enough: the rollout was refused a start.')
    await approve(approvers[1])
    await start(operator, id)
  }
  screen.say('Two people approved the plan’s digest, the signer checked their keys, and the first wave is open.')
  const rollout = await watch(operator, screen, id, signal)
  screen.barEnds()
  return { rollout, jobs: await countJobs(operator, id), approvals, startedTooEarly }
}

/** The signer needs a moment after the second approval; until it has signed, nothing starts. */
async function start(operator: Person, id: string): Promise<void> {
  for (let tries = 0; ; tries++) {
    const ran = await operator.tries(['rollout', 'start', id])
    if (ran.status === 0) return
    if (tries > 20) throw new Error(`The rollout does not start: ${ran.err}`)
    await after(250)
  }
}
