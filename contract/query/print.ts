import { type Operator, type Pattern, type Query, type Term, textField, viewField, viewName } from './query.ts'

/** The two ways to write the same query. */
export type Spelling = 'friendly' | 'rsql'

const signs: Readonly<Record<Spelling, Readonly<Record<Operator, string>>>> = {
  friendly: { '=': ':', '~': ':~', '<': '<', '<=': '<=', '>': '>', '>=': '>=' },
  // RSQL has no sign for a part of a text.
  rsql: { '=': '==', '~': ':~', '<': '=lt=', '<=': '=le=', '>': '=gt=', '>=': '=ge=' },
}

/** What stands without quotes: it ends nowhere inside, and begins as no operator and no negation does. */
const bare = /^[\p{L}\p{N}_.][\p{L}\p{N}_.:@/+#~<>=-]*$/u
const bareLater = /^[\p{L}\p{N}_.:@/+#~<>=-]*$/u
/** A word without a field is also none that joins, and begins no comparison. */
const bareWord = /^(?!(?:and|or|not)$)[\p{L}\p{N}_./@+#-]+$/iu

const isBare = ([first, ...others]: Pattern): boolean =>
  (bare.test(first) || (first === '' && others.length > 0)) && others.every((piece) => bareLater.test(piece))

function value(pattern: Pattern): string {
  return isBare(pattern)
    ? pattern.join('*')
    : `"${pattern.map((piece) => piece.replaceAll(/[\\"*]/g, '\\$&')).join('*')}"`
}

/** The same for what is looked for without a field. */
const word = (pattern: Pattern): string =>
  isBare(pattern) && !(pattern.length === 1 && bareWord.test(pattern[0])) ? `"${pattern.join('*')}"` : value(pattern)

function term({ field, operator, values }: Term, spelling: Spelling, isNot: boolean): string {
  const [only, ...others] = values
  if (field === textField && operator === '=' && others.length === 0) return `${isNot ? '-' : ''}${word(only)}`
  const view = values.map((each) => each.join('*')).join()
  if (field === viewField && operator === '=' && spelling === 'friendly' && viewName.test(view))
    return `${isNot ? '-' : ''}@${view}`
  const many = `(${values.map((each) => value(each)).join(',')})`
  const given = others.length === 0 ? value(only) : many
  if (spelling === 'rsql' && operator === '=') {
    const sign = others.length === 0 ? (isNot ? '!=' : '==') : isNot ? '=out=' : '=in='
    return `${field}${sign}${given}`
  }
  return `${isNot ? '-' : ''}${field}${signs[spelling][operator]}${given}`
}

const joins = { friendly: { all: ' ', any: ' or ' }, rsql: { all: ';', any: ',' } } as const

/** Writes a query so that reading it gives the same query again. */
export function printQuery(query: Query, spelling: Spelling = 'friendly'): string {
  if (query.kind === 'term') return term(query, spelling, false)
  if (query.kind === 'not')
    return query.of.kind === 'term' ? term(query.of, spelling, true) : `-(${printQuery(query.of, spelling)})`
  // All binds more strongly than any, so that only an any needs brackets inside an all.
  const parts = query.of.map((part) =>
    part.kind === 'any' && query.kind === 'all' ? `(${printQuery(part, spelling)})` : printQuery(part, spelling),
  )
  return parts.join(joins[spelling][query.kind])
}

const nowhere = { from: 0, to: 0 }

/** One value as it is written behind a comparison. */
export const writtenValue = (text: string): string => value([text])

/** The query for what has exactly this in a field. */
export const exactly = (field: string, text: string, spelling: Spelling = 'friendly'): string =>
  term(
    {
      kind: 'term',
      field,
      operator: '=',
      values: [[text]],
      at: { field: nowhere, operator: nowhere, values: nowhere },
    },
    spelling,
    false,
  )
