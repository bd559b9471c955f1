import { sql } from 'kysely'
import type { Scoped } from '#platform/database/store.ts'

/** Which of these devices have told what they are since a moment. */
export const haveTold = async (
  { db }: Scoped,
  devices: readonly number[],
  since: Date,
): Promise<ReadonlySet<number>> => {
  const rows = await db
    .selectFrom('inventory_fact')
    .select('device_id')
    .distinct()
    .where(sql<boolean>`device_id = any(${devices}::bigint[])`)
    .where('source', '=', 'ddi')
    .where(
      sql<boolean>`exists (select from jsonb_each(told) as fact where (fact.value ->> 'at')::timestamptz > ${since}::timestamptz)`,
    )
    .execute()
  return new Set(rows.map(({ device_id }) => device_id))
}
