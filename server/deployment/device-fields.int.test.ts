import { call } from '@suture/contract/client.ts'
import { updateStatuses } from '@suture/contract/device-fields.ts'
import { importDevices, listDevices, listDeviceValues } from '@suture/contract/inventory.ts'
import { jobStates } from '@suture/contract/states.ts'
import { query } from '@suture/testing/database.ts'
import { fillTables } from '@suture/testing/one-row-each.ts'
import { startTestServer, type TestServer, type TestTenant } from '@suture/testing/world.ts'
import { afterAll, beforeAll, expect, test } from 'vitest'

let server: TestServer
let tenant: TestTenant
const sql = (text: string, ...values: unknown[]) =>
  query<{ id: number; name: string }>(server.database.urls.superuser, text, values)

/** A device with a job in each state, each after a verified one; one that was only heard; and one that never was. */
beforeAll(async () => {
  server = await startTestServer()
  tenant = await server.addTenant('plant')
  await fillTables(server.database.urls.superuser, tenant.id)
  await sql('delete from inventory_seen where tenant_id = $1', tenant.id)
  const names = [...jobStates, 'heard', 'stranger']
  const devices = names.map((name) => ({
    serial: name,
    name,
    manufacturer: 'M',
    model: 'N',
    type: 'plc',
    hardwareRevision: 'A',
    firmware: '1',
  }))
  await call(tenant.people.operator, importDevices, { body: { devices } })
  const copy = (name: string, state: string, id: string) =>
    sql(
      `insert into deployment_job select (jsonb_populate_record(j, jsonb_build_object('device_id', d.id, 'id', $3::text, 'state', $4::text,
         'rollout_id', r.id))).* from deployment_job j, inventory_device d, deployment_rollout r
        where j.tenant_id = $1 and d.tenant_id = $1 and d.name = $2 and r.tenant_id = $1 and r.name = $5 limit 1`,
      tenant.id,
      name,
      id,
      state,
      id.startsWith('01') ? 'First' : 'Second',
    )
  await insertRollouts()
  for (const [n, state] of jobStates.entries()) {
    await copy(state, 'verified', `01900000-0000-7000-8000-0000000000${String(n).padStart(2, '0')}`)
    await copy(state, state, `02900000-0000-7000-8000-0000000000${String(n).padStart(2, '0')}`)
  }
  await sql(
    `insert into inventory_seen select tenant_id, id, now() from inventory_device where tenant_id = $1 and name = 'heard'`,
    tenant.id,
  )
})
afterAll(() => server.stop())

async function insertRollouts(): Promise<void> {
  for (const name of ['First', 'Second'])
    await sql(
      `insert into deployment_rollout (tenant_id, id, name, release_id, state, plan, audience, salt, created_by, created_at)
       select tenant_id, gen_random_uuid(), $2, release_id, state, plan, audience, salt, created_by, created_at
         from deployment_rollout where tenant_id = $1 limit 1`,
      tenant.id,
      name,
    )
}

const found = async (q: string) =>
  (await call(tenant.people.viewer, listDevices, { query: { q: `vendor:M -name:D ${q}`, limit: 500 } })).items.map(
    ({ name }) => name,
  )

test('the newest job of a device is the one that a query asks about', async () => {
  for (const state of jobStates) expect(await found(`job:${state}`)).toEqual([state])
  expect(await found('rollout:Second')).toEqual([...jobStates])
  expect(await found('rollout:First')).toEqual([])
  expect(await found('-job:*')).toEqual(['heard', 'stranger'])
  const { items } = await call(tenant.people.viewer, listDeviceValues, { query: { field: 'rollout', q: '-name:D' } })
  expect(items).toEqual([{ value: 'Second', devices: jobStates.length }])
})

test('every device has just one of the statuses that hawkBit would tell', async () => {
  const told = await Promise.all(
    updateStatuses.map(async (status) => [status, await found(`updatestatus==${status}`)] as const),
  )
  expect(Object.fromEntries(told)).toMatchObject({
    unknown: ['stranger'],
    registered: ['cancelled', 'superseded', 'heard'],
    in_sync: ['verified'],
    error: ['failed', 'silent', 'unverified', 'disputed', 'rolled-back', 'rejected'],
  })
  expect(told.flatMap(([, names]) => names).sort()).toEqual([...jobStates, 'heard', 'stranger'].sort())
})
