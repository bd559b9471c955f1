import type { DecisionOutcome } from '@suture/contract/risk.ts'
import bod from './bod-26-04.json' with { type: 'json' }

/** The four facts that the table reads, each with its worse value last. */
export const points = {
  publiclyExposed: ['no', 'yes'],
  inKev: ['no', 'yes'],
  automatable: ['no', 'yes'],
  technicalImpact: ['partial', 'total'],
} as const
export type Point = keyof typeof points
export const pointNames = Object.keys(points) as readonly Point[]

/** One value for each fact. */
export type Values = { readonly [P in Point]: (typeof points)[P][number] }

/** What the table says: how many days there are, none when the next upgrade is early enough. */
export interface Outcome {
  readonly key: DecisionOutcome
  readonly days: number | null
  readonly forensics: boolean
}

/** The row that decided, counted from 1 in the order of the published table, and its outcome. */
export interface Decided {
  readonly row: number
  readonly outcome: Outcome
}

/** The published table by its name and version, and the day of the state that is pinned here. */
export const table = {
  id: `${bod.namespace}:${bod.key}:${bod.version}`,
  pinned: new Date(`${bod.source.pinned}T00:00:00Z`),
  source: bod.source,
}

/** The outcomes from the most patient to the most urgent, as the table lists them. */
export const outcomes = bod.outcomes as readonly Outcome[]

/** The rows in the order of the published table. */
export const rows = bod.rows as readonly (Values & { readonly outcome: DecisionOutcome })[]

/** How urgent an outcome is; a larger number is more urgent. */
export const urgency = (key: DecisionOutcome): number => outcomes.findIndex((each) => each.key === key)

/**
 * The row of the table for one value of each fact.
 * @throws when the table lacks it, which a test rules out for all sixteen
 */
export function decidedBy(values: Values): Decided {
  const at = rows.findIndex((row) => pointNames.every((point) => row[point] === values[point]))
  const outcome = outcomes.find(({ key }) => key === rows[at]?.outcome)
  if (outcome === undefined) throw new Error(`The decision table has no row for ${JSON.stringify(values)}`)
  return { row: at + 1, outcome }
}
