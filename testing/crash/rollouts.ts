import { setTimeout as after } from 'node:timers/promises'
import type { Reply } from '@suture/contract/client.ts'
import { getRollout } from '@suture/contract/deployment.ts'
import type { Ran } from '../demo/children.ts'
import type { Person } from '../demo/people.ts'
import { models, put } from '../demo/world.ts'
import { policy, type Stage } from './staging.ts'

type Rollout = Reply<typeof getRollout>

/** Only the revision that dies of the release may ever be beyond a limit: who is verified is then the same in every run. */
const limits = {
  silenceSeconds: policy.silenceSeconds,
  maxFailurePercent: 90,
  perRevision: { maxFailurePercent: 60, minimumSample: 5, beyond: 'quarantine' },
  revisions: ['A', 'B'].map((hardwareRevision) => ({
    ...{ model: models[0].model, hardwareRevision, maxFailurePercent: 99, minimumSample: 5, beyond: 'stop' },
  })),
}

const pace = { soakSeconds: policy.soakSeconds, minimumSample: 3 }

const waves = {
  'in waves': [
    { pick: 'stratified', perStratum: policy.perStratum, ...pace, minimumSample: 14 },
    { pick: 'hashed', percent: 60, ...pace },
    { pick: 'hashed', percent: 100, ...pace },
  ],
  /** At once, beside the other one: some of the same devices, so that two rollouts want them at the same time. */
  'at once': [{ pick: 'hashed', percent: 100, ...pace, soakSeconds: 1 }],
} as const

type Pace = keyof typeof waves

function planFile({ folder, release }: Stage, name: string, pace: Pace, audience: object): string {
  const now = Date.now()
  const [notBefore, notAfter] = [new Date(now).toISOString(), new Date(now + 3_600_000).toISOString()]
  const plan = { name, release, audience, waves: waves[pace], limits, notBefore, notAfter }
  return put(folder, `plan-${name}.json`, JSON.stringify(plan))
}

/** Does what a person does when a server that was just there is not: the same once more. */
async function insist(person: Person, args: readonly string[], isDone: (ran: Ran) => boolean): Promise<Ran> {
  for (let tries = 0; ; tries++) {
    const ran = await person.tries(args)
    if (ran.status === 0 || isDone(ran)) return ran
    if (tries > 60) throw new Error(`${person.name}: suture ${args.join(' ')}\n${ran.err || ran.out}`)
    await after(500)
  }
}

/** The rollout as the server tells it, asked until it answers. */
export async function look({ cast }: Stage, id: string): Promise<Rollout> {
  for (let tries = 0; ; tries++) {
    try {
      return await cast.operator.calls(getRollout, { params: { id } })
    } catch (error) {
      if (tries > 120) throw error
      await after(250)
    }
  }
}

const never = () => false
/** What was asked for the first time was done, and its answer lost. */
const isApproved = ({ err }: Ran): boolean =>
  err.includes('deployment/already-approved') || /deployment\/not-now\)\s+state: (scheduled|running)/.test(err)
const isStarted = ({ err }: Ran): boolean => /deployment\/not-now\)\s+state: running/.test(err)

/** A plan that nobody has approved; its id. */
async function draft(stage: Stage, name: string, pace: Pace, audience: object): Promise<string> {
  const file = planFile(stage, name, pace, audience)
  const { out } = await insist(stage.cast.operator, ['rollout', 'create', '--file', file, '-o', 'json'], never)
  return (JSON.parse(out) as { id: string }).id
}

const approve = (person: Person, id: string): Promise<Ran> =>
  insist(person, ['rollout', 'approve', id, '--yes'], isApproved)

/** Makes a plan, has two people approve it, and starts it; whatever is killed meanwhile. */
export async function startRollout(stage: Stage, pace: Pace, audience: object): Promise<string> {
  const id = await draft(stage, pace, pace, audience)
  for (const person of stage.panel.approvers) await approve(person, id)
  await insist(stage.cast.operator, ['rollout', 'start', id], isStarted)
  return id
}

/** Makes a plan that is never started, up to the approval that calls the signer. */
export async function almostSigned(stage: Stage): Promise<() => Promise<Ran>> {
  const id = await draft(stage, 'never started', 'at once', {})
  const [first, second] = stage.panel.approvers
  await approve(first, id)
  return () => second.tries(['rollout', 'approve', id, '--yes'])
}

const sumOf = ({ waves }: Rollout, key: 'offered' | 'verified' | 'failed' | 'silent' | 'other'): number =>
  waves.reduce((total, wave) => total + wave[key], 0)

/** Whether a rollout is over and nobody is under way in it any more. */
export const isOver = (rollout: Rollout): boolean =>
  ['finished', 'stopped', 'expired'].includes(rollout.state) &&
  sumOf(rollout, 'offered') ===
    sumOf(rollout, 'verified') + sumOf(rollout, 'failed') + sumOf(rollout, 'silent') + sumOf(rollout, 'other')
