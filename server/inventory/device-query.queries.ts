import type { deviceFields } from '@suture/contract/device-fields.ts'
import type { Condition, FieldKind, TestOf } from '@suture/contract/query/field.ts'
import { type RawBuilder, sql } from 'kysely'
import { fitsOne } from '#platform/database/conditions.ts'
import type { Scoped } from '#platform/database/store.ts'
import type { PlainField } from './device-view.ts'

/** Whether something is so of the device `d`. */
export type DeviceCondition = RawBuilder<boolean>

/**
 * Where the values of a field are: the column of the device `d` that leads there, and where it does not hold the value
 * itself, rows of (k, value).
 */
export interface FieldValues {
  readonly by: RawBuilder<unknown>
  readonly from?: RawBuilder<unknown>
}

/** What one field means in SQL. */
interface FieldSql<K extends FieldKind> {
  /** Whether the device `d` passes; without a join, so that nothing is counted twice. */
  readonly is: (test: TestOf<K>, scoped: Scoped) => DeviceCondition | Promise<DeviceCondition>
  /** None where they cannot be listed. */
  readonly values?: FieldValues
}

type KindOf<F extends PlainField> = (typeof deviceFields)[F]['kind']

/** What every field of a device means; each slice says it of its own. */
export type DeviceFieldsSql = { readonly [F in PlainField]: FieldSql<KindOf<F>> }

/** What a checked query asks of the device `d`. What is not known fits nothing, and what does not fit, fits its negation. */
export async function conditionOf(
  query: Condition<PlainField>,
  fields: DeviceFieldsSql,
  scoped: Scoped,
): Promise<DeviceCondition> {
  if (query.kind === 'is') {
    const { is } = fields[query.field] as FieldSql<FieldKind>
    return is(query.test, scoped)
  }
  if (query.kind === 'not') return sql<boolean>`not coalesce(${await conditionOf(query.of, fields, scoped)}, false)`
  const parts: DeviceCondition[] = []
  // One after the other: they share one connection.
  for (const part of query.of) parts.push(await conditionOf(part, fields, scoped))
  return sql<boolean>`(${sql.join(parts, query.kind === 'all' ? sql` and ` : sql` or `)})`
}

/** What a field holds on the devices that pass, and on how many of them, the most frequent first. */
export async function viewDeviceValues(
  scoped: Scoped,
  { values }: { readonly values?: FieldValues },
  asked: { readonly where: DeviceCondition | undefined; readonly starts: string; readonly limit: number },
): Promise<readonly { value: string; devices: number }[]> {
  if (!values) return []
  const { by, from } = values
  const held = from ? sql`l.value` : sql`c.k`
  const { rows } = await sql<{ value: string; devices: number }>`
    with c as materialized (select ${by} as k, count(*) as n from inventory_device d where ${asked.where ?? sql`true`} group by 1)
    select ${held}::text as value, sum(c.n)::int as devices
      from c ${from ? sql`join (${from}) l on l.k = c.k` : sql``}
     where ${fitsOne(sql`${held}::text`, [[asked.starts, '']])}
     group by 1 order by 2 desc, 1 limit ${asked.limit}`.execute(scoped.db)
  return rows
}
