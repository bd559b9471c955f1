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

/**
 * The pools that hold tasks and do not live: no lease of theirs was renewed, and the task was taken long enough ago
 * that a living pool would have one by now. A process can die between taking its first task and its first lease.
 */
export const deadPools = async ({ db }: Directory, afterSeconds: number): Promise<string[]> => {
  const { rows } = await sql<{ pool: string }>`
    select distinct j.locked_by as pool from graphile_worker.jobs j
     where j.locked_at < now() - make_interval(secs => ${afterSeconds})
       and not exists (select from platform_lease l where l.pool = j.locked_by
                          and l.renewed_at >= now() - make_interval(secs => ${afterSeconds}))`.execute(db)
  return rows.map(({ pool }) => pool)
}

/** Forgets the leases that nobody renewed for long; a pool that comes back says so itself. */
export const dropOldLeases = ({ db }: Directory) =>
  db.deleteFrom('platform_lease').where('renewed_at', '<', sql<Date>`now() - interval '10 minutes'`).execute()

export const dropLease = ({ db }: Directory, pool: string) =>
  db.deleteFrom('platform_lease').where('pool', '=', pool).execute()
