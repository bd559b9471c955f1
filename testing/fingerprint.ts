import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { query } from './database.ts'
import type { TestServer } from './world.ts'

/** What may change although nothing happened, each with the reason. */
export type Spared = readonly (
  | { readonly table: string; readonly column: string; readonly why: string }
  | { readonly file: string; readonly why: string }
)[]

/** A number of rows and a digest for each table, and a digest for each file, by its name. */
type Fingerprint = ReadonlyMap<string, string>

/** Of a test’s server, all that holds what it knows. */
export type Holder = Pick<TestServer, 'database' | 'home'>

// The superuser’s view: row-level security hides nothing from it. Numbers of sequences are no state: a gap means nothing.
const tables = `
  select format('%I.%I', n.nspname, c.relname) as source,
         case n.nspname when 'public' then c.relname::text else n.nspname || '.' || c.relname end as name
    from pg_class c join pg_namespace n on n.oid = c.relnamespace
   where c.relkind in ('r', 'm') and c.relpersistence <> 't'
     and n.nspname <> 'information_schema' and n.nspname not like 'pg\\_%'
   order by 2`

const digestOf = ({ source, name }: { source: string; name: string }, columns: readonly string[]): string => `
  select '${name}' as name, count(*) || ' rows, ' || md5(coalesce(string_agg(row, E'\\n' order by row collate "C"), '')) as digest
    from (select (to_jsonb(t) - array[${columns.map((column) => `'${column}'`).join()}]::text[])::text as row from ${source} t) rows`

/** Every row of every table, in one snapshot. */
async function ofTables({ database }: Holder, spared: Spared): Promise<[string, string][]> {
  const url = database.urls.superuser
  const found = await query<{ source: string; name: string }>(url, tables)
  const columnsOf = (name: string) =>
    spared.flatMap((each) => ('table' in each && each.table === name ? [each.column] : []))
  const digests = found.map((table) => digestOf(table, columnsOf(table.name)))
  const rows = await query<{ name: string; digest: string }>(url, digests.join(' union all '))
  return rows.map(({ name, digest }) => [name, digest])
}

/** Every file below the server’s home: the blobs and their drafts, and what the signer keeps there, its journal too. */
async function ofFiles({ home }: Holder, spared: Spared): Promise<[string, string][]> {
  const found = await readdir(home, { recursive: true, withFileTypes: true })
  const names = found
    .filter((each) => each.isFile())
    .map((each) => relative(home, join(each.parentPath, each.name)))
    .filter((name) => !spared.some((each) => 'file' in each && each.file === name))
  return names.map((name) => {
    const bytes = readFileSync(join(home, name))
    return [`file ${name}`, `${bytes.length} bytes, ${createHash('sha256').update(bytes).digest('hex')}`]
  })
}

/** What a server knows, so exactly that no change escapes it: all rows of all tables, and all files. */
export async function fingerprint(of: Holder, spared: Spared = []): Promise<Fingerprint> {
  return new Map([...(await ofTables(of, spared)), ...(await ofFiles(of, spared))])
}

/** The tables and files in which two fingerprints differ, with what they held. */
export const changesBetween = (before: Fingerprint, after: Fingerprint): string[] =>
  [...new Set([...before.keys(), ...after.keys()])]
    .filter((name) => before.get(name) !== after.get(name))
    .map((name) => `${name}: ${before.get(name) ?? 'not there'}, then ${after.get(name) ?? 'not there'}`)
    .sort()
