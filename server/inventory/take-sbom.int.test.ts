import { readFileSync, writeFileSync } from 'node:fs'
import { type Connection, call } from '@suture/contract/client.ts'
import { getBillImport, importBill, importDevices, listDevices } from '@suture/contract/inventory.ts'
import { sbomBytes } from '@suture/contract/limits.ts'
import { listEvents } from '@suture/contract/platform.ts'
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
import { askAgain, takeNextSbom } from './sbom-turn.operations.ts'
import { takeSbom } from './take-sbom.operations.ts'

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

const sql = (text: string, ...values: unknown[]) => query(server.database.urls.superuser, text, values)
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

test('a busy reader is no refusal of the document either, and no try: it waits for another turn', async () => {
  const id = await send(3)
  const turn = () => sql('select tries, again_at > now() as later from inventory_bill_import where id = $1', id)
  const others = Array.from({ length: 10 }, () => readSbom({ bytes: sbomOf(1) }, sbomBytes))
  await take(id)
  expect(await look(id)).toMatchObject({ state: 'waiting', refusal: null, endedAt: null })
  expect(await turn()).toEqual([{ tries: 0, later: true }])
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

/** A tenant of its own with a device of the firmware, and what can be asked of it. */
async function plant(name: string) {
  const { id: number, people } = await server.addTenant(name)
  const own = people.operator
  await call(own, importDevices, { body: { devices: [deviceOf('S-1')] } })
  const scope = systemScope(number, 'test')
  const given = { store: server.database.worker, clock: systemClock, mostBytes: sbomBytes, scope }
  return {
    people,
    send: async (count: number) => (await call(own, importBill, { query: firmware, bytes: sbomOf(count) })).id,
    see: (id: string) => call(own, getBillImport, { params: { id } }),
    /** What the worker does with the one task. */
    next: async () => {
      await sql("delete from graphile_worker._private_jobs where key like $1 || ':%'", number)
      const blobs = await openBlobStore(`${server.home}/blobs`)
      await takeNextSbom({ ...given, blobs, signal: new AbortController().signal }).finally(() => blobs.close())
    },
    resume: () => askAgain(given),
    tasks: () => sql("select (run_at > now()) as later from graphile_worker.jobs where key like $1 || ':%'", number),
    /** Of one import: how often it was begun, and for how many seconds it is left alone. */
    tries: async (id: string) => {
      const left = 'extract(epoch from again_at - now())::float as left'
      const [found] = await sql(`select tries, ${left} from inventory_bill_import where id = $1`, id)
      return found as { tries: number; left: number | null } | undefined
    },
    /** Has the time of all that are left alone come in so many minutes. */
    leave: (minutes: number) =>
      sql(
        'update inventory_bill_import set again_at = now() + make_interval(mins => $1) where again_at is not null',
        minutes,
      ),
  }
}
const spoil = async (document: string) =>
  writeFileSync(`${server.home}/blobs/sha256/${document.slice(0, 2)}/${document}`, 'spoilt')

test('an import that fails is counted in itself, keeps no other one waiting, and is given up after ten tries', async () => {
  const { people, send: sendHere, see, next, tasks, tries, leave } = await plant('failing')
  const [failing, other] = [await sendHere(101), await sendHere(102)]
  await spoil((await see(failing)).document)
  await expect(next()).rejects.toThrow('has other bytes on the disk than were sent')
  expect(await see(failing)).toMatchObject({ state: 'waiting', refusal: null, endedAt: null })
  expect((await tries(failing))?.left).toBeLessThan(Math.E)
  expect((await tries(failing))?.left).toBeGreaterThan(0)
  await leave(60)
  expect(await tasks()).toEqual([{ later: false }])
  await next()
  expect(await see(other)).toMatchObject({ state: 'done' })
  expect(await tasks()).toEqual([{ later: true }])
  await next()
  expect(await tries(failing)).toMatchObject({ tries: 1 })
  for (let begun = 2; begun <= 10; begun++) {
    expect(await see(failing)).toMatchObject({ state: 'waiting' })
    await leave(0)
    // Whatever else comes meanwhile does not begin the count anew.
    await sendHere(102)
    await expect(next()).rejects.toThrow('has other bytes on the disk than were sent')
    await next()
  }
  const end = await see(failing)
  expect(end).toMatchObject({ state: 'given-up', refusal: null, endedAt: expect.any(Date) })
  const { items } = await call(people.auditor, listEvents, { query: { kind: 'bill.given-up' } })
  const detail = { ...firmware, document: end.document }
  expect(items).toMatchObject([{ subject: failing, actor: { kind: 'user', name: 'operator' }, detail }])
  await next()
  expect(await see(failing)).toEqual(end)
})

test('an import that ended each of ten servers is given up as well', async () => {
  const { send: sendHere, see, next, tries } = await plant('deadly')
  const id = await sendHere(103)
  await sql(`update inventory_bill_import set state = 'reading', tries = 9 where id = $1`, id)
  await next()
  expect([await tries(id), await see(id)]).toMatchObject([{ tries: 10 }, { state: 'done' }])
  const deadly = await sendHere(104)
  await sql(`update inventory_bill_import set state = 'reading', tries = 10 where id = $1`, deadly)
  // The queue still comes to the try after the tenth.
  const [{ most = 0 } = {}] = await sql('select max(max_attempts) as most from graphile_worker.jobs')
  expect(most).toBeGreaterThan(10)
  await next()
  expect(await see(deadly)).toMatchObject({ state: 'given-up' })
})

test('an import that ended two servers comes behind the others of its tenant', async () => {
  const { send: sendHere, see, next } = await plant('twice')
  const [deadly, other] = [await sendHere(105), await sendHere(106)]
  await sql(`update inventory_bill_import set state = 'reading', tries = 2 where id = $1`, deadly)
  await next()
  expect([await see(deadly), await see(other)]).toMatchObject([{ state: 'reading' }, { state: 'done' }])
  await next()
  expect(await see(deadly)).toMatchObject({ state: 'done' })
})

test('of a tenant one task waits however much was sent, and one that was lost is asked for again', async () => {
  const { send: sendHere, see, next, tasks, resume } = await plant('resuming')
  const ids = [await sendHere(105), await sendHere(106)]
  expect(await tasks()).toEqual([{ later: false }])
  await sql('delete from graphile_worker._private_jobs')
  await resume()
  expect(await tasks()).toEqual([{ later: false }])
  for (const id of ids) {
    await next()
    expect(await see(id)).toMatchObject({ state: 'done' })
  }
  await sql('delete from graphile_worker._private_jobs')
  await resume()
  expect(await tasks()).toEqual([])
})

test('of two SBOMs of one firmware the one that was sent last counts, in whichever order they are taken', async () => {
  const [older, newer] = [await send(11), await send(12)]
  await take(newer)
  expect(await look(newer)).toMatchObject({ state: 'done', devices: 1, overtaken: false })
  await take(older)
  expect(await look(older)).toMatchObject({ state: 'done', components: 12, devices: 0, overtaken: true })
  const { items } = await call(to, listDevices, {})
  expect(items.map(({ bill }) => bill)).toEqual([(await look(newer)).bill])
})
