import { type DeviceField, deviceFields } from '@suture/contract/device-fields.ts'
import { readQuery } from '@suture/contract/query/check.ts'
import type { Condition } from '@suture/contract/query/field.ts'
import { nearest } from '@suture/contract/query/nearest.ts'
import { fits } from '@suture/contract/query/pattern.ts'
import { isQueryProblem } from '@suture/contract/query/query.ts'

/** The fields that stand for themselves; a view stands for what it asks. */
export type PlainField = Exclude<DeviceField, 'view'>

/** A query that names a view which there is none of, or none any more. */
export interface NoView {
  readonly problem: string
}
export const isNoView = (value: object): value is NoView => 'problem' in value

/** Puts what each view asks in the place of its name. A view names no other, so that this ends. */
export function expanded(
  query: Condition<DeviceField>,
  views: ReadonlyMap<string, string>,
  now: Date,
): Condition<PlainField> | NoView {
  if (query.kind === 'not') {
    const of = expanded(query.of, views, now)
    return isNoView(of) ? of : { kind: 'not', of }
  }
  if (query.kind === 'is') {
    const { field, test } = query
    if (field !== 'view') return { kind: 'is', field, test }
    return test.kind === 'text' ? anyView(test.patterns, views, now) : { problem: 'A view is called by its name' }
  }
  const of: Condition<PlainField>[] = []
  for (const part of query.of) {
    const read = expanded(part, views, now)
    if (isNoView(read)) return read
    of.push(read)
  }
  return { kind: query.kind, of }
}

function anyView(
  patterns: readonly (readonly [string, ...string[]])[],
  views: ReadonlyMap<string, string>,
  now: Date,
): Condition<PlainField> | NoView {
  const of: Condition<PlainField>[] = []
  for (const pattern of patterns) {
    const named = [...views].filter(([name]) => fits(pattern, name))
    const near = nearest(pattern.join('*'), [...views.keys()])
    if (named.length === 0)
      return { problem: `There is no view @${pattern.join('*')}${near === undefined ? '' : `; there is @${near}`}` }
    for (const [name, q] of named) {
      const read = readQuery(q, deviceFields, now)
      const plain = isQueryProblem(read) ? read : expanded(read, new Map(), now)
      if ('problem' in plain) return { problem: `The view @${name} cannot be read any more: ${plain.problem}` }
      of.push(plain)
    }
  }
  const [first, ...others] = of
  return first !== undefined && others.length === 0 ? first : { kind: 'any', of }
}
