import type { Directory } from '#platform/database/store.ts'

declare module '#platform/database/schema.ts' {
  interface DirectoryTables {
    platform_lease: { pool: string; process: string; renewed_at: Date }
  }
}

/** Says that a pool of workers lives. */
export const renewLease = ({ db }: Directory, pool: string, process: string, now: Date) =>
  db
    .insertInto('platform_lease')
    .values({ pool, process, renewed_at: now })
    .onConflict((conflict) => conflict.column('pool').doUpdateSet({ renewed_at: now }))
    .execute()

/** The pools that have not said so for too long. */
export const deadPools = async ({ db }: Directory, before: Date): Promise<string[]> =>
  (await db.selectFrom('platform_lease').select('pool').where('renewed_at', '<', before).execute()).map(
    ({ pool }) => pool,
  )

export const dropLease = ({ db }: Directory, pool: string) =>
  db.deleteFrom('platform_lease').where('pool', '=', pool).execute()
