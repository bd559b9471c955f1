import type { RolloutPlan } from '@suture/trust/statements.ts'
import { judgeWave, type Stratum, type WaveSoFar } from './judge.ts'
import type { Why } from './why.ts'

/** What the counters of one revision in one wave say. */
export interface StratumCounters {
  readonly wave_no: number
  readonly model_id: number
  readonly model: string
  readonly hardware_revision: string
  readonly devices: number
  readonly offered: number
  readonly verified: number
  readonly failed: number
  readonly silent: number
  readonly other: number
  readonly quarantined: boolean
  readonly held: boolean
}

/** Where a wave is, and since when. */
export interface WaveMoment {
  readonly no: number
  readonly state: 'not-open' | 'open' | 'observing' | 'passed' | 'stopped'
  readonly opened_at: Date | null
  readonly observing_since: Date | null
  readonly deaf_ms: number
}

const endedOf = ({ verified, failed, silent }: StratumCounters): number => verified + failed + silent

/** The revisions of one wave, each with what earlier waves saw of it and later ones would reach. */
function strataOfWave(all: readonly StratumCounters[], no: number): Stratum[] {
  const sum = (rows: readonly StratumCounters[], of: (row: StratumCounters) => number) =>
    rows.reduce((total, row) => total + of(row), 0)
  return all
    .filter(({ wave_no }) => wave_no === no)
    .map((row) => {
      const same = all.filter(
        ({ model_id, hardware_revision }) => model_id === row.model_id && hardware_revision === row.hardware_revision,
      )
      const earlier = same.filter(({ wave_no }) => wave_no < no)
      const later = same.filter(({ wave_no }) => wave_no > no)
      const { model_id: modelId, model, hardware_revision: hardwareRevision } = row
      const { devices, offered, verified, failed, silent, other, quarantined, held } = row
      return {
        ...{ modelId, model, hardwareRevision, devices, offered, verified, failed, silent, other, quarantined, held },
        before: { devices: sum(earlier, (each) => each.devices - each.other), ended: sum(earlier, endedOf) },
        ahead: sum(later, (each) => each.devices),
      }
    })
}

/** A wave as it is judged: its pace from the plan, its counters, and since when it is in its state. */
export function waveSoFar(
  plan: Pick<RolloutPlan, 'waves'>,
  strata: readonly StratumCounters[],
  moment: WaveMoment,
  deafMs: number,
): WaveSoFar | undefined {
  const pace = plan.waves[moment.no - 1]
  const { state } = moment
  const began = state === 'observing' ? moment.observing_since : moment.opened_at
  if (!pace || !began || state === 'not-open' || state === 'stopped') return undefined
  // What the server could not hear is time that did not pass.
  const since = new Date(began.getTime() + (deafMs - moment.deaf_ms))
  const { soakSeconds, minimumSample } = pace
  return { state, soakSeconds, minimumSample, since, strata: strataOfWave(strata, moment.no) }
}

/** What an open wave waits for. */
export function waitsFor(
  plan: Pick<RolloutPlan, 'waves' | 'limits'>,
  strata: readonly StratumCounters[],
  moment: WaveMoment,
  { deafMs, now }: { readonly deafMs: number; readonly now: Date },
): Why | undefined {
  const wave = waveSoFar(plan, strata, moment, deafMs)
  return wave && wave.state !== 'passed' ? judgeWave(plan.limits, wave, now).why : undefined
}
