import { open } from 'node:fs/promises'
import { join } from 'node:path'
import pg from 'pg'
import { OperatorError } from '#platform/operator-error.ts'
import { blobsIn, copyBlobs } from './blobs.ts'
import { copiedOf, migrationsOf, type Table, tablesOf } from './catalogue.ts'
import { actAs, connected } from './connection.ts'
import {
  type About,
  formatVersion,
  partNames,
  type RowsHead,
  type Sequences,
  type Summary,
  signerFiles,
  summaryOf,
  type Task,
} from './manifest.ts'
import { BackupWriter } from './writer.ts'

/** Told how far something has come: first of how much there is to do, then of what was done, both in bytes. */
export interface Watch {
  total(bytes: number): void
  advance(bytes: number): void
}

/** What is backed up. */
export interface Origin {
  /** The connections of the owner and of the worker, whose tasks nobody else sees. */
  readonly owner: string
  readonly worker: string
  /** Where the blobs lie. */
  readonly blobs: string
  /** The signer's folder, if its sealed files are taken along. */
  readonly signer: string | undefined
  /** Whether files that the disk has lost or spoilt are left out and told, instead of ending the backup. */
  readonly skipLost: boolean
  /** The version of Suture. */
  readonly suture: string
}

/** As large as rows may get in memory before they become a part, in bytes, and how many are asked for at a time. */
const packedAtOnce = 4 << 20
const rowsAtOnce = { first: 20, most: 5000 } as const

/** What a backup came to, with the files that were left out of it. */
export interface Made extends Summary {
  readonly lost: readonly string[]
}

/** Backs up everything into one new file, while the server runs. */
export async function createBackup(origin: Origin, file: string, now: Date, watch: Watch): Promise<Made> {
  const writer = await BackupWriter.start(file)
  try {
    const blobs = await blobsIn(origin.blobs)
    const { about, files } = await copyDatabase(origin, writer, now, {
      ...watch,
      total: (bytes) => watch.total(bytes + blobs.reduce((sum, { size }) => sum + size, 0)),
    })
    const lost = await copyBlobs(origin, writer, files, (bytes) => watch.advance(bytes))
    if (origin.signer !== undefined) await copySigner(origin.signer, writer)
    const { digest, bytes } = await writer.finish()
    return { ...summaryOf(about, { parts: [...writer.parts] }, digest, bytes), lost }
  } finally {
    await writer.discard()
  }
}

/** All tables, tasks and sequences as they are at one moment, in one snapshot that two roles look at. */
function copyDatabase(
  origin: Origin,
  writer: BackupWriter,
  now: Date,
  watch: Watch,
): Promise<{ readonly about: About; readonly files: ReadonlyMap<string, string> }> {
  return connected(origin.owner, async (client) => {
    await client.query('begin isolation level repeatable read read only')
    const migrations = await migrationsOf(client)
    const { rows } = await client.query<{ restoring: boolean }>(
      `select to_regclass('public.platform_restoring') is not null as restoring`,
    )
    if (rows[0]?.restoring)
      throw new OperatorError(
        'A restore into this database is under way or was interrupted, so it holds a part of what it should. Restore again, and back up then.',
      )
    if (migrations.length === 0)
      throw new OperatorError('There is nothing to back up: this database has no tables yet.')
    const { suture } = origin
    const about: About = {
      format: 'suture-backup',
      version: formatVersion,
      createdAt: now.toISOString(),
      suture,
      migrations,
    }
    await writer.add(partNames.about, Buffer.from(`${JSON.stringify(about)}\n`))
    const tables = await tablesOf(client)
    watch.total(tables.reduce((sum, { size }) => sum + size, 0))
    const tenants = (await client.query<{ id: number }>('select id from platform_tenant order by id')).rows
    const files = new Map<string, string>()
    for (const [at, table] of tables.entries()) {
      const folder = `tables/${String(at).padStart(3, '0')}-${table.name}`
      const packer = new Packer(writer, folder)
      for (const tenant of table.isTenants ? tenants.map(({ id }) => id) : [null]) {
        await actAs(client, tenant)
        await copyRows(client, table, tenant, packer)
        for (const [digest, what] of await filesNamedIn(client, table)) files.set(digest, what)
      }
      watch.advance(table.size)
    }
    await copyTasks(client, origin.worker, writer)
    // After the tables: a sequence knows no snapshot, and only ever goes on.
    await copySequences(client, writer)
    await client.query('commit')
    return { about, files }
  })
}

/** The blobs that the rows of a table name, each with what it is. */
async function filesNamedIn(
  client: pg.Client,
  { name, columns }: Table,
): Promise<readonly (readonly [string, string])[]> {
  const found: (readonly [string, string])[] = []
  for (const { name: column, file } of columns) {
    if (file === null) continue
    const { rows } = await client.query<{ digest: string }>(
      `select distinct encode(${pg.escapeIdentifier(column)}, 'hex') as digest from ${pg.escapeIdentifier(name)}`,
    )
    for (const { digest } of rows) found.push([digest, file])
  }
  return found
}

/** Gathers rows into parts. */
class Packer {
  readonly #writer: BackupWriter
  readonly #folder: string
  #no = 0

  constructor(writer: BackupWriter, folder: string) {
    this.#writer = writer
    this.#folder = folder
  }

  async pack(head: RowsHead, lines: readonly string[]): Promise<void> {
    if (lines.length === 0) return
    const name = `${this.#folder}/${String(this.#no++).padStart(6, '0')}.jsonl.zst`
    await this.#writer.pack(name, [JSON.stringify(head), ...lines], lines.length)
  }
}

/** The rows of a table that a tenant has, a few at a time; how many depends on how large they are. */
async function copyRows(client: pg.Client, table: Table, tenant: number | null, packer: Packer): Promise<void> {
  const columns = table.columns.map(({ name }) => name)
  const texts = columns.map((name) => `${pg.escapeIdentifier(name)}::text`).join(', ')
  // Said besides row-level security, which binds neither a superuser nor who may pass it by.
  const own = tenant === null ? 'true' : `tenant_id = ${tenant}`
  await client.query(
    `declare rows no scroll cursor for
     select json_build_array(${texts})::text as line from ${pg.escapeIdentifier(table.name)}
      where ${own} and (${copiedOf(table.name)})`,
  )
  let [lines, size, count]: [string[], number, number] = [[], 0, rowsAtOnce.first]
  const head = { table: table.name, tenant, columns }
  for (;;) {
    const { rows } = await client.query<{ line: string }>(`fetch ${count} from rows`)
    if (rows.length === 0) break
    const fetched = rows.reduce((sum, { line }) => sum + line.length, 0)
    for (const { line } of rows) lines.push(line)
    size += fetched
    if (size >= packedAtOnce) {
      await packer.pack(head, lines)
      ;[lines, size] = [[], 0]
    }
    const fits = Math.floor((packedAtOnce / 2 / fetched) * rows.length)
    count = Math.min(rowsAtOnce.most, Math.max(1, fits))
  }
  await packer.pack(head, lines)
  await client.query('close rows')
}

/** The tasks that wait or were begun: a restored server does them, and what was begun is begun again. */
async function copyTasks(owner: pg.Client, worker: string, writer: BackupWriter): Promise<void> {
  const { rows } = await owner.query<{ id: string }>('select pg_export_snapshot() as id')
  const tasks = await connected(worker, async (client) => {
    await client.query('begin isolation level repeatable read read only')
    await client.query(`set transaction snapshot ${pg.escapeLiteral(rows[0]?.id ?? '')}`)
    const there = await client.query<{ there: boolean }>(
      `select to_regclass('graphile_worker._private_jobs') is not null as there`,
    )
    if (!there.rows[0]?.there) return []
    const found = await client.query<Task>(`
      select t.identifier as name, j.payload::text as payload, j.key, j.run_at::text as "runAt",
             j.max_attempts::int as most, j.priority::int as priority, q.queue_name as queue
        from graphile_worker._private_jobs j
        join graphile_worker._private_tasks t on t.id = j.task_id
        left join graphile_worker._private_job_queues q on q.id = j.job_queue_id
       where j.attempts < j.max_attempts order by j.id`)
    return found.rows
  })
  const lines = tasks.map((task) => JSON.stringify(task))
  if (lines.length > 0) await writer.pack(partNames.queue, lines, lines.length)
}

async function copySequences(client: pg.Client, writer: BackupWriter): Promise<void> {
  const { rows } = await client.query<{ name: string; owned: boolean }>(`
    select c.relname as name,
           exists (select from pg_depend d where d.objid = c.oid and d.classid = 'pg_class'::regclass
                     and d.refclassid = 'pg_class'::regclass and d.deptype in ('a', 'i')) as owned
      from pg_class c where c.relnamespace = 'public'::regnamespace and c.relkind = 'S' order by c.relname`)
  const sequences: Sequences = []
  for (const { name, owned } of rows) {
    const { rows: at } = await client.query<{ last: string; called: boolean }>(
      `select last_value::text as last, is_called as called from ${pg.escapeIdentifier(name)}`,
    )
    sequences.push({ name, owned, last: at[0]?.last ?? '1', called: at[0]?.called ?? false })
  }
  await writer.add(partNames.sequences, Buffer.from(`${JSON.stringify(sequences)}\n`))
}

/**
 * The signer's files, in this order: the journal after the checkpoint, and the seal after the journal, so that neither
 * knows of anything that the next one lacks, however busy the signer is meanwhile.
 */
async function copySigner(folder: string, writer: BackupWriter): Promise<void> {
  for (const name of signerFiles) {
    const unreadable = (why: string) =>
      `The signer’s ${name} cannot be read (${why}). Back ${folder} up on the signer’s own machine, and leave out --with-signer here.`
    const handle = await open(join(folder, name), 'r').catch((error: Error) => {
      throw new OperatorError(unreadable(error.message))
    })
    try {
      const { size } = await handle.stat()
      // No further than it is now: the journal may grow.
      const from = size === 0 ? emptyStream() : handle.createReadStream({ end: size - 1, autoClose: false })
      const changed = `The signer’s ${name} became shorter while it was backed up. Back up again.`
      await writer.stream(`signer/${name}`, size, from, { changed, unreadable })
    } finally {
      await handle.close()
    }
  }
}

async function* emptyStream(): AsyncGenerator<Uint8Array> {}
