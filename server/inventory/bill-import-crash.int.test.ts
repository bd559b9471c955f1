import type { ChildProcess } from 'node:child_process'
import { rm } from 'node:fs/promises'
import { type Connection, call } from '@suture/contract/client.ts'
import { getBillImport, importBill, importDevices } from '@suture/contract/inventory.ts'
import { listEvents } from '@suture/contract/platform.ts'
import { endOfImport } from '@suture/testing/bill-import.ts'
import { createTestDatabase, query, type TestDatabase } from '@suture/testing/database.ts'
import { deviceOf, firmware, holdStoring, sbomOf } from '@suture/testing/large-sbom.ts'
import { end, makeFolders, serve, settingsOn } from '@suture/testing/suture-process.ts'
import { addTenant, outcome, type TestTenant } from '@suture/testing/world.ts'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { systemClock } from '#platform/clock.ts'

let folders: Awaited<ReturnType<typeof makeFolders>>
let database: TestDatabase
let running: ChildProcess
let url: string
let tenant: TestTenant

/** Starts a server on the database, with a fault if one is named. */
async function start(sabotage?: string): Promise<void> {
  const register = new URL('../../testing/sabotage/register.ts', import.meta.url)
  const env = {
    ...folders.env,
    ...(await settingsOn(database)),
    ...(sabotage === undefined ? {} : { SUTURE_SABOTAGE: sabotage, NODE_OPTIONS: `--import=${register.href}` }),
  }
  const started = await serve(env, (child) => {
    running = child
  })
  url = started.url
}

/** Kills the server, and has its tasks look as they do a minute later: what frees them is not what is asked here. */
async function kill(): Promise<void> {
  await end(running, 'SIGKILL')
  const { superuser } = database.urls
  await query(superuser, `update platform_lease set renewed_at = now() - interval '1 minute'`)
  await query(
    superuser,
    `update graphile_worker._private_jobs set locked_at = now() - interval '1 minute' where locked_at is not null`,
  )
}

const operator = (): Connection => ({ ...tenant.people.operator, base: url })
const send = (count: number) => call(operator(), importBill, { query: firmware, bytes: sbomOf(count) })

beforeAll(async () => {
  folders = await makeFolders()
  database = await createTestDatabase()
  await start()
  tenant = await addTenant(database, systemClock, url, 'plant')
  await call(operator(), importDevices, { body: { devices: [deviceOf('S-1')] } })
})
afterAll(async () => {
  await end(running, 'SIGTERM')
  await database.drop()
  await rm(folders.root, { recursive: true })
})

test('an SBOM whose server is killed while it stores it is a bill after the next start, once', async () => {
  const release = await holdStoring(database.urls.superuser, tenant.id, 6_000)
  const { id } = await send(6_000)
  const look = () => call(operator(), getBillImport, { params: { id } })
  await expect.poll(look, { timeout: 60_000 }).toMatchObject({ state: 'storing', stored: 5_000 })
  await kill()
  await release()
  await start()
  expect((await look()).endedAt).toBeNull()
  expect(await endOfImport(operator(), id)).toMatchObject({ state: 'done', components: 6_001, devices: 1 })
  const { items } = await call({ ...tenant.people.auditor, base: url }, listEvents, {
    query: { kind: 'bill.imported' },
  })
  expect(items).toMatchObject([{ actor: { name: 'operator' }, detail: { devices: 1 } }])
})

/** What is there, after the next start, of an SBOM whose server was killed as soon as it had answered. */
async function afterAnswer(sabotage?: string) {
  if (sabotage !== undefined) {
    await end(running, 'SIGTERM')
    await start(sabotage)
  }
  const { id } = await send(3)
  await kill()
  await start()
  return { id, found: await outcome(operator(), getBillImport, { params: { id } }) }
}

test('an SBOM that was answered is there after a kill, and becomes a bill', async () => {
  const { id, found } = await afterAnswer()
  expect(found).toMatchObject({ reply: { id } })
  expect(await endOfImport(operator(), id)).toMatchObject({ state: 'done', components: 4 })
})

test('one that is answered before it is kept is found missing', async () => {
  const { found } = await afterAnswer('answer-before-kept')
  expect(found).toMatchObject({ code: 'inventory/bill-import-unknown' })
})
