import { fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as after } from 'node:timers/promises'
import { emptyDatabaseForThisTest, query, type TestDatabase } from '@suture/testing/database.ts'
import { changesBetween, fingerprint } from '@suture/testing/fingerprint.ts'
import pg from 'pg'
import { expect, onTestFinished, test } from 'vitest'
import { createLog } from '#platform/log.ts'
import { knownMigrations, migrate } from './migrate.ts'
import { prepare } from './open.ts'

const log = createLog('fatal')

const applied = async ({ urls }: TestDatabase): Promise<string[]> =>
  (await query<{ name: string }>(urls.owner, 'select name from platform_migration order by run_on, id')).map(
    ({ name }) => name,
  )

test('migrations that have run are not run again, and running them again changes nothing', async () => {
  const database = await emptyDatabaseForThisTest()
  const home = mkdtempSync(join(tmpdir(), 'suture-migrate-'))
  onTestFinished(() => rmSync(home, { recursive: true }))
  await migrate(database.urls.owner, log)
  expect(await applied(database)).toEqual(knownMigrations())
  const before = await fingerprint({ database, home })
  await migrate(database.urls.owner, log)
  expect(changesBetween(before, await fingerprint({ database, home }))).toEqual([])
})

test('a run that is killed in the middle leaves nothing of itself, and can be run again', async () => {
  const database = await emptyDatabaseForThisTest()
  const { owner, superuser } = database.urls
  await migrate(owner, log, 8)
  // Somebody reads a table that a later migration changes: the run gets past one migration and waits in another.
  const reader = new pg.Client({ connectionString: superuser })
  await reader.connect()
  await reader.query('begin')
  await reader.query('select from platform_epoch')
  const child = fork(new URL('./migrate.fixture.ts', import.meta.url), [owner], { execArgv: [] })
  const waits = `select from pg_locks where not granted and relation = 'platform_epoch'::regclass`
  while ((await query(superuser, waits)).length === 0) await after(20)
  child.kill('SIGKILL')
  await once(child, 'exit')
  await reader.query('rollback')
  await reader.end()
  expect(await applied(database)).toEqual(knownMigrations().slice(0, 8))
  await migrate(owner, log)
  expect(await applied(database)).toEqual(knownMigrations())
})

test('a database that a newer version has been at is refused in words', async () => {
  const database = await emptyDatabaseForThisTest()
  const { owner } = database.urls
  await migrate(owner, log)
  await query(owner, `insert into platform_migration (name, run_on) values ('9999_of_the_future', now())`)
  await expect(migrate(owner, log)).rejects.toThrow(
    /^This database was last used by a newer Suture: it has the migration 9999_of_the_future/,
  )
})

test('no server starts on a database into which a restore was interrupted', async () => {
  const { urls } = await emptyDatabaseForThisTest()
  await prepare(urls, log)
  await query(urls.owner, 'create table platform_restoring ()')
  await expect(prepare(urls, log)).rejects.toThrow(/A restore into this database is under way or was interrupted/)
})
