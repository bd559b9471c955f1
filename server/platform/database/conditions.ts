import { type RawBuilder, sql } from 'kysely'

/** Text with gaps that stand for anything between its pieces. */
type Pattern = readonly string[]

/** From a time on, and before another. */
interface Stretch {
  readonly from?: Date
  readonly to?: Date
}

/** A comparison with a whole number, or with several of which one is to be equal. */
interface Comparison {
  readonly operator: '=' | '<' | '<=' | '>' | '>='
  readonly values: readonly number[]
}

/** What a text is compared with: a pattern in which a gap alone stands for anything. */
const like = (pattern: Pattern): string => pattern.map((piece) => piece.replaceAll(/[\\%_]/g, '\\$&')).join('%')

/** Whether a text fits one of the patterns, in whatever case. */
export const fitsOne = (text: RawBuilder<unknown>, patterns: readonly Pattern[]): RawBuilder<boolean> =>
  sql<boolean>`${text} ilike any(${patterns.map(like)}::text[])`

/** Whether a text is one of these. */
export const isOneOf = (text: RawBuilder<unknown>, values: readonly string[]): RawBuilder<boolean> =>
  sql<boolean>`${text} = any(${values}::text[])`

/** Whether a time lies where it is asked for. */
export function liesIn(time: RawBuilder<unknown>, { from, to }: Stretch): RawBuilder<boolean> {
  const bounds = [sql<boolean>`${time} is not null`]
  if (from) bounds.push(sql<boolean>`${time} >= ${from}`)
  if (to) bounds.push(sql<boolean>`${time} < ${to}`)
  return sql<boolean>`(${sql.join(bounds, sql` and `)})`
}

/** Whether a number is as it is asked for. */
export function counts(number: RawBuilder<unknown>, { operator, values }: Comparison): RawBuilder<boolean> {
  if (operator === '=') return sql<boolean>`${number} = any(${values}::bigint[])`
  return sql<boolean>`${number} ${sql.raw(operator)} ${values[0] ?? 0}::bigint`
}
