import type { RolloutState } from '@suture/contract/states.ts'
import type { Machine } from '#platform/machine.ts'

export type Rollout = { readonly [K in RolloutState]: { readonly kind: K } }[RolloutState]

/** What moves a rollout: its maker, its approvers, whoever controls it, its waves, and time. */
export type RolloutStep = {
  readonly kind: 'freeze' | 'sign' | 'start' | 'pause' | 'resume' | 'stop' | 'finish' | 'expire'
}

/** A stopped rollout never goes on: whoever wants the rest makes a new plan, which people approve anew. */
export const rollout: Machine<Rollout, RolloutStep> = {
  draft: { freeze: () => ({ kind: 'awaiting-approval' }) },
  'awaiting-approval': {
    sign: () => ({ kind: 'scheduled' }),
    stop: () => ({ kind: 'stopped' }),
    expire: () => ({ kind: 'expired' }),
  },
  scheduled: {
    start: () => ({ kind: 'running' }),
    stop: () => ({ kind: 'stopped' }),
    expire: () => ({ kind: 'expired' }),
  },
  running: {
    pause: () => ({ kind: 'paused' }),
    stop: () => ({ kind: 'stopped' }),
    finish: () => ({ kind: 'finished' }),
    expire: () => ({ kind: 'expired' }),
  },
  paused: {
    resume: () => ({ kind: 'running' }),
    stop: () => ({ kind: 'stopped' }),
    expire: () => ({ kind: 'expired' }),
  },
  stopped: {},
  'rolling-back': {},
  finished: {},
  expired: {},
}
