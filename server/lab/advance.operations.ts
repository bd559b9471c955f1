import type { Clock } from '#platform/clock.ts'
import type { Scoped } from '#platform/database/store.ts'
import { emit } from '#platform/events/event.queries.ts'
import { step } from '#platform/machine.ts'
import { stateOf, storeTrial, type TrialRow } from './trial.queries.ts'
import { type Found, type TrialNews, trial } from './trial.ts'

/**
 * Applies the first piece of news that moves a locked trial to another step, or the last one that it answers to, and
 * stores the state with its event.
 */
export async function advance(
  scoped: Scoped,
  clock: Clock,
  row: TrialRow,
  news: readonly TrialNews[],
  told: { readonly detail: string | undefined; readonly found?: Found },
): Promise<void> {
  const before = stateOf(row)
  let state = before
  for (const each of news) {
    const next = step(trial, state, each)
    state = next.state
    if (state.kind !== before.kind) break
  }
  await storeTrial(scoped, row, state, { at: clock.now(), ...told })
  if (state.kind !== 'over') return
  const detail = {
    rig: row.rig,
    outcome: state.failure === null ? ('passed' as const) : ('failed' as const),
    failure: state.failure,
  }
  await emit(scoped, clock, { kind: 'lab.trial-ended', subject: row.run, detail })
}
