import type { z } from 'zod'
import type { PlanRequest } from './rollout-plan.ts'

export type Wave = z.output<typeof PlanRequest>['waves'][number]
/** The limits of a plan, without those for single revisions, which no preset has. */
export type Limits = Omit<z.output<typeof PlanRequest>['limits'], 'revisions'>

/** What a plan may begin from. */
export const presets = ['careful', 'usual'] as const
export type Preset = (typeof presets)[number]

/** How much a plan would reach. */
export interface Reach {
  readonly devices: number
  /** How many different revisions they are. */
  readonly revisions: number
}

const hour = 3600
const everybody: Wave = { pick: 'hashed', percent: 100, soakSeconds: 0, minimumSample: 1 }
const part = (percent: number, soakSeconds: number, minimumSample: number): Wave => ({
  pick: 'hashed',
  percent,
  soakSeconds,
  minimumSample,
})

interface Table {
  readonly waves: readonly Wave[]
  readonly limits: Limits
}

/** Each preset for a large fleet; a smaller one needs fewer of the waves. */
const table: Readonly<Record<Preset, Table>> = {
  careful: {
    waves: [
      { pick: 'stratified', perStratum: 2, soakSeconds: 24 * hour, minimumSample: 2 },
      part(1, 24 * hour, 5),
      part(5, 12 * hour, 10),
      part(25, 12 * hour, 20),
      everybody,
    ],
    limits: {
      silenceSeconds: hour,
      maxFailurePercent: 2,
      perRevision: { maxFailurePercent: 5, minimumSample: 3, beyond: 'stop' },
    },
  },
  usual: {
    waves: [
      { pick: 'stratified', perStratum: 3, soakSeconds: hour, minimumSample: 2 },
      part(1, hour, 5),
      part(20, hour, 5),
      everybody,
    ],
    limits: {
      silenceSeconds: hour,
      maxFailurePercent: 5,
      perRevision: { maxFailurePercent: 10, minimumSample: 3, beyond: 'quarantine' },
    },
  },
}

/** Where nobody has counted yet. */
const someFleet: Reach = { devices: 1000, revisions: 10 }

/** How long a plan may run unless it says otherwise, in hours. */
export const usualHours = 168

export const presetLimits = (preset: Preset): Limits => table[preset].limits

/**
 * The waves of a preset, as they fit a fleet: the first holds no more than half of a revision of usual size, a wave that
 * would not at least double what those before it reached is left out, and none waits for all of its devices where it has
 * more than one.
 */
export function presetWaves(preset: Preset, { devices, revisions }: Reach = someFleet): Wave[] {
  const fitted: Wave[] = []
  let reached = 0
  for (const listed of table[preset].waves) {
    const half = Math.max(1, Math.floor(devices / revisions / 2))
    const wave = listed.pick === 'stratified' ? { ...listed, perStratum: Math.min(listed.perStratum, half) } : listed
    const reach =
      wave.pick === 'stratified'
        ? Math.min(devices, wave.perStratum * revisions)
        : Math.floor((devices * wave.percent) / 100)
    if (wave !== everybody && wave.pick === 'hashed' && reach < 2 * reached) continue
    const most = Math.max(1, reach - reached - 1)
    fitted.push({ ...wave, minimumSample: Math.min(wave.minimumSample, most) })
    reached = reach
  }
  return fitted
}
