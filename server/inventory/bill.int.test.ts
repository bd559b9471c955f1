import { type Connection, call } from '@suture/contract/client.ts'
import * as contract from '@suture/contract/inventory.ts'
import { listEvents } from '@suture/contract/platform.ts'
import { importedBill } from '@suture/testing/bill-import.ts'
import { startTestServer, type TestServer, type TestTenant } from '@suture/testing/world.ts'
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
  await call(to, contract.importDevices, { body: { devices: [row(1), row(2), row(3, '6.2.6')] } })
})

const row = (n: number, firmware = '6.2.5') => ({
  ...{ serial: `S-${n}`, manufacturer: 'Maker', model: 'Pump', type: 'plc', hardwareRevision: 'A', firmware },
})
const named = { manufacturer: 'Maker', model: 'Pump', firmware: '6.2.5' }
const openssl = {
  type: 'library',
  name: 'openssl',
  version: '1.1.1',
  supplier: { name: 'OpenSSL' },
  purl: 'pkg:generic/openssl@1.1.1',
}
const sbom = (components: object[]) =>
  Buffer.from(JSON.stringify({ bomFormat: 'CycloneDX', specVersion: '1.6', version: 1, components }))
const load = (bytes: Buffer<ArrayBuffer>, query = named) => importedBill(to, { query, bytes })
const billOf = async (name: string) =>
  (await call(to, contract.listDevices, {})).items.find((each) => each.serial === name)?.bill ?? ''
const eventsOf = async (kind: string) => (await call(tenant.people.auditor, listEvents, { query: { kind } })).items

test('an SBOM becomes the bill of its firmware version, and the devices of that version move to it', async () => {
  const [before, other] = [await billOf('S-1'), await billOf('S-3')]
  const imported = await load(sbom([openssl, { type: 'library', name: 'zlib', version: '1.3' }]))
  expect(imported).toMatchObject({ components: 3, devices: 2 })
  expect(imported.bill).not.toBe(before)
  expect([await billOf('S-1'), await billOf('S-2'), await billOf('S-3')]).toEqual([imported.bill, imported.bill, other])
  const bill = await call(to, contract.getBill, { params: { id: imported.bill } })
  expect(bill).toMatchObject({
    components: 3,
    devices: 2,
    firmwares: [{ manufacturer: 'Maker', model: 'Pump', version: '6.2.5' }],
  })
  expect(bill.listed.items.map(({ supplier, name, version, purl }) => [supplier, name, version, purl]).sort()).toEqual([
    ['', 'zlib', '1.3', null],
    ['Maker', 'Pump', '6.2.5', null],
    ['OpenSSL', 'openssl', '1.1.1', 'pkg:generic/openssl@1.1.1'],
  ])
  const { id } = (await call(to, contract.listDevices, {})).items[0] ?? { id: '' }
  const { bills } = await call(to, contract.getDevice, { params: { id } })
  expect(bills.map(({ bill, evidence, to: end }) => [bill, evidence.source, end === null])).toEqual([
    [imported.bill, 'sbom', true],
    [before, 'import', false],
  ])
})

test('a device that comes later with that firmware runs that bill', async () => {
  const { bill } = await load(sbom([openssl]))
  await call(to, contract.importDevices, { body: { devices: [row(9)] } })
  expect(await billOf('S-9')).toBe(bill)
})

test('the same SBOM again is the same bill, and no news', async () => {
  const first = await load(sbom([openssl]))
  expect(await load(sbom([openssl]))).toEqual({ ...first, devices: 0 })
  expect(await eventsOf('bill.imported')).toHaveLength(1)
  const created = await eventsOf('bill.created')
  expect(created.filter(({ detail }) => detail.digest === first.bill)).toHaveLength(1)
})

test('the components of a bill come page by page', async () => {
  const many = Array.from({ length: 5 }, (_, n) => ({ type: 'library', name: `lib${n}`, version: '1' }))
  const { bill } = await load(sbom(many))
  const page = (cursor?: string) =>
    call(to, contract.getBill, {
      params: { id: bill },
      query: { limit: 4, ...(cursor === undefined ? {} : { cursor }) },
    })
  const first = await page()
  const second = await page(first.listed.next)
  expect([first.listed.items.length, second.listed.items.length, second.listed.next]).toEqual([4, 2, undefined])
  const bills = (await call(to, contract.listBills, {})).items
  expect(bills[0]).toMatchObject({ id: bill, components: 6, devices: 2 })
})
