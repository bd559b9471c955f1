import { sql } from 'kysely'
import type { Scoped } from '#platform/database/store.ts'

/** When these devices told the last time what they are; those that never did are left out. */
export const lastTold = async ({ db }: Scoped, devices: readonly number[]): Promise<ReadonlyMap<number, Date>> => {
  const rows = await db
    .selectFrom('inventory_fact')
    .select('device_id')
    .select(sql<Date>`(select max((fact.value ->> 'at')::timestamptz) from jsonb_each(told) as fact)`.as('at'))
    .where(sql<boolean>`device_id = any(${devices}::bigint[])`)
    .where('source', '=', 'ddi')
    .execute()
  return new Map(rows.map(({ device_id, at }) => [device_id, at]))
}

/** When it was last told or read which version these devices run; those of which nobody knows are left out. */
export const lastKnownToRun = async (
  { db }: Scoped,
  devices: readonly number[],
): Promise<ReadonlyMap<number, Date>> => {
  const rows = await db
    .selectFrom('inventory_fact')
    .select('device_id')
    .select(sql<Date>`max((told -> 'firmware' ->> 'at')::timestamptz)`.as('at'))
    .where(sql<boolean>`device_id = any(${devices}::bigint[])`)
    .where('source', 'in', ['ddi', 'reading'])
    .where(sql<boolean>`told ? 'firmware'`)
    .groupBy('device_id')
    .execute()
  return new Map(rows.map(({ device_id, at }) => [device_id, at]))
}
