import { sql } from 'kysely'
import type { Scoped } from '#platform/database/store.ts'

/** The version that these devices were last told or read to run since a moment; those that were neither are left out. */
export const versionsSince = async (
  { db }: Scoped,
  devices: readonly number[],
  since: Date,
): Promise<ReadonlyMap<number, string>> => {
  const { rows } = await sql<{ device_id: number; version: string }>`
    select distinct on (device_id) device_id, told -> 'firmware' ->> 'value' as version
      from inventory_fact
     where device_id = any(${devices}::bigint[]) and source in ('ddi', 'reading')
       and (told -> 'firmware' ->> 'at')::timestamptz > ${since}::timestamptz
     order by device_id, (told -> 'firmware' ->> 'at')::timestamptz desc`.execute(db)
  return new Map(rows.map(({ device_id, version }) => [device_id, version]))
}
