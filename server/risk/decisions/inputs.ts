import { decide, type Fact, type Facts, type Inputs } from './decide.ts'
import type { Outcome } from './table.ts'

/** What is known about a match in a context, as it is stored. */
export interface Known {
  readonly verdict: 'affected' | 'unknown'
  readonly matched_at: Date
  readonly exposure: 'exposed' | 'internal' | 'isolated' | 'unknown'
  readonly document: string
  readonly retrieved_at: Date
  readonly imported_at: Date
  readonly listed_at: string | null
  readonly listing_known_at: Date | null
  readonly automatable: 'yes' | 'no' | null
  readonly automatable_known_at: Date | null
  readonly technical_impact: 'partial' | 'total' | null
  readonly technical_impact_known_at: Date | null
  readonly ssvc: { readonly source: string; readonly at: string } | null
  readonly before: {
    readonly inputs: Inputs
    readonly outcome: Outcome['key']
    readonly days: number | null
    readonly start: string
    readonly due: string | null
  } | null
}

const iso = (moment: Date | null) => (moment === null ? {} : { knownAt: moment.toISOString() })

/** A point of CISA's decision for this vulnerability, if it made one. */
function pointOf<V extends string>(value: V | null, knownAt: Date | null, { ssvc }: Known): Fact<V> | undefined {
  if (value === null) return undefined
  return { value, source: ssvc?.source ?? 'unknown', ...(ssvc === null ? {} : { at: ssvc.at }), ...iso(knownAt) }
}

function factsOf(known: Known): Facts {
  const { exposure, listed_at, document } = known
  const automatable = pointOf(known.automatable, known.automatable_known_at, known)
  const technicalImpact = pointOf(known.technical_impact, known.technical_impact_known_at, known)
  return {
    ...(exposure === 'unknown'
      ? {}
      : { publiclyExposed: { value: exposure === 'exposed' ? 'yes' : 'no', source: `inventory: ${exposure}` } }),
    inKev:
      listed_at === null
        ? { value: 'no', source: document, at: known.retrieved_at.toISOString(), ...iso(known.imported_at) }
        : { value: 'yes', source: document, at: listed_at, ...iso(known.listing_known_at) },
    ...(automatable && { automatable }),
    ...(technicalImpact && { technicalImpact }),
  }
}

/** What a decision is made from. */
export function inputsOf(known: Known): Inputs {
  const { before } = known
  const previous = before && {
    values: decide(before.inputs).values,
    outcome: before.outcome,
    days: before.days,
    start: new Date(before.start).toISOString(),
    due: before.due === null ? null : new Date(before.due).toISOString(),
  }
  return {
    facts: factsOf(known),
    verdict: known.verdict,
    matchedAt: known.matched_at.toISOString(),
    knowledgeAt: known.imported_at.toISOString(),
    ...(previous && { previous }),
  }
}
