import { clockPolicy, type DueClock, latest, moveClock, startClock } from './clock.ts'
import {
  type Decided,
  decidedBy,
  type Outcome,
  type Point,
  pointNames,
  points,
  table,
  urgency,
  type Values,
} from './table.ts'

/** A fact with who says so, as of when, and since when this installation knows; times are ISO 8601. */
export interface Fact<V extends string> {
  readonly value: V
  readonly source: string
  readonly at?: string
  readonly knownAt?: string
}

/** What is known of the four facts; one that is missing counts as its worse value. */
export type Facts = { readonly [P in Point]?: Fact<Values[P]> }

/** Everything that a decision is made from, as it is stored beside the decision, so that it can be made again. */
export interface Inputs {
  readonly facts: Facts
  /** Whether the bill is affected, or nobody can tell; both are decided alike. */
  readonly verdict: 'affected' | 'unknown'
  /** When the match was first made. */
  readonly matchedAt: string
  /** When the record in force became known here. */
  readonly knowledgeAt: string
  /** The decision before this one, when there was one. */
  readonly previous?: {
    readonly values: Values
    readonly outcome: Outcome['key']
    readonly days: number | null
    readonly start: string
    readonly due: string | null
  }
}

/** What follows from the inputs. */
export interface Decision extends Decided {
  readonly values: Values
  /** What was missing and counted as the worse; `verdict` when nobody can tell whether the bill is affected. */
  readonly insufficient: readonly string[]
  readonly clock: DueClock
  readonly table: string
  readonly policy: string
}

/** How bad the value of a fact is: 0 or 1. */
const badness = (point: Point, value: string): number => (points[point] as readonly string[]).indexOf(value)

/** Every way in which the missing facts could turn out. */
const completions = (facts: Facts): readonly Values[] =>
  pointNames.reduce<readonly Partial<Values>[]>(
    (all, point) => {
      const known = facts[point]?.value
      const possible = known === undefined ? points[point] : [known]
      return all.flatMap((each) => possible.map((value) => ({ ...each, [point]: value })))
    },
    [{}],
  ) as readonly Values[]

/** The most urgent of what may be true: where nobody knows, the worst is assumed. */
const worstOf = (facts: Facts): Values =>
  completions(facts).reduce((worst, each) =>
    urgency(decidedBy(each).outcome.key) >= urgency(decidedBy(worst).outcome.key) ? each : worst,
  )

const momentOf = (fact: Fact<string> | undefined, otherwise: string) => new Date(fact?.knownAt ?? otherwise)

/** Decides step by step, each fact that became worse at the moment when it became known here. */
function worsen(from: DueClock, before: Values, after: Values, { facts, knowledgeAt }: Inputs): DueClock {
  const worse = pointNames
    .filter((point) => badness(point, after[point]) > badness(point, before[point]))
    .map((point) => ({ point, at: momentOf(facts[point], knowledgeAt) }))
    .sort((a, b) => a.at.getTime() - b.at.getTime())
  const kept = new Set(worse.map(({ point }) => point))
  let values = Object.fromEntries(
    pointNames.map((point) => [point, kept.has(point) ? before[point] : after[point]]),
  ) as unknown as Values
  let clock = from
  for (const { point, at } of worse) {
    values = { ...values, [point]: after[point] }
    const { outcome } = decidedBy(values)
    // What became milder in the same record is not to move the clock back and forth.
    if (urgency(outcome.key) > urgency(clock.outcome)) clock = moveClock(clock, outcome, at)
  }
  return clock
}

/** A first decision is made as if it had been made with the match: a listing that became known later moves the clock then. */
function firstClock(values: Values, inputs: Inputs): DueClock {
  const start = latest(new Date(inputs.matchedAt), table.pinned)
  const { inKev } = inputs.facts
  if (inKev?.value !== 'yes' || momentOf(inKev, inputs.knowledgeAt) <= start)
    return startClock(decidedBy(values).outcome, start)
  const unlisted: Values = { ...values, inKev: 'no' }
  return worsen(startClock(decidedBy(unlisted).outcome, start), unlisted, values, inputs)
}

function nextClock(values: Values, inputs: Inputs, previous: NonNullable<Inputs['previous']>): DueClock {
  const { outcome, days, start, due } = previous
  const before: DueClock = { outcome, days, start: new Date(start), due: due === null ? null : new Date(due) }
  const now = decidedBy(values).outcome
  if (urgency(now.key) > urgency(before.outcome)) return worsen(before, previous.values, values, inputs)
  return moveClock(before, now, new Date(inputs.knowledgeAt))
}

/** Decides by the table of CISA's BOD 26-04. Pure: the stored inputs always give the stored decision. */
export function decide(inputs: Inputs): Decision {
  const values = worstOf(inputs.facts)
  const missing = pointNames.filter((point) => inputs.facts[point] === undefined)
  return {
    ...decidedBy(values),
    values,
    insufficient: inputs.verdict === 'unknown' ? [...missing, 'verdict'] : missing,
    clock: inputs.previous ? nextClock(values, inputs, inputs.previous) : firstClock(values, inputs),
    table: table.id,
    policy: clockPolicy,
  }
}
