import type { readingOutcomes } from '@suture/contract/jobs.ts'
import type { JobReason } from '@suture/contract/reasons.ts'
import type { Observation } from '../../adapters/port.ts'
import type { Claim, JobStep } from '../job.ts'

export type ReadingOutcome = (typeof readingOutcomes)[number]

/** What a device should tell of itself. */
export interface Expected {
  readonly serial: string
  readonly before: string
  readonly wanted: string
}

/**
 * What a reading says. An identity without a serial number or a version answers nothing: it might be anybody's, or of
 * any state.
 */
export function outcomeOf(observed: Observation, { serial, before, wanted }: Expected): ReadingOutcome {
  if (!observed.answered) return 'no-answer'
  const { identity } = observed
  if (identity.serial === undefined || identity.firmware === undefined) return 'no-answer'
  if (identity.serial !== serial) return 'contradicts'
  if (identity.firmware === wanted) return 'as-wanted'
  return identity.firmware === before ? 'as-before' : 'other'
}

/** How far the verification of one job has come. */
export interface Standing {
  readonly claim: Claim
  /** What the reading before this one found. */
  readonly last: ReadingOutcome | undefined
  /** Whether the time within which the device must have answered is over. */
  readonly isLate: boolean
  /** Whether we sent the whole update, or the device said that it has it. */
  readonly wasFetched: boolean
}

/** What follows from a reading: the step that ends the job, or that it is read again. */
export type Finding = { readonly step: JobStep } | { readonly again: true }

const dispute = (reason: JobReason): Finding => ({ step: { kind: 'dispute', class: reason } })

/**
 * Compares a device's word with what we read ourselves. Agreement ends the job at once; a contradiction only when it was
 * read twice, because a device may still be starting into another version; and somebody else's serial number at once.
 */
export function compare(outcome: ReadingOutcome, { claim, last, isLate, wasFetched }: Standing): Finding {
  if (outcome === 'contradicts') return dispute('wrong-serial')
  if (outcome === 'no-answer') {
    if (!isLate) return { again: true }
    return claim === 'success'
      ? { step: { kind: 'not-verified', class: 'no-answer' } }
      : { step: { kind: 'not-confirmed', class: 'no-answer' } }
  }
  if (claim === 'success' && outcome === 'as-wanted') return { step: { kind: 'verify' } }
  if (claim === 'failure' && outcome === 'as-before')
    return { step: { kind: 'roll-back', class: 'device-rolled-back' } }
  if (last !== outcome) return { again: true }
  if (outcome === 'as-wanted') return dispute('wanted-despite-failure')
  if (outcome === 'other') return dispute('other-version')
  return dispute(wasFetched ? 'old-version' : 'never-fetched')
}

/** The wait before the next reading in milliseconds: soon after the report, rarer the longer it takes. */
export const pauseBefore = (sinceReportMs: number): number => Math.min(60_000, Math.max(1_200, sinceReportMs / 4))
