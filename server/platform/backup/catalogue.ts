import type pg from 'pg'

/** A table as it is copied. */
export interface Table {
  readonly name: string
  /** Whether its rows belong to tenants, and are seen one tenant at a time. */
  readonly isTenants: boolean
  /** In bytes, for whoever watches. */
  readonly size: number
  readonly columns: readonly {
    readonly name: string
    readonly type: string
    /** What a blob is that the column names by its SHA-256, in words; null where it names none. */
    readonly file: string | null
  }[]
}

/**
 * What is no truth, and so is not copied: the migrations are named apart, the epoch begins anew, leases are of processes
 * that are gone. Sessions and setup codes end with a restore; whoever signs in again gets another.
 */
const left: Readonly<Record<string, string>> = {
  platform_migration: 'false',
  platform_epoch: 'false',
  platform_lease: 'false',
  platform_session: 'false',
  platform_credential: `kind not in ('session', 'setup')`,
}

/** Which rows of a table are copied, as a condition. */
export const copiedOf = (table: string): string => left[table] ?? 'true'

/** Every table of the schema with the columns that are stored, a table after those that it refers to. */
export async function tablesOf(client: pg.ClientBase): Promise<Table[]> {
  const { rows } = await client.query<Table & { refers: string[] }>(`
    select c.relname as name, c.relforcerowsecurity as "isTenants", pg_table_size(c.oid)::float8 as size,
           (select json_agg(json_build_object('name', a.attname, 'type', format_type(a.atttypid, a.atttypmod),
                                              'file', substring(col_description(c.oid, a.attnum) from '^file: (.*)')) order by a.attnum)
              from pg_attribute a
             where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and a.attgenerated = '') as columns,
           array(select distinct r.relname::text from pg_constraint f join pg_class r on r.oid = f.confrelid
                  where f.conrelid = c.oid and f.contype = 'f' and f.confrelid <> f.conrelid) as refers
      from pg_class c
     where c.relnamespace = 'public'::regnamespace and c.relkind = 'r'
     order by c.relname`)
  const sorted: Table[] = []
  const placed = new Set<string>()
  while (sorted.length < rows.length) {
    const next = rows.filter(({ name, refers }) => !placed.has(name) && refers.every((each) => placed.has(each)))
    if (next.length === 0) throw new Error('The tables refer to each other in a circle')
    for (const { refers, ...table } of next) sorted.push(table)
    for (const { name } of next) placed.add(name)
  }
  return sorted.filter(({ name }) => copiedOf(name) !== 'false')
}

/** The migrations that a schema has had, in order; none when it is empty. */
export async function migrationsOf(client: pg.ClientBase): Promise<string[]> {
  const { rows } = await client.query<{ there: boolean }>(
    `select to_regclass('public.platform_migration') is not null as there`,
  )
  if (!rows[0]?.there) return []
  const applied = await client.query<{ name: string }>('select name from platform_migration order by run_on, id')
  return applied.rows.map(({ name }) => name)
}
