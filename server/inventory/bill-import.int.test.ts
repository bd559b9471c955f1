import { Readable } from 'node:stream'
import { createToken } from '@suture/contract/auth.ts'
import { type Connection, call, ProblemError } from '@suture/contract/client.ts'
import * as contract from '@suture/contract/inventory.ts'
import { listEvents } from '@suture/contract/platform.ts'
import { endOfImport, importedBill, sendSbom } from '@suture/testing/bill-import.ts'
import { query } from '@suture/testing/database.ts'
import { changesBetween, fingerprint } from '@suture/testing/fingerprint.ts'
import { deviceOf, firmware, holdStoring, sbomOf } from '@suture/testing/large-sbom.ts'
import { outcome, startTestServer, type TestServer, type TestTenant } from '@suture/testing/world.ts'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'

let server: TestServer
let tenant: TestTenant
let to: Connection
let serial = 0
beforeAll(async () => {
  server = await startTestServer({ works: true })
})
afterAll(() => server.stop())
beforeEach(async () => {
  tenant = await server.addTenant(`plant${serial++}`)
  to = tenant.people.operator
  await call(to, contract.importDevices, { body: { devices: [deviceOf('S-1'), deviceOf('S-2')] } })
})

const send = (bytes: Uint8Array<ArrayBuffer>) => call(to, contract.importBill, { query: firmware, bytes })
const look = (id: string, who = to) => call(who, contract.getBillImport, { params: { id } })
const eventsOf = async (kind: string) => (await call(tenant.people.auditor, listEvents, { query: { kind } })).items
const sql = (text: string, ...values: unknown[]) => query(server.database.urls.superuser, text, values)

test('how far an SBOM is can be seen while it is stored, and what it became afterwards', async () => {
  const release = await holdStoring(server.database.urls.superuser, tenant.id, 12_000)
  const sent = await send(sbomOf(12_000))
  expect(sent).toMatchObject({ ...firmware, components: null, stored: 0, bill: null, refusal: null, endedAt: null })
  await expect
    .poll(() => look(sent.id), { timeout: 60_000 })
    .toMatchObject({
      ...{ state: 'storing', components: 12_001, stored: 5_000, bill: null },
    })
  await release()
  const end = await endOfImport(to, sent.id)
  expect(end).toMatchObject({ state: 'done', components: 12_001, stored: 12_001, devices: 2, startedBy: 'operator' })
  expect(await call(to, contract.getBill, { params: { id: end.bill ?? '' } })).toMatchObject({ components: 12_001 })
  expect(await eventsOf('bill.imported')).toMatchObject([{ actor: { kind: 'user', name: 'operator' } }])
})

test('an SBOM on which two work, because the first was taken for dead, becomes a bill once', async () => {
  const release = await holdStoring(server.database.urls.superuser, tenant.id, 6_000)
  const { id } = await send(sbomOf(6_000))
  const storing = { state: 'storing', stored: 5_000 }
  await expect.poll(() => look(id), { timeout: 60_000 }).toMatchObject(storing)
  const started =
    "select count(*)::int as n from pg_stat_activity where wait_event_type = 'Lock' and query like '%into inventory_component%'"
  await sql(
    'select graphile_worker.force_unlock_workers(array(select distinct locked_by from graphile_worker.jobs where locked_by is not null))',
  )
  await expect.poll(() => sql(started), { timeout: 60_000 }).toEqual([{ n: 2 }])
  await release()
  const end = await endOfImport(to, id)
  expect(end).toMatchObject({ state: 'done', components: 6_001, stored: 6_001, devices: 2 })
  await expect.poll(() => sql('select from graphile_worker.jobs'), { timeout: 60_000 }).toEqual([])
  expect(await eventsOf('bill.imported')).toHaveLength(1)
  expect(await eventsOf('bill.created')).toHaveLength(2)
  expect(await look(id)).toEqual(end)
})

test('a document that is no SBOM ends refused for its reason, and nothing else of the inventory changes', async () => {
  const before = await fingerprint(server)
  const end = await sendSbom(to, { query: firmware, bytes: sbomOf(3).slice(0, -5) })
  expect(end).toMatchObject({ state: 'refused', components: null, stored: 0, bill: null })
  expect(end.refusal).toEqual({ code: 'input/unreadable', detail: expect.stringContaining('JSON') })
  const changes = changesBetween(before, await fingerprint(server)).map((each) => each.split(':')[0])
  expect(changes.filter((each) => each?.startsWith('inventory_'))).toEqual(['inventory_bill_import'])
  expect(changes).toContain(`file blobs/sha256/${end.document.slice(0, 2)}/${end.document}`)
  expect(await eventsOf('bill.refused')).toMatchObject([
    {
      subject: end.id,
      actor: { name: 'operator' },
      detail: { ...firmware, document: end.document, code: 'input/unreadable' },
    },
  ])
})

test('the same SBOM sent twice at once is one bill and one piece of news', async () => {
  const both = await Promise.all([1, 2].map(() => importedBill(to, { query: firmware, bytes: sbomOf(3) })))
  expect(new Set(both.map(({ bill }) => bill)).size).toBe(1)
  expect(both.map(({ devices }) => devices).sort()).toEqual([0, 2])
  expect(await eventsOf('bill.imported')).toHaveLength(1)
  const blobs = [...(await fingerprint(server)).keys()].filter((name) => name.startsWith('file blobs/sha256'))
  const { items } = await call(to, contract.listBillImports, {})
  expect(blobs.filter((name) => name.endsWith(items[0]?.document ?? '-'))).toHaveLength(1)
})

test('a tenant’s SBOMs are taken one at a time, and those of another tenant do not wait for them', async () => {
  const release = await holdStoring(server.database.urls.superuser, tenant.id, 6_000)
  const first = await send(sbomOf(6_000))
  await expect.poll(() => look(first.id), { timeout: 60_000 }).toMatchObject({ state: 'storing' })
  const second = await send(sbomOf(3))
  const other = (await server.addTenant(`other${serial++}`)).people.operator
  await call(other, contract.importDevices, { body: { devices: [deviceOf('S-1')] } })
  expect(await sendSbom(other, { query: firmware, bytes: sbomOf(3) })).toMatchObject({ state: 'done' })
  expect(await look(second.id)).toMatchObject({ state: 'waiting' })
  await release()
  const ends = [await endOfImport(to, first.id), await endOfImport(to, second.id)]
  expect(ends).toMatchObject([{ state: 'done' }, { state: 'done', components: 4 }])
})

test('whoever sends one SBOM does not wait for all of those that two others have sent', async () => {
  const busy = await Promise.all([1, 2].map(() => server.addTenant(`other${serial++}`)))
  const many = await Promise.all(
    busy.map(async ({ id, people: { operator } }) => {
      await call(operator, contract.importDevices, { body: { devices: [deviceOf('S-1')] } })
      const release = await holdStoring(server.database.urls.superuser, id, 6_000)
      const counts = [6_000, ...Array.from({ length: 12 }, (_, at) => at + 1)]
      const ids: string[] = []
      for (const count of counts)
        ids.push((await call(operator, contract.importBill, { query: firmware, bytes: sbomOf(count) })).id)
      const first = () => look(ids[0] ?? '', operator)
      await expect.poll(first, { timeout: 60_000 }).toMatchObject({ state: 'storing', stored: 5_000 })
      return { release, ends: () => Promise.all(ids.map((each) => endOfImport(operator, each))) }
    }),
  )
  const { id } = await send(sbomOf(3))
  for (const { release } of many) await release()
  const { endedAt } = await endOfImport(to, id)
  const ends = (await Promise.all(many.map(({ ends }) => ends()))).flat()
  expect(ends.map(({ state }) => state)).toEqual(ends.map(() => 'done'))
  // Of each of the two the one that was under way, the one that waited before, and what was done beside this one.
  expect(ends.filter((each) => Number(each.endedAt) < Number(endedAt)).length).toBeLessThanOrEqual(8)
})

test('SBOMs are listed newest first, page by page', async () => {
  const sent = []
  for (const count of [1, 2, 3]) sent.unshift((await sendSbom(to, { query: firmware, bytes: sbomOf(count) })).id)
  const first = await call(to, contract.listBillImports, { query: { limit: 2 } })
  const second = await call(to, contract.listBillImports, { query: { limit: 2, cursor: first.next ?? '' } })
  expect([...first.items, ...second.items].map(({ id }) => id)).toEqual(sent)
  expect(second.next).toBeUndefined()
})

test('neither another tenant nor whoever is limited to a site sees what was sent, or sends anything', async () => {
  const { id } = await sendSbom(to, { query: firmware, bytes: sbomOf(1) })
  const site = await call(to, contract.createSite, { body: { name: 'Works' } })
  const { secret } = await call(tenant.people.admin, createToken, {
    body: { name: 'one site', permissions: ['inventory:read', 'inventory:write'], sites: [site.id] },
  })
  const limited = { base: server.base, headers: { authorization: `Bearer ${secret}` } }
  const foreign = (await server.addTenant(`other${serial++}`)).people.operator
  for (const who of [limited, foreign]) {
    expect(await outcome(who, contract.getBillImport, { params: { id } })).toMatchObject({
      code: 'inventory/bill-import-unknown',
    })
    expect((await call(who, contract.listBillImports, {})).items).toEqual([])
  }
  const sending = { query: firmware, bytes: sbomOf(1) }
  expect(await outcome(limited, contract.importBill, sending)).toMatchObject({ code: 'auth/all-sites-needed' })
  expect(await outcome(foreign, contract.importBill, sending)).toMatchObject({ code: 'inventory/model-unknown' })
})

/** An upload that stalls in the middle of its bytes; `go` lets the rest come. */
function stalled(bytes: Uint8Array<ArrayBuffer>) {
  const { promise: rest, resolve: go } = Promise.withResolvers<void>()
  const pieces = async function* () {
    yield bytes.subarray(0, 9)
    await rest
    yield bytes.subarray(9)
  }
  const stream = Readable.toWeb(Readable.from(pieces())) as ReadableStream<Uint8Array>
  return { go, end: outcome(to, contract.importBill, { query: firmware, bytes: { stream, length: bytes.length } }) }
}
const files = async (folder: string) =>
  [...(await fingerprint(server)).keys()].filter(
    (name) => name.startsWith(`file blobs/${folder}/`) && !name.includes('.lock'),
  )
/** SBOMs of the tenant that wait and whose turn does not come. */
const fill = (count: number) =>
  sql(
    `insert into inventory_bill_import (tenant_id, id, model_id, firmware, document, bytes, state, stored, actor_kind, actor_id, actor_name, started_at, again_at)
     select tenant_id, gen_random_uuid(), id, '1', sha256('d'), 1, 'waiting', 0, 'user', 'U', 'U', now(), now() + interval '1 day'
       from inventory_model, generate_series(1, $2) where tenant_id = $1`,
    tenant.id,
    count,
  )

test('of SBOMs whose bytes end at once no more are kept than there is room for, and of the others no file is left', async () => {
  const before = await files('sha256')
  await fill(99)
  const sent = [31, 32, 33].map((count) => stalled(sbomOf(count)))
  await expect.poll(() => files('drafts')).toHaveLength(sent.length)
  for (const { go } of sent) go()
  const ends = await Promise.all(sent.map(({ end }) => end))
  const refused = { code: 'inventory/imports-waiting', status: 429 }
  expect(ends.filter((end) => 'code' in end)).toEqual([refused, refused])
  expect(await files('sha256')).toHaveLength(before.length + 1)
  expect(await files('drafts')).toEqual([])
})

test('within a day 4 GiB of SBOMs come and not a byte more; whoever sends more is told when there is room again', async () => {
  await fill(2)
  const bytes = sbomOf(41)
  /** One of the two has a byte and came just now, the other one had so many bytes and came so many hours ago. */
  const came = (size: number, hoursAgo: number) =>
    sql(
      `update inventory_bill_import set bytes = $2, started_at = now() - make_interval(hours => $3)
        where tenant_id = $1 and id = (select min(id::text)::uuid from inventory_bill_import where tenant_id = $1)`,
      ...[tenant.id, size, hoursAgo],
    )
  const refusal = async () => {
    const error = await send(bytes).catch((thrown: unknown) => thrown)
    if (!(error instanceof ProblemError)) throw new Error('It was not refused')
    return { code: error.problem.code, hours: (error.retryAfter ?? 0) / 3_600 }
  }
  const [code, most, before] = ['inventory/sbom-bytes-a-day', 4 * 2 ** 30 - 1, await files('sha256')]
  // The first byte is one too many, and then the last one, which is known when all of them are there.
  await came(most, 12)
  expect(await refusal()).toEqual({ code, hours: expect.closeTo(12, 1) })
  await came(most - bytes.length + 1, 23)
  expect(await refusal()).toEqual({ code, hours: expect.closeTo(1, 1) })
  expect(await files('sha256')).toEqual(before)
  await came(most - bytes.length, 23)
  expect(await send(bytes)).toMatchObject({ bytes: bytes.length })
  expect(await refusal()).toEqual({ code, hours: expect.closeTo(1, 1) })
  await came(most, 25)
  expect(await send(bytes)).toMatchObject({ bytes: bytes.length })
})

test('beyond a hundred that wait no more are taken, until some are done', async () => {
  await fill(100)
  const sending = { query: firmware, bytes: sbomOf(1) }
  expect(await outcome(to, contract.importBill, sending)).toEqual({ code: 'inventory/imports-waiting', status: 429 })
  await sql(
    `update inventory_bill_import set state = 'refused', refusal_code = 'input/unreadable', refusal_detail = '', ended_at = now()
      where id = (select id from inventory_bill_import where tenant_id = $1 limit 1)`,
    tenant.id,
  )
  expect(await sendSbom(to, sending)).toMatchObject({ state: 'done' })
})
