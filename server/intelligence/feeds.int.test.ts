import { mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as after } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { databaseForThisTest, query } from '@suture/testing/database.ts'
import { expect, onTestFinished, test } from 'vitest'
import { systemClock } from '#platform/clock.ts'
import { ensureTenant } from '#platform/database/tenant.ts'
import { createLog } from '#platform/log.ts'
import { feedFolders, look, outcomeOfFeed, submitFeed } from './feeds/folder.operations.ts'
import { watchFeeds } from './feeds/watch.operations.ts'

const real = fileURLToPath(new URL('../../data/knowledge/devices.json', import.meta.url))
const patienceMs = 30_000

async function folder() {
  const home = await mkdtemp(join(tmpdir(), 'suture-feeds-'))
  onTestFinished(() => rm(home, { recursive: true, force: true }))
  return { home, folders: feedFolders(home) }
}

async function watched() {
  const { home, folders } = await folder()
  const database = await databaseForThisTest()
  const tenants = [
    await ensureTenant(database.urls.owner, systemClock, 'one'),
    await ensureTenant(database.urls.owner, systemClock, 'two'),
  ]
  const logged: string[] = []
  const log = createLog('debug', { write: (line) => void logged.push(line) })
  const parts = { home, store: database.worker, clock: systemClock, log, tenants: async () => tenants }
  const start = async () => {
    const watch = await watchFeeds(parts)
    onTestFinished(() => watch.stop())
    return watch
  }
  const told = () =>
    query<{ tenant: number }>(
      database.urls.superuser,
      `select tenant_id as tenant from platform_event where kind = 'knowledge.imported' order by tenant_id, id`,
    )
  return { home, folders, database, tenants, logged, start, told }
}

/** Waits until a file of the incoming folder is in another one. */
async function until(condition: () => boolean): Promise<void> {
  const enough = AbortSignal.timeout(patienceMs)
  while (!condition()) {
    if (enough.aborted) throw new Error('It did not happen in time')
    await after(50)
  }
}

test('a document that is handed in is taken in once, told to every tenant once, and put away with a note', async () => {
  const { home, folders, tenants, start, told } = await watched()
  await start()
  const first = await submitFeed(home, real)
  const outcome = await outcomeOfFeed(home, first, patienceMs)
  expect(outcome).toMatchObject({ isRefused: false, note: expect.stringContaining('Stored 58 vulnerabilities') })
  const again = await submitFeed(home, real)
  expect(await outcomeOfFeed(home, again, patienceMs)).toEqual({
    isRefused: false,
    note: 'Known already; nothing changed.',
  })
  expect(await told()).toEqual(tenants.map(({ id }) => ({ tenant: id })))
  expect(readdirSync(folders.incoming)).toEqual([])
  expect(readdirSync(folders.done).sort()).toEqual(
    [first.name, `${first.name}.txt`, again.name, `${again.name}.txt`].sort(),
  )
})

test('tenants that were not told because the process died are told when the document is found again', async () => {
  const { home, database, tenants, start, told } = await watched()
  const watch = await start()
  const first = await submitFeed(home, real)
  await outcomeOfFeed(home, first, patienceMs)
  await watch.stop()
  await query(
    database.urls.superuser,
    `delete from platform_event where kind = 'knowledge.imported' and tenant_id = $1`,
    [tenants[1]?.id],
  )
  await start()
  await outcomeOfFeed(home, await submitFeed(home, real), patienceMs)
  expect(await told()).toEqual(tenants.map(({ id }) => ({ tenant: id })))
})

test('what is no document, no file, a link or cannot be put away does not keep the next one waiting, and is told why', async () => {
  const { home, folders, database, logged, start } = await watched()
  await start()
  // There is no room behind its name for that of its note.
  const long = `a${'x'.repeat(249)}.json`
  writeFileSync(join(folders.incoming, long), '{}')
  symlinkSync(real, join(folders.incoming, 'a-link.json'))
  mkdirSync(join(folders.incoming, 'b-folder.json'))
  writeFileSync(join(folders.incoming, 'c-broken.json'), '{"format":')
  writeFileSync(join(folders.incoming, 'd-large.json'), '')
  truncateSync(join(folders.incoming, 'd-large.json'), 64 * 1024 * 1024 + 1)
  writeFileSync(join(folders.incoming, 'c-deep.json'), '['.repeat(100_000))
  writeFileSync(join(folders.incoming, 'no-document.txt'), 'left alone')
  const good = await submitFeed(home, real)
  expect(await outcomeOfFeed(home, good, patienceMs)).toMatchObject({ isRefused: false })
  const note = (name: string) => readFileSync(join(folders.refused, `${name}.json.txt`), 'utf8').trimEnd()
  expect(note('a-link')).toBe('It is a link')
  expect(note('b-folder')).toBe('It is no regular file')
  expect(note('c-broken')).toContain('JSON')
  expect(note('d-large')).toContain('more than 67108864 bytes')
  expect(note('c-deep')).toContain('deeper than 16 levels')
  expect(readdirSync(folders.incoming)).toEqual([long, 'no-document.txt'])
  expect(logged.some((line) => line.includes('ENAMETOOLONG') && line.includes(long))).toBe(true)
  const rows = await query(database.urls.superuser, 'select from intelligence_document')
  expect(rows).toHaveLength(1)
})

test('a file that is still being written is left until it has stopped growing', async () => {
  const { home } = await folder()
  const path = join(home, 'half.json')
  writeFileSync(path, '{')
  const first = await look(path, undefined)
  if (first.kind !== 'still-growing') throw new Error(`It was taken for ${first.kind}`)
  writeFileSync(path, '{}')
  const second = await look(path, first.state)
  if (second.kind !== 'still-growing') throw new Error(`It was taken for ${second.kind}`)
  expect(await look(path, second.state)).toEqual({ kind: 'bytes', bytes: Buffer.from('{}') })
})

test('a document stays where it is while the database cannot take it, and is taken in afterwards', async () => {
  const { home, folders, database, logged, start } = await watched()
  await query(database.urls.superuser, 'revoke insert on intelligence_document from suture_worker')
  await start()
  const { name } = await submitFeed(home, real)
  await until(() => logged.some((line) => line.includes('a feed was not taken in')))
  expect(readdirSync(folders.incoming)).toEqual([name])
  await query(database.urls.superuser, 'grant insert on intelligence_document to suture_worker')
  expect(await outcomeOfFeed(home, { file: real, name }, patienceMs)).toMatchObject({ isRefused: false })
})

test('the folders are nobody else’s', async () => {
  const { home, folders } = await folder()
  await submitFeed(home, real)
  for (const each of [folders.incoming, folders.done, folders.refused]) {
    // A folder that others may enter would let them decide what is known to be vulnerable.
    expect(statSync(each).mode & 0o077).toBe(0)
  }
})
