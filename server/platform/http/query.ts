import { fieldsIn, readQuery } from '@suture/contract/query/check.ts'
import type { Condition, Fields } from '@suture/contract/query/field.ts'
import { isQueryProblem } from '@suture/contract/query/query.ts'
import { Refusal } from '#platform/refusal.ts'
import type { Caller } from './caller.ts'

/**
 * The query of a list, read and checked; nothing where there is none. Whoever may not see what a field tells may not ask
 * for it either: how many fit would tell it.
 * @throws Refusal `http/bad-query`, `auth/not-permitted`
 */
export function queryOf<F extends Fields>(
  text: string | undefined,
  fields: F,
  { caller, now }: { readonly caller: Caller; readonly now: Date },
): Condition<keyof F & string> | undefined {
  if (text === undefined) return undefined
  const read = readQuery(text, fields, now)
  if (isQueryProblem(read)) throw new Refusal('http/bad-query', { ...read })
  for (const name of fieldsIn(read)) demandField(fields, name, caller)
  return read
}

/** @throws Refusal `auth/not-permitted` */
export function demandField<F extends Fields>(fields: F, name: keyof F & string, { permissions }: Caller): void {
  const may = fields[name]?.may
  if (may !== undefined && !permissions.has(may)) throw new Refusal('auth/not-permitted', { permission: may })
}
