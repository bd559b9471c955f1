/** Text with gaps that stand for anything: one piece is the text itself, `['a', 'b']` is `a*b`. */
export type Pattern = readonly [string, ...string[]]

/** How a field is compared: `=` is equal to one of the values, `~` contains one of them, the others are of one value. */
export type Operator = '=' | '~' | '<' | '<=' | '>' | '>='

/** From where to where in the text of a query, as `slice` takes it. */
export interface Span {
  readonly from: number
  readonly to: number
}

/** One comparison, as it was written: whether there is such a field, and such a value, is `checkQuery`'s to say. */
export interface Term {
  readonly kind: 'term'
  readonly field: string
  readonly operator: Operator
  readonly values: readonly [Pattern, ...Pattern[]]
  readonly at: { readonly field: Span; readonly operator: Span; readonly values: Span }
}

/** What to look for. No `all` or `any` has fewer than two parts or one of its own kind among them. */
export type Query =
  | Term
  | { readonly kind: 'not'; readonly of: Query }
  | { readonly kind: 'all' | 'any'; readonly of: readonly Query[] }

/** The parts under one roof, where there is more than one. */
export function joined(kind: 'all' | 'any', parts: readonly Query[]): Query {
  const [first, ...others] = parts.flatMap((part) => (part.kind === kind ? part.of : [part]))
  if (first === undefined) throw new TypeError('A query of no parts')
  return others.length === 0 ? first : { kind, of: [first, ...others] }
}

/** The field that a bare word is looked for in. */
export const textField = 'text'
/** The field of what was kept under a name: `@name`. */
export const viewField = 'view'
export const viewName = /^[a-z0-9][a-z0-9-]{0,39}$/

/** What is wrong with a query, where, and the whole query as it may have been meant. */
export interface QueryProblem {
  readonly problem: string
  readonly at: Span
  readonly meant?: string
}

export const isQueryProblem = (value: object): value is QueryProblem => 'problem' in value

/** The bounds of a query: whoever asks for more wants something else. */
export const mostQueryCharacters = 2000
export const mostQueryTerms = 100
export const mostQueryDepth = 20
/** The stars in one value: a database tries each place for each of them. */
export const mostQueryGaps = 10
