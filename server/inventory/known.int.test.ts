import { createHash } from 'node:crypto'
import { call } from '@suture/contract/client.ts'
import * as contract from '@suture/contract/inventory.ts'
import { query } from '@suture/testing/database.ts'
import { startTestServer, type TestServer, type TestTenant } from '@suture/testing/world.ts'
import { sql } from 'kysely'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { refreshStatistics } from '#platform/database/statistics.ts'
import { type Scoped, systemScope, withScope } from '#platform/database/store.ts'
import { identifyDevices } from './index.ts'

const fleet = 400
const token = (n: number) => n.toString(16).padStart(32, '0')

let server: TestServer
let tenant: TestTenant
beforeAll(async () => {
  server = await startTestServer()
  tenant = await server.addTenant('plant')
  const devices = Array.from({ length: fleet }, (_, n) => ({
    serial: `S-${n}`,
    manufacturer: 'Maker',
    model: 'Pump',
    type: 'plc',
    hardwareRevision: 'A',
    firmware: '6.2.5',
    controllerId: `c-${n}`,
    token: token(n),
  }))
  await call(tenant.people.operator, contract.importDevices, { body: { devices, dryRun: false } })
})
afterAll(() => server.stop())

/** The rows of the inventory that this transaction has fetched so far, as PostgreSQL counts them. */
const rowsFetched = async ({ db }: Scoped): Promise<number> => {
  const { rows } = await sql<{ n: number }>`
    select sum(seq_tup_read + coalesce(idx_tup_fetch, 0))::int as n from pg_stat_xact_user_tables
     where relname like 'inventory\\_%'`.execute(db)
  return rows[0]?.n ?? 0
}

/** The rows that a poll of three devices fetches. */
const fetchedByPoll = () =>
  withScope(server.database.app, systemScope(tenant.id, 'ddi'), async (scoped) => {
    const before = await rowsFetched(scoped)
    const found = await identifyDevices(
      scoped,
      [3, 77, 399].map((n) => ({ controllerId: `c-${n}`, hash: createHash('sha256').update(token(n)).digest() })),
    )
    expect([...found.keys()].toSorted()).toEqual(['c-3', 'c-399', 'c-77'])
    return (await rowsFetched(scoped)) - before
  })

test('a poll looks at the devices that ask and at no others, also before the planner knows of the import', async () => {
  // A key, a device and a secret each.
  expect(await fetchedByPoll()).toBe(9)
})

/** What the planner believes of the two largest tables, and how often they were looked at for it. */
const believed = () =>
  query<{ name: string; rows: number; looks: number }>(
    server.database.urls.superuser,
    `select relname as name, reltuples::int as rows, pg_stat_get_analyze_count(oid)::int as looks
       from pg_class where relname in ('inventory_device', 'inventory_device_key') order by relname`,
  )

test('after a large import the planner learns the real numbers, and a small one in a large fleet makes it look at nothing', async () => {
  const refresh = (rows: number) =>
    refreshStatistics(server.database.worker, systemScope(tenant.id, 'inventory'), 'inventory', rows)
  await refresh(fleet)
  const known = await believed()
  expect(known.map(({ name, rows }) => [name, rows])).toEqual([
    ['inventory_device', fleet],
    ['inventory_device_key', 2 * fleet],
  ])
  expect(await fetchedByPoll()).toBe(9)
  await refresh(2)
  expect(await believed()).toEqual(known)
  await refresh(fleet)
  expect((await believed()).map(({ looks }) => looks)).toEqual(known.map(({ looks }) => looks + 1))
})

test('the import asks for it, and only when it is large', async () => {
  const waiting = async () =>
    (
      await query<{ payload: { payload: { rows: number } } }>(
        server.database.urls.superuser,
        `select payload from graphile_worker._private_jobs j join graphile_worker._private_tasks t on t.id = j.task_id
          where t.identifier = 'inventory/refresh-statistics'`,
      )
    ).map(({ payload }) => payload.payload.rows)
  expect(await waiting()).toEqual([fleet])
  const one = {
    serial: 'S-one',
    manufacturer: 'Maker',
    model: 'Pump',
    type: 'plc',
    hardwareRevision: 'A',
    firmware: '1',
  }
  await call(tenant.people.operator, contract.importDevices, { body: { devices: [one], dryRun: false } })
  expect(await waiting()).toEqual([fleet])
})
