import { readFileSync, writeFileSync } from 'node:fs'
import { type Connection, call } from '@suture/contract/client.ts'
import { getBillImport, importBill, importDevices, listDevices } from '@suture/contract/inventory.ts'
import { sbomBytes } from '@suture/contract/limits.ts'
import { children } from '@suture/testing/bombs/blast.ts'
import { query } from '@suture/testing/database.ts'
import { deviceOf, firmware, sbomOf } from '@suture/testing/large-sbom.ts'
import { startTestServer, type TestServer, type TestTenant } from '@suture/testing/world.ts'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openBlobStore } from '#platform/blob/store.ts'
import { systemClock } from '#platform/clock.ts'
import { systemScope } from '#platform/database/store.ts'
import { prepareSandbox } from '#platform/sandbox/launch.ts'
import { cycloneDx, readSbom } from './sbom/sbom.operations.ts'
import { giveUpImports, takeSbom } from './take-sbom.operations.ts'

let server: TestServer
let tenant: TestTenant
let to: Connection
beforeAll(async () => {
  await prepareSandbox([cycloneDx.entry])
  // Nobody does its tasks but these tests.
  server = await startTestServer()
  tenant = await server.addTenant('plant')
  to = tenant.people.operator
  await call(to, importDevices, { body: { devices: [deviceOf('S-1')] } })
})
afterAll(() => server.stop())

const look = (id: string) => call(to, getBillImport, { params: { id } })
const send = async (count: number) => (await call(to, importBill, { query: firmware, bytes: sbomOf(count) })).id

/** What the worker does once. */
async function take(id: string, signal = new AbortController().signal): Promise<void> {
  const blobs = await openBlobStore(`${server.home}/blobs`)
  const scope = systemScope(tenant.id, 'test')
  const parts = { store: server.database.worker, clock: systemClock, blobs, mostBytes: sbomBytes, scope, signal }
  await takeSbom(parts, id).finally(() => blobs.close())
}

test('a server that stops ends its reader at once, which says nothing of the document, and the next server reads it', async () => {
  const id = await send(20_000)
  const stopping = new AbortController()
  const taken = take(id, stopping.signal).catch((error: Error) => error.name)
  await expect.poll(() => children().length, { interval: 1, timeout: 30_000 }).toBe(1)
  stopping.abort()
  expect(await taken).toBe('AbortError')
  expect(children()).toEqual([])
  expect(await look(id)).toMatchObject({ state: 'waiting', refusal: null, endedAt: null })
  await take(id)
  expect(await look(id)).toMatchObject({ state: 'done', components: 20_001 })
})

test('a busy reader is no refusal of the document either: it waits for another turn', async () => {
  const id = await send(3)
  const tasks = () =>
    query(
      server.database.urls.superuser,
      `select (run_at > now())::text as later from graphile_worker.jobs where key like '%' || $1`,
      [id],
    )
  expect(await tasks()).toEqual([{ later: 'false' }])
  const others = Array.from({ length: 10 }, () => readSbom({ bytes: sbomOf(1) }, sbomBytes))
  await take(id)
  expect(await look(id)).toMatchObject({ state: 'waiting', refusal: null, endedAt: null })
  expect(await tasks()).toEqual([{ later: 'true' }])
  await Promise.all(others)
  await take(id)
  expect(await look(id)).toMatchObject({ state: 'done', components: 4 })
})

test('one that has ended is not read again', async () => {
  const id = await send(5)
  await take(id)
  const end = await look(id)
  await take(id)
  expect(await look(id)).toEqual(end)
})

test('bytes that the disk has spoilt are a fault of ours, and the import goes on once they are mended', async () => {
  const id = await send(6)
  const { document } = await look(id)
  const path = `${server.home}/blobs/sha256/${document.slice(0, 2)}/${document}`
  const whole = readFileSync(path)
  writeFileSync(path, sbomOf(7))
  await expect(take(id)).rejects.toThrow('has other bytes on the disk than were sent')
  writeFileSync(path, whole.subarray(0, 9))
  await expect(take(id)).rejects.toThrow('has other bytes on the disk than were sent')
  expect(await look(id)).toMatchObject({ state: 'waiting', endedAt: null })
  writeFileSync(path, whole)
  await take(id)
  expect(await look(id)).toMatchObject({ state: 'done', components: 7 })
})

test('an import whose task has failed for the last time is given up, and no other one', async () => {
  const [ended, waiting, lost] = [await send(1), await send(2), await send(3)]
  await take(ended)
  const sql = (text: string, values: unknown[] = []) => query(server.database.urls.superuser, text, values)
  const giveUp = () =>
    giveUpImports({ store: server.database.worker, clock: systemClock, scope: systemScope(tenant.id, 'test') })
  await sql(`update graphile_worker._private_jobs set attempts = max_attempts where key like '%' || $1`, [lost])
  // Whoever asks for a task begins in the same transaction, and so nobody is in doubt after minutes.
  await giveUp()
  expect(await look(lost)).toMatchObject({ state: 'waiting' })
  await sql(`update inventory_bill_import set started_at = started_at - interval '1 hour'`)
  await giveUp()
  expect(await look(lost)).toMatchObject({ state: 'given-up', refusal: null, endedAt: expect.any(Date) })
  expect(await look(waiting)).toMatchObject({ state: 'waiting' })
  expect(await look(ended)).toMatchObject({ state: 'done' })
  await take(lost)
  expect(await look(lost)).toMatchObject({ state: 'given-up' })
})

test('of two SBOMs of one firmware the one that was sent last counts, in whichever order they are taken', async () => {
  const [older, newer] = [await send(11), await send(12)]
  await take(newer)
  expect(await look(newer)).toMatchObject({ state: 'done', devices: 1 })
  await take(older)
  expect(await look(older)).toMatchObject({ state: 'done', components: 12, devices: 0 })
  const { items } = await call(to, listDevices, {})
  expect(items.map(({ bill }) => bill)).toEqual([(await look(newer)).bill])
})

test('a process takes two at a time, and asks for a third one later', async () => {
  const ids = [await send(21), await send(22), await send(23)]
  await Promise.all(ids.map((id) => take(id)))
  const states = (await Promise.all(ids.map(look))).map(({ state }) => state)
  expect(states.toSorted()).toEqual(['done', 'done', 'waiting'])
  const last = ids[states.indexOf('waiting')] ?? ''
  await take(last)
  expect(await look(last)).toMatchObject({ state: 'done' })
})
