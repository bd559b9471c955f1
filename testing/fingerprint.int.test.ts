import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { systemClock } from '@suture/server/platform/clock.ts'
import { ensureTenant } from '@suture/server/platform/database/tenant.ts'
import { afterAll, expect, test } from 'vitest'
import { databaseForThisTest, query } from './database.ts'
import { changesBetween, fingerprint } from './fingerprint.ts'
import { fillTables } from './one-row-each.ts'

const home = mkdtempSync(join(tmpdir(), 'suture-fingerprint-'))
afterAll(() => rmSync(home, { recursive: true }))
const namesIn = (changes: readonly string[]) => changes.map((each) => each.split(':')[0])

test('a row in any table is seen, under row-level security too', async () => {
  const database = await databaseForThisTest()
  const { superuser, owner } = database.urls
  const { id } = await ensureTenant(owner, systemClock, 'plant')
  const before = await fingerprint({ database, home })
  await fillTables(superuser, id)
  const changed = namesIn(changesBetween(before, await fingerprint({ database, home })))
  const secured = await query<{ name: string }>(
    superuser,
    `select relname as name from pg_class where relrowsecurity and relnamespace = 'public'::regnamespace
        and (xpath('/row/n/text()', query_to_xml(format('select count(*) as n from %I', relname), false, true, '')))[1]::text <> '0'
      order by 1`,
  )
  expect(secured.length).toBeGreaterThan(30)
  expect(changed).toEqual(expect.arrayContaining(secured.map(({ name }) => name)))
})

test('a table that a later version brings is seen without being named', async () => {
  const database = await databaseForThisTest()
  await query(database.urls.superuser, `create table "Odd name" as select 1 as n`)
  const before = await fingerprint({ database, home })
  await query(database.urls.superuser, `update "Odd name" set n = 2`)
  expect(namesIn(changesBetween(before, await fingerprint({ database, home })))).toEqual(['Odd name'])
})

test('a file that comes, changes or goes is seen, unless it is spared', async () => {
  const database = await databaseForThisTest()
  const spared = [{ file: 'signer/heartbeat', why: 'it beats' }]
  const look = () => fingerprint({ database, home }, spared)
  mkdirSync(join(home, 'signer'))
  writeFileSync(join(home, 'a'), '1')
  const before = await look()
  writeFileSync(join(home, 'signer', 'heartbeat'), 'now')
  expect(changesBetween(before, await look())).toEqual([])
  writeFileSync(join(home, 'a'), '2')
  writeFileSync(join(home, 'signer', 'journal'), '')
  expect(namesIn(changesBetween(before, await look()))).toEqual(['file a', 'file signer/journal'])
  rmSync(join(home, 'a'))
  expect(changesBetween(before, await look())[0]).toMatch(/^file a: 1 bytes, .*, then not there$/)
})
