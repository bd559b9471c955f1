import type { Plan, Rollout, Wave } from './kinds.ts'

/** One condition of a gate: failures against their limit, and whether enough have ended to judge. */
export interface Condition {
  readonly devices: number
  readonly ended: number
  /** Silence included. */
  readonly failed: number
  readonly silent: number
  /** How many must have ended before it is judged. */
  readonly needed: number
  readonly maxFailurePercent: number
  readonly verdict: 'holds' | 'breaks' | 'undecided'
}

interface RevisionCondition extends Condition {
  readonly manufacturer: string
  readonly model: string
  readonly hardwareRevision: string
  readonly beyond: 'quarantine' | 'stop'
}

type Counters = Pick<
  Wave['strata'][number],
  'devices' | 'offered' | 'held' | 'verified' | 'failed' | 'silent' | 'other'
>
type Limit = Pick<Plan['limits']['perRevision'], 'maxFailurePercent' | 'minimumSample'>

const sum = (all: readonly Counters[], of: (each: Counters) => number): number =>
  all.reduce((total, each) => total + of(each), 0)

/** Counters against a limit, in the arithmetic of the plan: silence is failure, what was called back is neither. */
export function conditionOf(strata: readonly Counters[], { maxFailurePercent, minimumSample }: Limit): Condition {
  // A held revision reaches nobody more than it has.
  const devices = sum(strata, (each) => (each.held ? each.offered : each.devices))
  const silent = sum(strata, (each) => each.silent)
  const failed = sum(strata, (each) => each.failed) + silent
  const ended = failed + sum(strata, (each) => each.verified)
  const needed = Math.max(1, Math.min(minimumSample, devices - sum(strata, (each) => each.other)))
  const isBeyond = failed * 100 > maxFailurePercent * ended
  const verdict = ended < needed ? 'undecided' : isBeyond ? 'breaks' : 'holds'
  return { devices, ended, failed, silent, needed, maxFailurePercent, verdict }
}

/** How many percent of those that ended failed. */
export const percentOf = ({ failed, ended }: Pick<Condition, 'failed' | 'ended'>): number =>
  ended === 0 ? 0 : (failed * 100) / ended

export interface Gate {
  readonly wave: Wave
  /** The wave behind the gate, if there is one. */
  readonly next: number | undefined
  readonly all: Condition | undefined
  /** The revisions that are judged, the one nearest to its limit first. */
  readonly revisions: readonly RevisionCondition[]
  readonly soakSeconds: number | undefined
}

const revisionsOf = (wave: Wave, limits: Plan['limits']): RevisionCondition[] =>
  wave.strata
    .filter(({ quarantined, devices }) => !quarantined && devices > 0)
    .map((stratum) => {
      const { manufacturer, model, hardwareRevision } = stratum
      const limit =
        limits.revisions.find((each) => each.model === model && each.hardwareRevision === hardwareRevision) ??
        limits.perRevision
      return { ...conditionOf([stratum], limit), manufacturer, model, hardwareRevision, beyond: limit.beyond }
    })
    .sort((a, b) => percentOf(b) - b.maxFailurePercent - (percentOf(a) - a.maxFailurePercent))

/** The gate at which the rollout stands: that of the wave that is open or observed, or at which it was stopped. */
export function gateOf({ waves }: Pick<Rollout, 'waves'>, plan: Plan | undefined): Gate | undefined {
  const wave = waves.find(({ state }) => state === 'open' || state === 'observing' || state === 'stopped')
  if (!wave) return undefined
  const pace = plan?.waves[wave.no - 1]
  const judged = wave.strata.filter(({ quarantined }) => !quarantined)
  return {
    wave,
    next: waves.find(({ no }) => no > wave.no)?.no,
    all: plan && pace && conditionOf(judged, { ...plan.limits, minimumSample: pace.minimumSample }),
    revisions: plan ? revisionsOf(wave, plan.limits) : [],
    soakSeconds: pace?.soakSeconds,
  }
}

/** When an observed wave has been watched long enough; the server’s own count, which leaves out what it could not hear. */
export function soakEnd(wave: Wave, askedAt: Date): Date | undefined {
  const { seconds, soakSeconds } = wave.why?.code === 'soaking' ? wave.why.figures : {}
  if (wave.state !== 'observing' || typeof seconds !== 'number' || typeof soakSeconds !== 'number') return undefined
  return new Date(askedAt.getTime() + (soakSeconds - seconds) * 1000)
}

/** The right end of a track, so that the limit and the value both lie on it. */
export const trackEnd = (condition: Condition): number =>
  Math.min(100, Math.max(5, condition.maxFailurePercent * 2, percentOf(condition) * 1.25))
