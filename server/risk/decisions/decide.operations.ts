import type { Clock } from '#platform/clock.ts'
import { type Scope, type Scoped, type Store, withScope } from '#platform/database/store.ts'
import { emit } from '#platform/events/event.queries.ts'
import type {} from '../events.ts'
import { decide } from './decide.ts'
import { deleteEnded, lockDeciding, type Made, putDecisions, undecided } from './decision.queries.ts'
import { inputsOf } from './inputs.ts'
import { urgency } from './table.ts'

/** So much is decided in one transaction that it ends well within its five seconds. */
const atOnce = 2_000

/** What became of a decision: a number above zero is stricter than before. */
const changeOf = ({ about: { before }, decision }: Made): number | undefined =>
  before === null ? undefined : urgency(decision.clock.outcome) - urgency(before.outcome)

/** One event for each vulnerability that something else is now to be done about. */
async function tell(scoped: Scoped, clock: Clock, made: readonly Made[]): Promise<void> {
  for (const [vulnerability, all] of Map.groupBy(made, ({ about }) => about.vulnerability_id)) {
    const changes = all.map(changeOf)
    const count = (which: (change: number | undefined) => boolean) => changes.filter(which).length
    const detail = {
      made: count((change) => change === undefined),
      stricter: count((change) => (change ?? 0) > 0),
      milder: count((change) => (change ?? 0) < 0),
      mostUrgent: all
        .map(({ decision }) => decision.clock.outcome)
        .reduce((a, b) => (urgency(a) >= urgency(b) ? a : b)),
    }
    if (detail.made + detail.stricter + detail.milder > 0)
      await emit(scoped, clock, { kind: 'decision.changed', subject: vulnerability, detail })
  }
}

async function decideSome(scoped: Scoped, clock: Clock): Promise<boolean> {
  await lockDeciding(scoped)
  await deleteEnded(scoped)
  const found = await undecided(scoped, atOnce)
  const made = found.map((about) => {
    const inputs = inputsOf(about)
    return { about, inputs, decision: decide(inputs) }
  })
  await putDecisions(scoped, made, clock.now())
  await tell(scoped, clock, made)
  return found.length === atOnce
}

/**
 * Decides about every match of the tenant, in every context that its devices have, that was not decided from what is
 * known now. It may run at any time and any number of times, and goes on where it was cut off.
 */
export async function decideMatches(store: Store, clock: Clock, scope: Scope): Promise<void> {
  while (await withScope(store, scope, (scoped) => decideSome(scoped, clock)));
}
