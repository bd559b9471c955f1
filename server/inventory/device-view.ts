import { type DeviceField, deviceFields } from '@suture/contract/device-fields.ts'
import { readQuery } from '@suture/contract/query/check.ts'
import type { Condition } from '@suture/contract/query/field.ts'
import { nearest } from '@suture/contract/query/nearest.ts'
import { fits } from '@suture/contract/query/pattern.ts'
import { isQueryProblem, mostQueryTerms } from '@suture/contract/query/query.ts'

/** The fields that stand for themselves; a view stands for what it asks. */
export type PlainField = Exclude<DeviceField, 'view'>

/** A query that names a view which there is none of, or none any more. */
export interface NoView {
  readonly problem: string
}
export const isNoView = (value: object): value is NoView => 'problem' in value

/** The views there are, and how many comparisons there may be yet. */
interface Expanding {
  readonly views: ReadonlyMap<string, string>
  readonly now: Date
  left: number
}

const tooMany: NoView = { problem: `A query has at most ${mostQueryTerms} comparisons, those of its views included` }

/**
 * Puts what each view asks in the place of its name. A view names no other, so that this ends; and what a query comes to
 * is bounded as a query is that names none.
 */
export const expanded = (
  query: Condition<DeviceField>,
  views: ReadonlyMap<string, string>,
  now: Date,
): Condition<PlainField> | NoView => expandedIn({ views, now, left: mostQueryTerms }, query)

function expandedIn(expanding: Expanding, query: Condition<DeviceField>): Condition<PlainField> | NoView {
  if (query.kind === 'not') {
    const of = expandedIn(expanding, query.of)
    return isNoView(of) ? of : { kind: 'not', of }
  }
  if (query.kind === 'is') {
    const { field, test } = query
    if (field !== 'view') return expanding.left-- > 0 ? { kind: 'is', field, test } : tooMany
    return test.kind === 'text' ? anyView(expanding, test.patterns) : { problem: 'A view is called by its name' }
  }
  const of: Condition<PlainField>[] = []
  for (const part of query.of) {
    const read = expandedIn(expanding, part)
    if (isNoView(read)) return read
    of.push(read)
  }
  return { kind: query.kind, of }
}

function anyView(
  expanding: Expanding,
  patterns: readonly (readonly [string, ...string[]])[],
): Condition<PlainField> | NoView {
  const { views, now } = expanding
  const of: Condition<PlainField>[] = []
  for (const pattern of patterns) {
    const named = [...views].filter(([name]) => fits(pattern, name))
    const near = nearest(pattern.join('*'), [...views.keys()])
    if (named.length === 0)
      return { problem: `There is no view @${pattern.join('*')}${near === undefined ? '' : `; there is @${near}`}` }
    for (const [name, q] of named) {
      const read = readQuery(q, deviceFields, now)
      const plain = isQueryProblem(read) ? read : expandedIn(expanding, read)
      if (plain === tooMany) return tooMany
      if ('problem' in plain) return { problem: `The view @${name} cannot be read any more: ${plain.problem}` }
      of.push(plain)
    }
  }
  const [first, ...others] = of
  return first !== undefined && others.length === 0 ? first : { kind: 'any', of }
}
