import { sql } from 'kysely'
import type { Scoped } from './store.ts'

/**
 * Has the planner look again at the tables of a slice after so many rows were stored in one go; tables that are more than
 * ten times as large are left to autovacuum.
 * @param slice the prefix of its tables
 */
export async function refreshStatistics({ db }: Scoped, slice: string, rows: number): Promise<void> {
  await sql`select suture_analyze(${slice}, ${rows}::int)`.execute(db)
}
