import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, open, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import pg from 'pg'
import type { BlobStore } from '#platform/blob/store.ts'
import { syncDirectory } from '#platform/database/embedded/home.ts'
import { endRestoring } from '#platform/database/epoch.ts'
import { knownMigrations, migrate } from '#platform/database/migrate.ts'
import type { Log } from '#platform/log.ts'
import { OperatorError } from '#platform/operator-error.ts'
import { installTaskQueue } from '#platform/tasks/install.ts'
import { migrationsOf, type Table, tablesOf } from './catalogue.ts'
import { actAs, connected } from './connection.ts'
import { blobOf, isTable, type Part, partNames, Rows, RowsHead, Sequences, signerFileOf, Task } from './manifest.ts'
import { type BackupReader, parsed } from './reader.ts'

/** Where a backup goes: a database without tenants, and folders that hold nothing of the same kind. */
export interface Target {
  readonly owner: string
  readonly worker: string
  readonly blobs: BlobStore
  /** The signer's folder. */
  readonly signer: string
  readonly log: Log
  readonly now: Date
  /** For how long nobody new is given a job, in seconds. */
  readonly settleSeconds: number
}

/**
 * Restores a whole backup, brings its schema up to date, and tells Suture that time was lost. Until the last step the
 * database carries a mark with which no server starts.
 * @returns the epoch that begins
 */
export async function restoreBackup(
  reader: BackupReader,
  target: Target,
  advance: (bytes: number) => void,
): Promise<number> {
  await assertFits(reader, target)
  await connected(target.owner, (client) => client.query('create table if not exists platform_restoring ()'))
  for (const part of reader.parts) {
    const blob = blobOf(part.name)
    if (blob === undefined) continue
    await target.blobs.put(reader.stream(part), { maxBytes: part.bytes, expected: blob })
    advance(part.bytes)
  }
  await restoreSigner(reader, target.signer)
  await migrate(target.owner, target.log, reader.about.migrations.length)
  await connected(target.owner, (client) => loadTables(reader, client, advance))
  await migrate(target.owner, target.log)
  await installTaskQueue(target.worker, target.log)
  await loadTasks(reader, target.worker)
  const { now, settleSeconds } = target
  return endRestoring(target.owner, { now, settleSeconds })
}

/** Refuses what cannot end well, before anything is touched. */
async function assertFits(reader: BackupReader, target: Target): Promise<void> {
  const known = knownMigrations()
  const { migrations, suture } = reader.about
  if (migrations.some((name, at) => known[at] !== name))
    throw new OperatorError(
      `This backup was made by Suture ${suture}, whose schema (${migrations.at(-1)}) this version does not know. Restore it with that version or a newer one.`,
    )
  await connected(target.owner, async (client) => {
    const applied = await migrationsOf(client)
    const { rows } = await client.query<{ tables: number }>(
      `select count(*)::int as tables from pg_class
        where relnamespace = 'public'::regnamespace and relkind = 'r' and relname <> 'platform_restoring'`,
    )
    if (applied.length === 0 && (rows[0]?.tables ?? 0) > 0)
      throw new OperatorError('The database holds tables that are not Suture’s. Restore into an empty database.')
    if (applied.length > 0) await assertEmpty(client, applied.length > migrations.length)
  })
  const inTheWay = reader.parts.filter(({ name }) => signerFileOf(name) !== undefined)
  if (inTheWay.length > 0 && existsSync(join(target.signer, 'sealed.json')) && !(await isSame(reader, target.signer)))
    throw new OperatorError(
      `${target.signer} holds the keys of another signer, or a later state of this one. If it is this server’s own signer, keep it, and restore a backup that was made without --with-signer; otherwise move it away.`,
    )
}

async function assertEmpty(client: pg.Client, isNewer: boolean): Promise<void> {
  const { rows } = await client.query<{ restoring: boolean; used: boolean }>(
    `select to_regclass('platform_restoring') is not null as restoring, exists (select from platform_tenant) as used`,
  )
  const [found] = rows
  if (found?.restoring && (found.used || isNewer))
    throw new OperatorError(
      'A restore into this database was interrupted after its rows were loaded. Make the database anew (the embedded one: move the folder postgres of the home away), and restore again.',
    )
  if (found?.used || isNewer)
    throw new OperatorError(
      'The database is in use already, and a restore never writes over what is there. Restore into an empty database; the embedded one is empty in a new SUTURE_HOME.',
    )
}

/** Whether the seal that lies there is the one of the backup: an interrupted restore is done again. */
async function isSame(reader: BackupReader, folder: string): Promise<boolean> {
  const part = reader.parts.find(({ name }) => signerFileOf(name) === 'sealed.json')
  const bytes = await readFile(join(folder, 'sealed.json'))
  return part?.sha256 === createHash('sha256').update(bytes).digest('hex')
}

/** The signer's files as they were, the seal last. */
async function restoreSigner(reader: BackupReader, folder: string): Promise<void> {
  const parts = reader.parts.filter(({ name }) => signerFileOf(name) !== undefined)
  if (parts.length === 0 || existsSync(join(folder, 'sealed.json'))) return
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const isSeal = ({ name }: Part) => Number(signerFileOf(name) === 'sealed.json')
  for (const part of parts.toSorted((a, b) => isSeal(a) - isSeal(b))) {
    const name = signerFileOf(part.name) ?? ''
    const file = await open(join(folder, name), 'w', name === 'public.json' ? 0o644 : 0o600)
    const hash = createHash('sha256')
    try {
      for await (const chunk of reader.stream(part)) {
        hash.update(chunk)
        await file.writeFile(chunk)
      }
      await file.sync()
    } finally {
      await file.close()
    }
    if (hash.digest('hex') !== part.sha256) throw new OperatorError(`${part.name} was changed while it was read.`)
  }
  await syncDirectory(folder)
}

/** All rows, and where the numbers stand, in one transaction: a database has everything of a backup or nothing. */
async function loadTables(reader: BackupReader, client: pg.Client, advance: (bytes: number) => void): Promise<void> {
  await client.query('begin')
  const tables = new Map((await tablesOf(client)).map((table) => [table.name, table]))
  for (const part of reader.parts) {
    if (isTable(part.name)) await loadRows(client, tables, (await reader.read(part)).toString())
    if (part.name === partNames.sequences) await setSequences(client, await reader.read(part))
    if (blobOf(part.name) === undefined) advance(part.bytes)
  }
  await client.query('commit')
  await client.query('analyze')
}

const linesOf = (text: string): string[] => text.split('\n').slice(0, -1)

async function loadRows(client: pg.Client, tables: ReadonlyMap<string, Table>, text: string): Promise<void> {
  const [first = '', ...lines] = linesOf(text)
  const head = parsed(RowsHead, Buffer.from(first), 'A table of the backup')
  const table = tables.get(head.table)
  const types = new Map(table?.columns.map(({ name, type }) => [name, type]))
  if (!table || head.columns.some((name) => !types.has(name)))
    throw new OperatorError(`The backup holds a table ${head.table} that its own schema does not have.`)
  const rows = parsed(Rows, Buffer.from(`[${lines.join(',')}]`), `The table ${head.table} of the backup`)
  if (rows.some((row) => row.length !== head.columns.length))
    throw new OperatorError(`A row of ${head.table} in the backup does not have the columns of its table.`)
  await actAs(client, head.tenant)
  const names = head.columns.map((name) => pg.escapeIdentifier(name))
  const values = names.map((name, at) => `u.${name}::${types.get(head.columns[at] ?? '')}`)
  const given = names.map((_, at) => `$${at + 1}::text[]`)
  const { rowCount } = await client.query(
    `insert into ${pg.escapeIdentifier(table.name)} (${names}) overriding system value
     select ${values} from unnest(${given}) as u (${names})`,
    head.columns.map((_, at) => rows.map((row) => row[at])),
  )
  if (rowCount !== rows.length) throw new Error(`Of ${rows.length} rows of ${table.name}, ${rowCount} were stored`)
}

async function setSequences(client: pg.Client, bytes: Buffer): Promise<void> {
  for (const { name, last, called } of parsed(Sequences, bytes, 'The sequences of the backup'))
    await client.query('select setval($1::regclass, $2::bigint, $3)', [pg.escapeIdentifier(name), last, called])
}

/** Asks for the tasks again that waited; those that were begun begin anew. */
async function loadTasks(reader: BackupReader, worker: string): Promise<void> {
  const part = reader.parts.find(({ name }) => name === partNames.queue)
  if (!part) return
  const lines = linesOf((await reader.read(part)).toString())
  await connected(worker, async (client) => {
    for (const line of lines) {
      const task = parsed(Task, Buffer.from(line), 'A task of the backup')
      await client.query(
        `select from graphile_worker.add_job($1, $2::json, queue_name := $3, run_at := $4::timestamptz,
                                              max_attempts := $5, job_key := $6, priority := $7)`,
        [task.name, task.payload, task.queue, task.runAt, task.most, task.key, task.priority],
      )
    }
  })
}
