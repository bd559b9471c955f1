import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { emptyDatabaseForThisTest, query, type TestDatabase } from '@suture/testing/database.ts'
import { changesBetween, fingerprint } from '@suture/testing/fingerprint.ts'
import { fillTables } from '@suture/testing/one-row-each.ts'
import { startTestServer, type TestServer } from '@suture/testing/world.ts'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { openBlobStore } from '#platform/blob/store.ts'
import { systemScope, withScope } from '#platform/database/store.ts'
import { createLog } from '#platform/log.ts'
import { createBackup } from './create.ts'
import { signerFiles } from './manifest.ts'
import { BackupReader } from './reader.ts'
import { restoreBackup } from './restore.ts'
import { headerOf, paddingOf } from './tar.ts'

const log = createLog('fatal')
const silent = { total: () => undefined, advance: () => undefined }
const folder = mkdtempSync(join(tmpdir(), 'suture-backup-'))
let server: TestServer
let blob = ''
let file = ''

const originOf = (database: TestDatabase, home: string, signer?: string) => ({
  ...{ owner: database.urls.owner, worker: database.urls.worker, blobs: join(home, 'blobs') },
  // The rows of these tests name files that nobody ever had.
  ...{ signer, suture: '0.0.0', skipLost: true },
})
const named = (name: string) => join(folder, name)
let count = 0
const fresh = () => named(`${count++}.backup`)

/** Two tenants with a row in every table, a blob, a task that waits, and a signer's home of four files. */
beforeAll(async () => {
  server = await startTestServer()
  const { database, home } = server
  for (const name of ['one', 'two']) {
    const tenant = await server.addTenant(name)
    await fillTables(database.urls.superuser, tenant.id)
    await query(
      database.urls.superuser,
      `insert into signing_request (tenant_id, id, purpose, payload, proofs, requested_at, requested_by)
       values ($1, gen_random_uuid(), 'evidence', '\\x00ff'::bytea, '{"quote": "\\" and \\\\ and ,{}"}', '2026-01-02T03:04:05.678901Z', E'tab\\tand\\nline')`,
      [tenant.id],
    )
  }
  const store = await openBlobStore(join(home, 'blobs'))
  blob = (await store.put(Readable.from([Buffer.alloc(100_000, 7)]), { maxBytes: 200_000 })).sha256
  await store.close()
  await query(database.urls.worker, `select graphile_worker.add_job('test/wait', '{"tenant":1}', job_key := '1:k')`)
  file = fresh()
  await createBackup(originOf(database, home), file, new Date(), silent)
})
afterAll(async () => {
  await server.stop()
  rmSync(folder, { recursive: true })
})

/** Restores a backup into nothing, and closes it. */
async function restored(from: string, database: TestDatabase, home: string, settleSeconds = 60): Promise<number> {
  const reader = await BackupReader.open(from, () => undefined)
  const blobs = await openBlobStore(join(home, 'blobs'))
  try {
    const { owner, worker } = database.urls
    const target = { owner, worker, blobs, signer: join(home, 'signer'), log, now: new Date(), settleSeconds }
    return await restoreBackup(reader, target, () => undefined)
  } finally {
    await reader.close()
    await blobs.close()
  }
}

function emptyHome(): string {
  const home = mkdtempSync(join(tmpdir(), 'suture-home-'))
  onTestFinished(() => rmSync(home, { recursive: true }))
  return home
}

/** Why a file is not taken for a whole backup. */
const refusal = async (bytes: Buffer): Promise<string> => {
  const path = fresh()
  writeFileSync(path, bytes)
  return BackupReader.open(path, () => undefined).then(
    async (reader) => {
      await reader.close()
      return 'taken'
    },
    (error: Error) => (error.name === 'OperatorError' ? error.message : `a fault: ${error.message}`),
  )
}

test('every row of every tenant, every blob and every task that waits comes back as it was', async () => {
  const [database, home] = [await emptyDatabaseForThisTest(), emptyHome()]
  const before = await fingerprint(server)
  await restored(file, database, home)
  const changed = changesBetween(before, await fingerprint({ database, home })).map((each) => each.split(':')[0])
  const public_ = changed.filter((name) => name !== undefined && !name.includes('.') && !name.startsWith('file '))
  // What is left out on purpose: sessions, and what is told anew.
  expect(public_).toEqual(['platform_credential', 'platform_epoch', 'platform_migration', 'platform_session'])
  expect(changed.filter((name) => name?.startsWith('file blobs/sha256'))).toEqual([])
  const tasks = await query(
    database.urls.superuser,
    'select t.identifier, j.payload, j.key from graphile_worker._private_jobs j join graphile_worker._private_tasks t on t.id = j.task_id',
  )
  expect(tasks).toEqual([{ identifier: 'test/wait', payload: { tenant: 1 }, key: '1:k' }])
  const filled = await query<{ n: number }>(
    database.urls.superuser,
    'select count(distinct tenant_id)::int as n from signing_request',
  )
  expect(filled).toEqual([{ n: 2 }])
})

test('identities go on where they were, and the numbers of jobs far away', async () => {
  const database = await emptyDatabaseForThisTest()
  await query(server.database.urls.superuser, `select setval('inventory_action_id', 17)`)
  const path = fresh()
  await createBackup(originOf(server.database, server.home), path, new Date(), silent)
  await restored(path, database, emptyHome())
  const at = async ({ urls }: TestDatabase) =>
    (
      await query<{ model: number; action: number }>(
        urls.superuser,
        `select (select last_value::int from inventory_model_id_seq) as model, (select last_value::int from inventory_action_id) as action`,
      )
    )[0]
  const [before, after] = [await at(server.database), await at(database)]
  expect(after?.model).toBe(before?.model)
  expect(after?.action).toBeGreaterThanOrEqual(17 + 2 ** 20)
})

test('a backup is one moment, though the server writes meanwhile', async () => {
  const [tenant] = await query<{ id: number }>(server.database.urls.superuser, 'select id from platform_tenant limit 1')
  let writing = true
  // Two tables that always have as many rows as each other, by which the first is read long before the second.
  const write = async (n: number) => {
    const { app } = server.database
    await withScope(app, systemScope((tenant?.id ?? 0) as never, 'test'), async ({ db }) => {
      await db
        .insertInto('inventory_model')
        .values({ tenant_id: tenant?.id as never, manufacturer: 'pair', name: `${n}`, type: 't' })
        .execute()
      await db
        .insertInto('releases_vendor_key')
        .values({
          tenant_id: tenant?.id as never,
          id: crypto.randomUUID(),
          manufacturer: 'pair',
          name: `${n}`,
          key_id: `${n}`,
          public_key: '',
          created_by: '',
          created_at: new Date(),
        } as never)
        .execute()
    })
  }
  const writer = (async () => {
    for (let n = 0; writing; n++) await write(n)
  })()
  const path = fresh()
  await createBackup(originOf(server.database, server.home), path, new Date(), silent)
  writing = false
  await writer
  const database = await emptyDatabaseForThisTest()
  await restored(path, database, emptyHome())
  const [pair] = await query<{ models: number; keys: number }>(
    database.urls.superuser,
    `select (select count(*)::int from inventory_model where manufacturer = 'pair') as models,
            (select count(*)::int from releases_vendor_key where manufacturer = 'pair') as keys`,
  )
  expect(pair?.models).toBe(pair?.keys)
})

test('only who made it may read it, it is never written over another, and what fails leaves nothing behind', async () => {
  expect(statSync(file).mode & 0o777).toBe(0o600)
  const { database, home } = server
  await expect(createBackup(originOf(database, home), file, new Date(), silent)).rejects.toThrow(/is there already/)
  const before = readdirSync(folder)
  const broken = originOf(database, home, named('no-signer'))
  await expect(createBackup(broken, fresh(), new Date(), silent)).rejects.toThrow(/checkpoint\.json cannot be read/)
  expect(readdirSync(folder)).toEqual(before)
})

test('a blob whose bytes are not those of its name is not backed up as if it were whole', async () => {
  const path = join(server.home, 'blobs', 'sha256', blob.slice(0, 2), blob)
  const whole = readFileSync(path)
  writeFileSync(path, Buffer.concat([whole.subarray(1), Buffer.from([1])]))
  onTestFinished(() => writeFileSync(path, whole))
  const origin = originOf(server.database, server.home)
  const made = createBackup({ ...origin, skipLost: false }, fresh(), new Date(), silent)
  await expect(made).rejects.toThrow(/its bytes changed, or are not those of its name/)
  const { lost } = await createBackup(origin, fresh(), new Date(), silent)
  expect(lost).toContainEqual(`a file that no row names (SHA-256 ${blob})`)
})

test('a file that cannot be read ends the backup with what it is, unless it is to be left out, with the reason', async () => {
  const path = join(server.home, 'blobs', 'sha256', blob.slice(0, 2), blob)
  const whole = readFileSync(path)
  rmSync(path)
  // To be read as a file, which a superuser may as little.
  mkdirSync(path)
  onTestFinished(() => {
    rmSync(path, { recursive: true })
    writeFileSync(path, whole)
  })
  const origin = originOf(server.database, server.home)
  const what = `a file that no row names (SHA-256 ${blob})`
  const made = createBackup({ ...origin, skipLost: false }, fresh(), new Date(), silent)
  await expect(made).rejects.toMatchObject({
    name: 'OperatorError',
    message: expect.stringMatching(/cannot be read \(EISDIR.*Whoever has the file uploads it again/),
  })
  await expect(made).rejects.toThrow(what)
  const { lost } = await createBackup(origin, fresh(), new Date(), silent)
  expect(lost).toContainEqual(expect.stringMatching(/, which cannot be read \(EISDIR/))
  expect(lost.filter((each) => each.startsWith(what))).toHaveLength(1)
})

test('a signer’s file that cannot be read is told as that, and nobody is told to upload it or to leave it out', async () => {
  const signer = named('spoilt-signer')
  for (const name of signerFiles) mkdirSync(join(signer, name), { recursive: true })
  const made = createBackup(originOf(server.database, server.home, signer), fresh(), new Date(), silent)
  await expect(made).rejects.toThrow(/^The signer’s checkpoint\.json cannot be read \(EISDIR/)
  await expect(made).rejects.not.toThrow(/upload|--skip-lost/)
})

test('a file that a row names and the disk has lost ends the backup with what it is, unless it is to be left out', async () => {
  const origin = originOf(server.database, server.home)
  const path = fresh()
  const made = createBackup({ ...origin, skipLost: false }, path, new Date(), silent)
  await expect(made).rejects.toThrow(/^The disk has lost an .* \(SHA-256 [0-9a-f]{64}\).*--skip-lost backs up/s)
  expect(existsSync(path)).toBe(false)
  const { lost } = await createBackup(origin, path, new Date(), silent)
  expect(lost.map((each) => each.replace(/ \(.*/, '')).sort()).toEqual(['an SBOM that was sent', 'an artifact'])
})

test('a backup that was cut off, changed, or is none is refused in words, wherever it was touched', async () => {
  const whole = readFileSync(file)
  expect(await refusal(whole)).toBe('taken')
  const cuts = [
    0,
    1,
    511,
    512,
    700,
    5000,
    Math.floor(whole.length / 2),
    whole.length - 1024,
    whole.length - 512,
    whole.length - 1,
  ]
  for (const cut of cuts)
    expect(await refusal(whole.subarray(0, cut)), `cut at ${cut}`).toMatch(
      /cut off|no backup|whole backup|behind its end/,
    )
  // Within small parts every byte could be tried; these are spread over the file, and hit headers, parts and the manifest.
  const steps = 50
  for (let at = 0; at < steps; at++) {
    const changed = Buffer.from(whole)
    const place = Math.floor((at / steps) * whole.length)
    changed[place] = (changed[place] ?? 0) ^ 0x55
    expect(await refusal(changed), `byte ${place}`).toMatch(
      /changed|no backup|cut off|whole backup|larger than|behind its end/,
    )
  }
  expect(await refusal(Buffer.concat([whole, Buffer.from('x')]))).toMatch(/behind its end/)
  expect(await refusal(Buffer.from('PGDMP and so on, from another program'.repeat(50)))).toMatch(
    /is no backup of Suture/,
  )
})

/** A backup of these parts, closed as a real one is. */
function forged(parts: readonly { readonly name: string; readonly bytes: Buffer; readonly listed?: false }[]): Buffer {
  const member = (name: string, bytes: Buffer) =>
    Buffer.concat([headerOf({ name, size: bytes.length }), bytes, paddingOf(bytes.length)])
  const sha256 = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex')
  const listed = parts.filter((part) => part.listed !== false)
  const manifest = Buffer.from(
    JSON.stringify({ parts: listed.map(({ name, bytes }) => ({ name, bytes: bytes.length, sha256: sha256(bytes) })) }),
  )
  return Buffer.concat([
    ...parts.map(({ name, bytes }) => member(name, bytes)),
    member('manifest.json', manifest),
    member('manifest.sha256', Buffer.from(`${sha256(manifest)}  manifest.json\n`)),
    Buffer.alloc(1024),
  ])
}

const about = (changes: object = {}) => ({
  name: 'about.json',
  bytes: Buffer.from(
    JSON.stringify({
      ...{ format: 'suture-backup', version: 1, createdAt: '2026-01-01T00:00:00.000Z', suture: '9.9.9' },
      ...{ migrations: ['0001_platform'], ...changes },
    }),
  ),
})

test('a backup that somebody put together is held to its form, however well it is closed', async () => {
  const bytes = Buffer.from('x')
  expect(await refusal(forged([about()]))).toBe('taken')
  for (const name of [
    '../../etc/passwd',
    'blobs/../x',
    `blobs/${'A'.repeat(64)}`,
    'signer/passphrase',
    '/about.json',
    'x',
  ])
    expect(await refusal(forged([about(), { name, bytes }])), name).toMatch(
      /does not hold what a backup of Suture holds/,
    )
  expect(await refusal(forged([about(), { name: 'x', bytes, listed: false }]))).toMatch(
    /of which its manifest knows nothing/,
  )
  expect(await refusal(forged([about(), about()]))).toMatch(/twice/)
  expect(await refusal(forged([{ name: 'queue.jsonl.zst', bytes }, about()]))).toMatch(/is no backup of Suture/)
  for (const parts of [[about({ version: 2 })], [about({ version: 2, more: 1 }), { name: 'new/part', bytes }]])
    expect(await refusal(forged(parts))).toMatch(/made by a newer Suture \(9\.9\.9\)/)
  await expect(BackupReader.open(tmpdir(), () => undefined)).rejects.toThrow(/is no file: name the backup itself/)
})

test('a backup of a newer schema, or into a database in use, is refused before anything is touched', async () => {
  const [database, home, newer] = [await emptyDatabaseForThisTest(), emptyHome(), fresh()]
  writeFileSync(newer, forged([about({ migrations: ['0001_platform', '0002_of_the_future'] })]))
  await expect(restored(newer, database, home)).rejects.toThrow(
    /made by Suture 9\.9\.9, whose schema \(0002_of_the_future\)/,
  )
  const tables = await query(
    database.urls.superuser,
    `select from pg_class where relnamespace = 'public'::regnamespace`,
  )
  expect(tables).toHaveLength(0)
  await expect(restored(file, server.database, emptyHome())).rejects.toThrow(/in use already/)
  await query(database.urls.owner, 'create table other (id int)')
  await expect(restored(file, database, home)).rejects.toThrow(/not Suture’s/)
})

test('the signer’s sealed files come along when they are asked for, its passphrase never, and none is written over', async () => {
  const [signer, path] = [join(emptyHome(), 'signer-files'), fresh()]
  mkdirSync(signer)
  for (const name of [...signerFiles, 'passphrase']) writeFileSync(join(signer, name), `the ${name}`)
  await createBackup(originOf(server.database, server.home, signer), path, new Date(), silent)
  expect(readFileSync(path).includes('the passphrase')).toBe(false)
  const home = emptyHome()
  await restored(path, await emptyDatabaseForThisTest(), home)
  for (const name of signerFiles) expect(readFileSync(join(home, 'signer', name), 'utf8')).toBe(`the ${name}`)
  expect(statSync(join(home, 'signer', 'sealed.json')).mode & 0o777).toBe(0o600)
  writeFileSync(join(home, 'signer', 'sealed.json'), 'a later one')
  await expect(restored(path, await emptyDatabaseForThisTest(), home)).rejects.toThrow(/keys of another signer/)
})
