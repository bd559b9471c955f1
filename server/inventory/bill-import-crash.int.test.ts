import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { createToken } from '@suture/contract/auth.ts'
import { type Connection, call } from '@suture/contract/client.ts'
import { getBillImport, importBill, importDevices, listBillImports } from '@suture/contract/inventory.ts'
import { listEvents } from '@suture/contract/platform.ts'
import { endOfImport } from '@suture/testing/bill-import.ts'
import { createTestDatabase, query, type TestDatabase } from '@suture/testing/database.ts'
import { deviceOf, firmware, holdStoring, sbomOf } from '@suture/testing/large-sbom.ts'
import { end, makeFolders, serve, settingsOn, suture } from '@suture/testing/suture-process.ts'
import { addTenant, outcome, type TestTenant } from '@suture/testing/world.ts'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { systemClock } from '#platform/clock.ts'

let folders: Awaited<ReturnType<typeof makeFolders>>
let database: TestDatabase
let running: ChildProcess
/** The same at every start, as it is for whoever waits meanwhile. */
let url = ''
let tenant: TestTenant

/** Starts a server on the database, with a fault if one is named. */
async function start(sabotage?: string): Promise<void> {
  const register = new URL('../../testing/sabotage/register.ts', import.meta.url)
  const env = {
    ...folders.env,
    ...(await settingsOn(database)),
    ...(url === '' ? {} : { SUTURE_LISTEN: new URL(url).host }),
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
  // Each start costs seconds, so the first server has the fault.
  await start('answer-before-kept')
  tenant = await addTenant(database, systemClock, url, 'plant')
  await call(operator(), importDevices, { body: { devices: [deviceOf('S-1')] } })
})
afterAll(async () => {
  await end(running, 'SIGTERM')
  await database.drop()
  await rm(folders.root, { recursive: true })
})

/** `suture bill import` as a script runs it. */
async function sendByCommand(count: number) {
  const permissions = ['inventory:read', 'inventory:write'] as const
  const { secret } = await call({ ...tenant.people.admin, base: url }, createToken, {
    body: { name: 'script', permissions: [...permissions] },
  })
  const file = join(folders.root, 'sbom.json')
  await writeFile(file, sbomOf(count))
  const args = ['bill', 'import', file, '--model', firmware.model, '--firmware', firmware.firmware]
  const env = { ...folders.env, SUTURE_URL: url, SUTURE_TOKEN: secret }
  const child = spawn(process.execPath, [suture, ...args], { env, stdio: ['ignore', 'pipe', 'inherit'] })
  return Promise.all([text(child.stdout), once(child, 'exit')]).then(([said]) => ({ said, status: child.exitCode }))
}

test('an SBOM that is answered before it is kept is found missing after a kill', async () => {
  const { id } = await send(3)
  await kill()
  await start()
  const look = outcome(operator(), getBillImport, { params: { id } })
  expect(await look).toMatchObject({ code: 'inventory/bill-import-unknown' })
})

test('an SBOM whose server is killed while it stores it is a bill after the next start, once; whoever waits hears of it, and the next one is there too', async () => {
  const release = await holdStoring(database.urls.superuser, tenant.id, 6_000)
  const waiting = sendByCommand(6_000)
  const newest = async () => (await call(operator(), listBillImports, { query: { limit: 1 } })).items[0]?.id
  await expect.poll(newest, { timeout: 60_000 }).toBeDefined()
  const id = (await newest()) ?? ''
  const look = () => call(operator(), getBillImport, { params: { id } })
  await expect.poll(look, { timeout: 60_000 }).toMatchObject({ state: 'storing', stored: 5_000 })
  const { id: next } = await send(3)
  await kill()
  await release()
  await start()
  expect(await endOfImport(operator(), id)).toMatchObject({ state: 'done', components: 6_001, devices: 1 })
  expect(await endOfImport(operator(), next)).toMatchObject({ state: 'done', components: 4, devices: 1 })
  const query = { kind: 'bill.imported' }
  const { items } = await call({ ...tenant.people.auditor, base: url }, listEvents, { query })
  expect(items.map(({ actor }) => `${actor.kind} ${actor.name}`)).toEqual(['user operator', 'token script'])
  expect(await waiting).toEqual({
    status: 0,
    said: expect.stringContaining(
      'Pump 1 has 6001 components, the firmware itself included; 1 device got another bill.',
    ),
  })
})
