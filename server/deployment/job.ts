import type { JobReason } from '@suture/contract/reasons.ts'
import { type FinalJobState, finalJobStates, type JobState } from '@suture/contract/states.ts'
import type { Machine } from '#platform/machine.ts'

/** What the device says the end was; only a reading of ours makes it a result. */
export type Claim = 'success' | 'failure'

interface JobFacts {
  readonly claim?: Claim | undefined
  readonly class?: JobReason | undefined
}

export type Job = { readonly [K in JobState]: JobFacts & { readonly kind: K } }[JobState]

/** What a device says, in the words of the couriers' port, and what we find or decide. */
export type JobStep =
  | { readonly kind: 'offer' | 'seen' | 'downloading' | 'downloaded' | 'installing' | 'rebooting' }
  | { readonly kind: 'succeeded' | 'failed' | 'rejected' | 'cancelled' | 'cancel-refused' }
  | { readonly kind: 'silence' | 'verify' | 'supersede' }
  | { readonly kind: 'cancel' | 'dispute' | 'roll-back' | 'not-verified' | 'not-confirmed'; readonly class: JobReason }

type Give = { readonly class: JobReason }

const stay = (job: Job): Job => job
const downloading = (job: Job): Job => ({ ...job, kind: 'downloading' })
const downloaded = (job: Job): Job => ({ ...job, kind: 'downloaded' })
const installing = (job: Job): Job => ({ ...job, kind: 'installing' })
const rebooting = (job: Job): Job => ({ ...job, kind: 'rebooting' })
const succeed = (job: Job): Job => ({ ...job, kind: 'reported', claim: 'success' })
const succeedUnfetched = (job: Job): Job => ({ ...job, kind: 'reported', claim: 'success', class: 'never-fetched' })
const fail = (job: Job): Job => ({ ...job, kind: 'reported', claim: 'failure' })
const refuse = (job: Job): Job => ({ ...job, kind: 'rejected', class: 'refused-by-device' })
const cancelling = (job: Job, { class: reason }: Give): Job => ({ ...job, kind: 'cancelling', class: reason })
const fallSilent = (job: Job): Job => ({ ...job, kind: 'silent', class: 'no-word' })
const supersede = (job: Job): Job => ({ ...job, kind: 'superseded' })

/**
 * One device's passage through a rollout. From `installing` on nothing is taken back: the device may be writing, and
 * a device that is disturbed then is the one that does not come back. A device's own word ends in `reported`.
 */
export const job: Machine<Job, JobStep> = {
  waiting: { offer: (job) => ({ ...job, kind: 'offered' }), cancel: (job) => ({ ...job, kind: 'cancelled' }) },
  offered: {
    seen: stay,
    downloading,
    downloaded,
    installing,
    rebooting,
    succeeded: succeedUnfetched,
    failed: fail,
    rejected: refuse,
    cancelled: refuse,
    cancel: cancelling,
    silence: fallSilent,
    supersede,
  },
  downloading: {
    seen: stay,
    downloading: stay,
    downloaded,
    installing,
    rebooting,
    succeeded: succeedUnfetched,
    failed: fail,
    rejected: refuse,
    cancelled: refuse,
    cancel: cancelling,
    silence: fallSilent,
  },
  downloaded: {
    seen: stay,
    downloading,
    downloaded: stay,
    installing,
    rebooting,
    succeeded: succeed,
    failed: fail,
    rejected: refuse,
    cancelled: refuse,
    cancel: cancelling,
    silence: fallSilent,
  },
  installing: {
    seen: stay,
    downloading: stay,
    downloaded: stay,
    installing: stay,
    rebooting,
    succeeded: succeed,
    failed: fail,
    rejected: refuse,
    cancelled: refuse,
    silence: fallSilent,
  },
  rebooting: {
    seen: stay,
    downloading: stay,
    downloaded: stay,
    installing: stay,
    rebooting: stay,
    succeeded: succeed,
    failed: fail,
    silence: fallSilent,
  },
  reported: {
    verify: (job) => ({ ...job, kind: 'verified', class: 'as-wanted' }),
    dispute: (job, { class: reason }) => ({ ...job, kind: 'disputed', class: reason }),
    'roll-back': (job, { class: reason }) => ({ ...job, kind: 'rolled-back', class: reason }),
    'not-verified': (job, { class: reason }) => ({ ...job, kind: 'unverified', class: reason }),
    'not-confirmed': (job, { class: reason }) => ({ ...job, kind: 'failed', class: reason }),
  },
  cancelling: {
    seen: stay,
    downloading: stay,
    downloaded: stay,
    installing: stay,
    rebooting: stay,
    succeeded: succeed,
    failed: fail,
    cancelled: (job) => ({ ...job, kind: 'cancelled' }),
    'cancel-refused': (job) => ({ kind: 'installing', claim: job.claim }),
    silence: fallSilent,
  },
  verified: {},
  failed: {},
  silent: {},
  unverified: {},
  disputed: {},
  'rolled-back': {},
  rejected: {},
  cancelled: {},
  superseded: {},
}

const final: ReadonlySet<string> = new Set(finalJobStates)
export const isFinal = (state: JobState): state is FinalJobState => final.has(state)

/** The states in which a device has not begun to write, as far as anybody knows: a stop still reaches it. */
export const recallable = ['offered', 'downloading', 'downloaded'] as const satisfies readonly JobState[]

/** The states in which a device is expected to speak. */
export const listening = [
  'offered',
  'downloading',
  'downloaded',
  'installing',
  'rebooting',
  'cancelling',
] as const satisfies readonly JobState[]

/** As what an end counts: only what we verified is no failure, and what was called back counts as neither. */
export type Count = 'verified' | 'failed' | 'silent' | 'other'

export const countOf: Readonly<Record<FinalJobState, Count>> = {
  verified: 'verified',
  silent: 'silent',
  failed: 'failed',
  unverified: 'failed',
  disputed: 'failed',
  'rolled-back': 'failed',
  rejected: 'failed',
  cancelled: 'other',
  superseded: 'other',
}
