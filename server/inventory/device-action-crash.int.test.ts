import type { ChildProcess } from 'node:child_process'
import { rm } from 'node:fs/promises'
import { type Connection, call } from '@suture/contract/client.ts'
import { getDeviceAction, importDevices } from '@suture/contract/inventory.ts'
import { createTestDatabase, query, type TestDatabase } from '@suture/testing/database.ts'
import { begun, drafted, endOfAction } from '@suture/testing/device-action.ts'
import { end, makeFolders, serve, settingsOn } from '@suture/testing/suture-process.ts'
import { addTenant } from '@suture/testing/world.ts'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { systemClock } from '#platform/clock.ts'

let folders: Awaited<ReturnType<typeof makeFolders>>
let database: TestDatabase
let running: ChildProcess
let url = ''

async function start(): Promise<void> {
  const env = { ...folders.env, ...(await settingsOn(database)) }
  const started = await serve(env, (child) => {
    running = child
  })
  url = started.url
}

beforeAll(async () => {
  folders = await makeFolders()
  database = await createTestDatabase()
  await start()
})
afterAll(async () => {
  await end(running, 'SIGTERM')
  await database.drop()
  await rm(folders.root, { recursive: true })
})

const sql = <Row extends object>(text: string, ...values: unknown[]) =>
  query<Row>(database.urls.superuser, text, values)

const row = (n: number) => ({
  ...{ serial: `S-${n}`, manufacturer: 'Axis', model: 'P32', type: 'camera', hardwareRevision: 'A', firmware: '1' },
})

test('an action whose server is killed goes on after the next start, and touches nobody twice', async () => {
  const all = 6_000
  const { people } = await addTenant(database, systemClock, url, 'plant')
  const to = (): Connection => ({ ...people.operator, base: url })
  for (let from = 0; from < all; from += 1_000) {
    const devices = Array.from({ length: 1_000 }, (_, n) => row(from + n))
    await call(to(), importDevices, { body: { devices } })
  }
  const { id } = await begun(to(), await drafted(to(), { kind: 'retire', q: 'model:P32' }))
  const done = async () => (await call(to(), getDeviceAction, { params: { id } })).done
  await expect.poll(done, { timeout: 60_000, interval: 5 }).toBeGreaterThan(0)
  await end(running, 'SIGKILL')
  const [before] = await sql<{ n: number }>(`select count(*)::int as n from inventory_device where state = 'retired'`)
  expect(before?.n).toBeLessThan(all)
  await sql(`update platform_lease set renewed_at = now() - interval '1 minute'`)
  await start()
  expect(await endOfAction(to(), id)).toMatchObject({ state: 'done', done: all, left: 0, excluded: [] })
  const [told] = await sql<object>(
    `select count(*)::int as events, count(distinct subject)::int as devices, count(distinct actor_name)::int as actors
       from platform_event where kind = 'device.retired'`,
  )
  expect(told).toEqual({ events: all, devices: all, actors: 1 })
})
