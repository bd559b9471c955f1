import type * as database from '@suture/server/platform/database/pool.ts'

/** Connections to the database that is measured. */
export type Pool = database.Pool['pg']

/** What PostgreSQL has counted until now. */
export interface Counted {
  /** Bytes of its log. */
  readonly wal: number
  readonly transactions: number
  readonly updates: ReadonlyMap<string, { readonly all: number; readonly hot: number }>
}

export async function count(pool: Pool): Promise<Counted> {
  // Statistics are told with a delay of up to a second by each connection, and sooner when it is idle.
  await new Promise((resolve) => setTimeout(resolve, 1500))
  const wal = await pool.query<{ bytes: string }>(`select pg_wal_lsn_diff(pg_current_wal_lsn(), '0/0')::text as bytes`)
  const done = await pool.query<{ n: number }>(
    'select (xact_commit + xact_rollback) as n from pg_stat_database where datname = current_database()',
  )
  const tables = await pool.query<{ name: string; all: number; hot: number }>(
    'select relname as name, n_tup_upd as all, n_tup_hot_upd as hot from pg_stat_user_tables where n_tup_upd > 0',
  )
  return {
    wal: Number(wal.rows[0]?.bytes),
    transactions: Number(done.rows[0]?.n),
    updates: new Map(tables.rows.map(({ name, all, hot }) => [name, { all: Number(all), hot: Number(hot) }])),
  }
}

const share = (part: number, all: number): number => Math.round((1000 * part) / all) / 1000

/** The share of updates that touched no index, of the tables that were updated most and of all. */
export function hotShare(before: Counted, after: Counted) {
  const tables = [...after.updates]
    .map(([name, { all, hot }]) => {
      const earlier = before.updates.get(name) ?? { all: 0, hot: 0 }
      return { name, updates: all - earlier.all, hot: hot - earlier.hot }
    })
    .filter(({ updates }) => updates > 0)
    .sort((a, b) => b.updates - a.updates)
  const sum = (key: 'updates' | 'hot') => tables.reduce((total, table) => total + table[key], 0)
  return {
    all: share(sum('hot'), sum('updates')),
    tables: tables.slice(0, 10).map(({ name, updates, hot }) => ({ name, updates, hot: share(hot, updates) })),
  }
}

/** The bytes of the database and of its largest tables with their indexes. */
export async function sizes(pool: Pool) {
  const whole = await pool.query<{ bytes: number }>('select pg_database_size(current_database()) as bytes')
  const tables = await pool.query<{ name: string; bytes: number }>(
    `select relname as name, pg_total_relation_size(oid) as bytes from pg_class
      where relkind = 'r' and relnamespace = 'public'::regnamespace order by 2 desc limit 10`,
  )
  const bytesOf = ({ bytes }: { readonly bytes: number }) => Number(bytes)
  return {
    bytes: bytesOf(whole.rows[0] ?? { bytes: Number.NaN }),
    tables: tables.rows.map(({ name, ...row }) => ({ name, bytes: bytesOf(row) })),
  }
}
