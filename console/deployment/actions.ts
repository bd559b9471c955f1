import type { RolloutState } from '@suture/contract/states.ts'
import { instant } from '../design/time.ts'
import type { Plan, Rollout } from './kinds.ts'

type Verb = 'start' | 'pause' | 'resume' | 'stop'

export interface Action {
  readonly verb: Verb
  /** Why it cannot be done now; it stands beside the button. */
  readonly not?: string
}

/** How many people other than the creator approve a plan before the signer signs it. */
export const approversNeeded = 2

const byState: Readonly<Record<RolloutState, readonly Verb[]>> = {
  draft: [],
  'awaiting-approval': ['start', 'stop'],
  scheduled: ['start', 'stop'],
  running: ['pause', 'stop'],
  paused: ['resume', 'stop'],
  stopped: [],
  'rolling-back': [],
  finished: [],
  expired: [],
}

export const isOver = (state: RolloutState): boolean => byState[state].length === 0 && state !== 'draft'
export const isMoving = (state: RolloutState): boolean => state === 'running' || state === 'paused'

/** Why a plan cannot be started at a moment, if it cannot. */
function notStarted({ state, approvals }: Rollout, plan: Plan | undefined, now: Date): string | undefined {
  const missing = approversNeeded - approvals.length
  if (state === 'awaiting-approval')
    return missing > 0
      ? `${missing === 1 ? 'One more person' : 'Two people'} must sign the plan first`
      : 'The signer has not signed the plan yet'
  if (plan && now < plan.notBefore) return `The plan may run from ${instant(plan.notBefore)} on`
  if (plan && now >= plan.notAfter) return `The plan allowed it until ${instant(plan.notAfter)}`
  return undefined
}

/** What can be done with a rollout, and what could be if something else were true. */
export const actionsOf = (rollout: Rollout, plan: Plan | undefined, now: Date): Action[] =>
  byState[rollout.state].map((verb) => {
    const not = verb === 'start' ? notStarted(rollout, plan, now) : undefined
    return not === undefined ? { verb } : { verb, not }
  })

const runsOnlySigned: readonly RolloutState[] = ['scheduled', 'running', 'paused', 'finished']

/** Whether the stored plan ought to be what the signer signed, and is not. */
export const isAlarm = ({ verified, signing, state }: Pick<Rollout, 'verified' | 'signing' | 'state'>): boolean =>
  !verified && (signing?.state === 'signed' || runsOnlySigned.includes(state))
