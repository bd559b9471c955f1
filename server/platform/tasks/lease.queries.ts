import { sql } from 'kysely'
import type { Directory } from '#platform/database/store.ts'

declare module '#platform/database/schema.ts' {
  interface DirectoryTables {
    platform_lease: { pool: string; process: string; renewed_at: Date }
  }
}

/** Says that a pool of workers lives. By the database's clock: those of two machines can differ by more than a lease. */
export const renewLease = ({ db }: Directory, pool: string, process: string) =>
  db
    .insertInto('platform_lease')
    .values({ pool, process, renewed_at: sql`now()` })
    .onConflict((conflict) => conflict.column('pool').doUpdateSet({ renewed_at: sql`now()` }))
    .execute()

/** The pools that have not said so for too long. */
export const deadPools = async ({ db }: Directory, afterSeconds: number): Promise<string[]> => {
  const rows = await db
    .selectFrom('platform_lease')
    .select('pool')
    .where('renewed_at', '<', sql<Date>`now() - make_interval(secs => ${afterSeconds})`)
    .execute()
  return rows.map(({ pool }) => pool)
}

export const dropLease = ({ db }: Directory, pool: string) =>
  db.deleteFrom('platform_lease').where('pool', '=', pool).execute()
