import type { Condition, Fields, Test } from './field.ts'
import { nearest } from './nearest.ts'
import { parseQuery } from './parse.ts'
import { isQueryProblem, type Query, type QueryProblem, type Span, type Term } from './query.ts'
import { isWrong, readTest, type Wrong } from './reading.ts'

/** The names of a list's fields with their other names, and the field that each means. */
const namesOf = (fields: Fields): ReadonlyMap<string, string> =>
  new Map(
    Object.entries(fields).flatMap(([name, { also = [] }]) =>
      [name, ...also].map((each) => [each.toLowerCase(), name]),
    ),
  )

/** What a comparison asks of which field, or what is wrong with it. */
function checkTerm(term: Term, fields: Fields, now: Date): { readonly name: string; readonly test: Test } | Wrong {
  const names = namesOf(fields)
  const name = names.get(term.field.toLowerCase())
  const field = name === undefined ? undefined : fields[name]
  if (name === undefined || field === undefined) {
    const near = nearest(term.field, [...names.keys()])
    return {
      wrong: `There is no field \`${term.field}\``,
      part: 'field',
      ...(near === undefined ? {} : { instead: near }),
    }
  }
  const test = readTest(field, term, now)
  return isWrong(test) ? test : { name, test }
}

/** The text with a part of it replaced. */
const replaced = (text: string, { from, to }: Span, part: string): string => text.slice(0, from) + part + text.slice(to)

class Trouble extends Error {
  readonly told: QueryProblem
  constructor(told: QueryProblem) {
    super(told.problem)
    this.told = told
  }
}

function told(text: string, term: Term, { wrong, instead, part }: Wrong): QueryProblem {
  const at = term.at[part ?? 'values']
  return { problem: wrong, at, ...(instead === undefined ? {} : { meant: replaced(text, at, instead) }) }
}

/**
 * Reads a query and checks it against the fields of a list.
 * @param now what lengths of time are counted from
 */
export function readQuery<F extends Fields>(
  text: string,
  fields: F,
  now: Date,
): Condition<keyof F & string> | QueryProblem {
  const read = parseQuery(text)
  if (isQueryProblem(read)) return read
  const conditionOf = (query: Query): Condition<keyof F & string> => {
    if (query.kind === 'not') return { kind: 'not', of: conditionOf(query.of) }
    if (query.kind !== 'term') return { kind: query.kind, of: query.of.map(conditionOf) }
    const checked = checkTerm(query, fields, now)
    if (isWrong(checked)) throw new Trouble(told(text, query, checked))
    return { kind: 'is', field: checked.name as keyof F & string, test: checked.test }
  }
  try {
    return conditionOf(read)
  } catch (error) {
    if (error instanceof Trouble) return error.told
    throw error
  }
}

/** The fields that a checked query asks for. */
export const fieldsIn = <Name extends string>(condition: Condition<Name>): ReadonlySet<Name> =>
  condition.kind === 'is'
    ? new Set([condition.field])
    : condition.kind === 'not'
      ? fieldsIn(condition.of)
      : new Set(condition.of.flatMap((part) => [...fieldsIn(part)]))
