import type { TrialFailure, TrialStep } from '@suture/contract/states.ts'
import type { DeviceReport } from '#adapters/port.ts'
import type { Machine } from '#platform/machine.ts'

/** A rig's word about what it is to do. */
export type Word = Exclude<DeviceReport['execution'], 'proceeding'>

/** What a reading of a rig showed: the release's version, its base version, another, another device, or nothing. */
export type Found = 'wanted' | 'base' | 'other' | 'stranger' | 'no-answer'

/** One rig's passage through a test. */
export type Trial =
  | { readonly kind: Extract<TrialStep, 'install'>; readonly said: Word | null }
  | { readonly kind: Extract<TrialStep, 'boot'>; readonly said: Word | null }
  | { readonly kind: Extract<TrialStep, 'health'>; readonly good: number }
  | {
      readonly kind: Extract<TrialStep, 'roll-back'>
      readonly failure: TrialFailure | null
      /** Whether the rig is told to go back: after a failure only once it was read on something else. */
      readonly asked: boolean
      readonly said: Word | null
    }
  | { readonly kind: Extract<TrialStep, 'over'>; readonly failure: TrialFailure | null }

/** What moves a trial: the rig's words, what was read from it, and the end of the step's time. */
export type TrialNews =
  | { readonly kind: 'told'; readonly said: Word }
  | { readonly kind: 'read'; readonly found: Found }
  | { readonly kind: 'late'; readonly found: Found }

/** How many readings in a row must be right. */
export const readingsNeeded = 3

const gaveUp = (said: Word): boolean => said === 'failed' || said === 'rejected' || said === 'cancelled'
const began = (said: Word): boolean => said === 'installing' || said === 'rebooting' || said === 'succeeded'

/** Only what was read counts for boot, health and roll-back; a rig's word alone passes nothing. */
export const trial: Machine<Trial, TrialNews> = {
  install: {
    told: (_, { said }) => {
      if (gaveUp(said)) return { kind: 'roll-back', failure: 'install-failed', asked: false, said: null }
      return began(said) ? { kind: 'boot', said } : { kind: 'install', said }
    },
    late: () => ({ kind: 'over', failure: 'silent' }),
  },
  boot: {
    told: (_, { said }) =>
      gaveUp(said)
        ? { kind: 'roll-back', failure: 'install-failed', asked: false, said: null }
        : { kind: 'boot', said },
    read: ({ said }, { found }) =>
      said === 'succeeded' && found !== 'no-answer' ? { kind: 'health', good: 0 } : { kind: 'boot', said },
    late: (_, { found }) =>
      found === 'no-answer'
        ? { kind: 'over', failure: 'no-boot' }
        : { kind: 'roll-back', failure: 'silent', asked: false, said: null },
  },
  health: {
    read: ({ good }, { found }) => {
      if (found !== 'wanted') return { kind: 'health', good: 0 }
      if (good + 1 < readingsNeeded) return { kind: 'health', good: good + 1 }
      return { kind: 'roll-back', failure: null, asked: true, said: null }
    },
    late: (_, { found }) =>
      found === 'no-answer'
        ? { kind: 'over', failure: 'unhealthy' }
        : { kind: 'roll-back', failure: 'unhealthy', asked: false, said: null },
  },
  'roll-back': {
    told: (state, { said }) =>
      gaveUp(said)
        ? { kind: 'over', failure: state.failure ?? 'roll-back-failed' }
        : { ...state, kind: 'roll-back', said },
    read: (state, { found }) => {
      if (found === 'no-answer') return { ...state, kind: 'roll-back' }
      if (found !== 'base') return { ...state, kind: 'roll-back', asked: true }
      const isDone = !state.asked || state.said === 'succeeded'
      return isDone ? { kind: 'over', failure: state.failure } : { ...state, kind: 'roll-back' }
    },
    late: ({ failure }) => ({ kind: 'over', failure: failure ?? 'roll-back-failed' }),
  },
  over: {},
}

/** What a trial's rig is to install now, if anything. */
export function orderOf(state: Trial): 'release' | 'base' | undefined {
  if (state.kind === 'install') return 'release'
  if (state.kind === 'boot') return state.said === 'succeeded' ? undefined : 'release'
  return state.kind === 'roll-back' && state.asked && state.said !== 'succeeded' ? 'base' : undefined
}
