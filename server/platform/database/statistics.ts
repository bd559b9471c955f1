import { sql } from 'kysely'
import { type Scope, type Scoped, type Store, withScope } from './store.ts'

/** The tables of a slice of which the planner knows so little that so many new rows make a tenth or more. */
async function staleTables({ db }: Scoped, slice: string, rows: number): Promise<readonly string[]> {
  const found = await sql<{ name: string }>`
    select c.relname as name from pg_class c
     where c.relnamespace = 'public'::regnamespace and c.relkind = 'r' and starts_with(c.relname, ${`${slice}_`})
       and c.reltuples < ${rows}::int * 10.0
     order by c.relname`.execute(db)
  return found.rows.map(({ name }) => name)
}

/**
 * Has the planner look again at the tables of a slice after so many rows were stored in one go, each in a transaction of
 * its own; tables that are more than ten times as large are left to autovacuum.
 * @param slice the prefix of its tables
 */
export async function refreshStatistics(store: Store, scope: Scope, slice: string, rows: number): Promise<void> {
  for (const name of await withScope(store, scope, (scoped) => staleTables(scoped, slice, rows)))
    await withScope(store, scope, ({ db }) => sql`select suture_analyze(${name})`.execute(db))
}
