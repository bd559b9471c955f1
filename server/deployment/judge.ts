import type { RolloutPlan } from '@suture/trust/statements.ts'
import { type Why, why } from './why.ts'

type Limits = RolloutPlan['limits']
type RevisionLimit = Limits['perRevision']

/** What became of the devices of one revision in one wave. */
export interface Stratum {
  readonly modelId: number
  readonly model: string
  readonly hardwareRevision: string
  /** The devices that the wave holds and no earlier one. */
  readonly devices: number
  readonly offered: number
  readonly verified: number
  /** Failed, disputed, rolled back, rejected, or not verified in time. */
  readonly failed: number
  readonly silent: number
  /** Called back before anything changed: neither a success nor a failure. */
  readonly other: number
  readonly quarantined: boolean
  /** Whether a person left the rest of the revision out; what became of the others still counts. */
  readonly held: boolean
  /** What earlier waves reached and saw of the revision, and what later ones would reach. */
  readonly before: { readonly devices: number; readonly ended: number }
  readonly ahead: number
}

/** A wave as its counters tell it at a moment. */
export interface WaveSoFar {
  readonly state: 'open' | 'observing' | 'passed'
  readonly soakSeconds: number
  readonly minimumSample: number
  /** When the wave came into its state, moved by the time in which nothing could be heard or offered since. */
  readonly since: Date
  readonly strata: readonly Stratum[]
}

export type Judgement =
  | { readonly kind: 'wait' | 'observe' | 'pass' | 'stop'; readonly why: Why }
  | {
      readonly kind: 'quarantine'
      readonly why: Why
      readonly revision: Pick<Stratum, 'modelId' | 'model' | 'hardwareRevision'>
    }

interface Counts {
  readonly devices: number
  readonly offered: number
  readonly ended: number
  readonly bad: number
  readonly silent: number
  readonly called: number
}

const countsOf = (strata: readonly Stratum[]): Counts => {
  const sum = (of: (stratum: Stratum) => number) => strata.reduce((total, each) => total + of(each), 0)
  const [bad, silent] = [sum((each) => each.failed + each.silent), sum((each) => each.silent)]
  return {
    devices: sum((each) => each.devices),
    offered: sum((each) => each.offered),
    ended: bad + sum((each) => each.verified),
    bad,
    silent,
    called: sum((each) => each.other),
  }
}

/** How many must have ended before there is anything to judge: the sample, or all that still can end; never none. */
const needed = ({ devices, called }: Counts, minimumSample: number): number =>
  Math.max(1, Math.min(minimumSample, devices - called))

const isBeyond = (counts: Counts, { maxFailurePercent, minimumSample }: Omit<RevisionLimit, 'beyond'>): boolean =>
  counts.ended >= needed(counts, minimumSample) && counts.bad * 100 > maxFailurePercent * counts.ended

const figuresOf = ({ devices, ended, bad, silent }: Counts, maxFailurePercent: number): Why['figures'] => ({
  devices,
  ended,
  failed: bad,
  silent,
  maxFailurePercent,
})

/** The limit that holds for a revision. */
const limitOf = (limits: Limits, { model, hardwareRevision }: Stratum): RevisionLimit =>
  limits.revisions.find((each) => each.model === model && each.hardwareRevision === hardwareRevision) ??
  limits.perRevision

/** A revision beyond its limit; it is told before the wave is judged as a whole, because it is then left out of it. */
function judgeRevisions(limits: Limits, strata: readonly Stratum[]): Judgement | undefined {
  for (const stratum of strata) {
    const limit = limitOf(limits, stratum)
    const counts = countsOf([stratum])
    if (!isBeyond(counts, limit)) continue
    const { modelId, model, hardwareRevision } = stratum
    const figures = { model, hardwareRevision, ...figuresOf(counts, limit.maxFailurePercent) }
    const reason = why('revision-limit', figures)
    return limit.beyond === 'stop'
      ? { kind: 'stop', why: reason }
      : { kind: 'quarantine', why: reason, revision: { modelId, model, hardwareRevision } }
  }
  return undefined
}

/** A revision of which the next waves would reach more, although too little is known of it so far. */
function unseen(limits: Limits, strata: readonly Stratum[]): Why | undefined {
  for (const stratum of strata) {
    const { before, ahead, devices, other, model, hardwareRevision } = stratum
    const ended = before.ended + countsOf([stratum]).ended
    const wanted = Math.min(limitOf(limits, stratum).minimumSample, before.devices + devices - other)
    if (ahead > 0 && ended < Math.max(1, wanted))
      return why('revision-unseen', { model, hardwareRevision, ended, needed: Math.max(1, wanted) })
  }
  return undefined
}

/** Whether later waves reach more of revisions that are not left out, and that earlier ones saw enough of. */
const goesOn = (limits: Limits, strata: readonly Stratum[]): boolean =>
  strata.some(({ ahead }) => ahead > 0) && !unseen(limits, strata)

const secondsSince = (since: Date, now: Date): number => (now.getTime() - since.getTime()) / 1000

/** Whether an open or observed wave may go on; failures are behind us here. */
function judgeProgress(limits: Limits, wave: WaveSoFar, counts: Counts, strata: readonly Stratum[], now: Date) {
  const wait = (reason: Why): Judgement => ({ kind: 'wait', why: reason })
  const seconds = Math.max(0, Math.floor(secondsSince(wave.since, now)))
  const underWay = counts.offered - counts.ended - counts.called
  if (underWay > 0) return wait(why('under-way', { devices: underWay }))
  if (wave.state === 'open') {
    const missing = counts.devices - counts.offered
    if (missing > 0 && seconds < limits.silenceSeconds)
      return wait(why('not-all-offered', { devices: missing, seconds, silenceSeconds: limits.silenceSeconds }))
  }
  const least = needed(counts, wave.minimumSample)
  if (counts.ended < least) return wait(why('too-few-ended', { ended: counts.ended, needed: least }))
  const unknown = unseen(limits, strata)
  if (unknown) return wait(unknown)
  const figures = figuresOf(counts, limits.maxFailurePercent)
  if (wave.state === 'open') return { kind: 'observe', why: why('soaking', figures) } as const
  if (seconds < wave.soakSeconds) return wait(why('soaking', { seconds, soakSeconds: wave.soakSeconds }))
  return { kind: 'pass', why: why('within-limits', figures) } as const
}

/** A held revision reaches nobody more than it has. */
const asFarAsHeld = (stratum: Stratum): Stratum =>
  stratum.held ? { ...stratum, devices: stratum.offered, ahead: 0 } : stratum

/**
 * What is to become of a wave: pure, from the plan's limits and the counters. Silent, disputed, rolled-back, rejected
 * and unverified devices are failures; a device that never came is neither, and a wave of which too few have ended
 * never passes. A wave that passed is judged on, because late devices of it may still fail.
 */
export function judgeWave(limits: Limits, wave: WaveSoFar, now: Date): Judgement {
  const strata = wave.strata.filter(({ quarantined }) => !quarantined).map(asFarAsHeld)
  const beyond = judgeRevisions(limits, strata)
  if (beyond) return beyond
  const counts = countsOf(strata)
  if (isBeyond(counts, { maxFailurePercent: limits.maxFailurePercent, minimumSample: wave.minimumSample }))
    return { kind: 'stop', why: why('failure-limit', figuresOf(counts, limits.maxFailurePercent)) }
  if (wave.state === 'passed') return { kind: 'wait', why: why('within-limits') }
  if (counts.devices > 0) return judgeProgress(limits, wave, counts, strata, now)
  const isAllLeftOut = wave.strata.some(({ devices }) => devices > 0)
  if (isAllLeftOut && !goesOn(limits, strata)) return { kind: 'stop', why: why('only-quarantined') }
  const reason = why(isAllLeftOut ? 'adds-only-quarantined' : 'adds-no-device')
  return { kind: wave.state === 'open' ? 'observe' : 'pass', why: reason }
}
