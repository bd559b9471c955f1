import { hash } from 'node:crypto'
import { type Connection, call } from '@suture/contract/client.ts'
import * as contract from '@suture/contract/inventory.ts'
import { listEvents } from '@suture/contract/platform.ts'
import { query } from '@suture/testing/database.ts'
import { outcome, startTestServer, type TestServer, type TestTenant } from '@suture/testing/world.ts'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { systemClock } from '#platform/clock.ts'
import { type Scoped, systemScope, withScope } from '#platform/database/store.ts'
import {
  adoptReadings,
  firmwareBill,
  gatewayOf,
  identifyDevices,
  nextActionIds,
  noteSeen,
  readingTargets,
  recordClaims,
  registerDevice,
} from './index.ts'

let server: TestServer
let tenant: TestTenant
let to: Connection
let serial = 0
beforeAll(async () => {
  server = await startTestServer()
})
afterAll(() => server.stop())
beforeEach(async () => {
  tenant = await server.addTenant(`plant${serial++}`)
  to = tenant.people.operator
  await call(to, contract.createSite, { body: { name: 'Works', probeNetworks: ['127.0.0.0/8'] } })
})

const within = <T>(run: (scoped: Scoped) => Promise<T>) =>
  withScope(server.database.app, systemScope(tenant.id, 'test'), run)
const register = (controllerId: string) =>
  within((scoped) => registerDevice(scoped, systemClock, { controllerId })).then(({ device }) => device)
const claim = (id: number, told: Record<string, string>) =>
  within((scoped) => recordClaims(scoped, systemClock, id, told))
const deviceOf = (id: string) => call(to, contract.getDevice, { params: { id } })
const sha256 = (secret: string) => hash('sha256', secret, 'buffer')
const who = (controllerId: string, secret: string) =>
  within((scoped) => identifyDevices(scoped, [{ controllerId, hash: sha256(secret) }])).then((found) =>
    found.get(controllerId),
  )
const eventsOf = async (subject: string) =>
  (await call(tenant.people.auditor, listEvents, { query: { subject } })).items.map(({ kind }) => kind).reverse()

const self = {
  manufacturer: 'Maker',
  model: 'Pump',
  hardwareRevision: 'B',
  bootloader: '1.3',
  firmware: '6.2.5',
  serial: 'S-1',
}
const token = 'a'.repeat(32)
const row = {
  ...{ serial: 'S-1', manufacturer: 'Maker', model: 'Pump', type: 'plc', hardwareRevision: 'A', firmware: '6.2.5' },
  ...{ site: 'Works', controllerId: 'c-1', token },
  identity: { protocol: 'http' as const, host: '127.0.0.1', port: 8080, path: '/identity' },
}

/** An imported device, as its adapter knows it. */
async function imported(more: object = {}) {
  await call(to, contract.importDevices, { body: { devices: [{ ...row, ...more }] } })
  const device = await who('c-1', token)
  if (!device) throw new Error('The device is not known by its token')
  return device
}

describe('a device that nobody knows', () => {
  test('registers itself into quarantine, and stays one device however often it does', async () => {
    const device = await register('c-1')
    expect(await Promise.all(['c-1', 'c-1', 'c-2', 'c-2'].map(register))).toMatchObject([device, device, {}, {}])
    expect((await call(to, contract.listDevices, {})).items).toHaveLength(2)
    expect(device).toMatchObject({ state: 'quarantined', isRig: false })
    expect(await deviceOf(device.uid)).toMatchObject({
      state: 'quarantined',
      model: 'unknown',
      site: null,
      hasToken: false,
    })
    expect(await eventsOf(device.uid)).toEqual(['device.registered'])
  })

  test('is shown as what it says it is, and gets no bill by its own word', async () => {
    const device = await register('c-1')
    await claim(device.id, { ...self, owner: 'me', site: 'Works' })
    const shown = await deviceOf(device.uid)
    expect(shown).toMatchObject({
      manufacturer: 'Maker',
      model: 'Pump',
      hardwareRevision: 'B',
      firmware: '6.2.5',
      site: null,
      owner: null,
    })
    expect(shown.facts.map(({ source, assurance }) => `${source} ${assurance}`)).toEqual(Array(6).fill('ddi claimed'))
    for (const n of [1, 2, 3]) await claim(device.id, { model: `Flood ${n}`, firmware: `${n}` })
    expect((await call(to, contract.listModels, {})).items.map(({ name }) => name)).toEqual(['unknown', 'Pump'])
    expect((await call(to, contract.listBills, {})).items).toHaveLength(1)
  })

  test('is let in by a person, into a site, as what it said', async () => {
    const device = await register('c-1')
    const admit = { params: { id: device.uid }, body: { site: 'Works', name: 'Pump 1', token } }
    expect(await outcome(to, contract.admitDevice, admit)).toMatchObject({ code: 'inventory/facts-missing' })
    await claim(device.id, self)
    const elsewhere = { ...admit, body: { site: 'Elsewhere' } }
    expect(await outcome(to, contract.admitDevice, elsewhere)).toMatchObject({ code: 'inventory/site-unknown' })
    expect(await call(to, contract.admitDevice, admit)).toMatchObject({
      state: 'live',
      serial: 'S-1',
      name: 'Pump 1',
      site: 'Works',
    })
    expect(await outcome(to, contract.admitDevice, admit)).toMatchObject({ code: 'inventory/not-quarantined' })
    const { bills, bill, keys, hasToken } = await deviceOf(device.uid)
    expect({ hasToken, bills: bills.map((each) => each.bill) }).toEqual({
      hasToken: true,
      bills: [bill, bills[1]?.bill],
    })
    expect(keys).toContainEqual({ kind: 'serial', value: 'S-1' })
    expect(await eventsOf(device.uid)).toEqual(['device.registered', 'device.admitted'])
  })

  test('is not let in under the serial of another', async () => {
    await imported()
    const device = await register('impostor')
    await claim(device.id, self)
    const admit = { params: { id: device.uid }, body: { site: 'Works' } }
    expect(await outcome(to, contract.admitDevice, admit)).toMatchObject({ code: 'inventory/serial-taken' })
  })

  test('is let in by an import that names its controller id', async () => {
    const device = await register('c-1')
    await claim(device.id, { ...self, serial: 'S-9' })
    const known = await imported()
    expect(known).toMatchObject({ id: device.id, uid: device.uid, state: 'live' })
    expect(await deviceOf(device.uid)).toMatchObject({ serial: 'S-1', name: 'S-1', site: 'Works' })
    expect(await eventsOf(device.uid)).toEqual(['device.registered', 'device.admitted'])
  })

  test('finds no room when a thousand wait already, until one is let go', async () => {
    // Few at a time: a transaction that goes on for five seconds is ended, and a busy machine is slow.
    for (let from = 0; from < 1000; from += 20)
      await within(async (scoped) => {
        for (let n = from; n < from + 20; n++) await registerDevice(scoped, systemClock, { controllerId: `flood-${n}` })
      })
    await expect(register('late')).rejects.toMatchObject({ code: 'inventory/quarantine-full' })
    const { uid } = await register('flood-0')
    await call(to, contract.retireDevice, { params: { id: uid } })
    expect(await register('late')).toMatchObject({ state: 'quarantined' })
  })

  test('takes no controller id of a device with a secret of its own, of a retired one, or that is none', async () => {
    const known = await imported()
    await expect(register('c-1')).rejects.toMatchObject({ code: 'inventory/controller-id-taken' })
    await call(to, contract.retireDevice, { params: { id: known.uid } })
    await expect(register('c-1')).rejects.toMatchObject({ code: 'inventory/controller-id-taken' })
    for (const wrong of ['', 'a/b', 'a b', 'x'.repeat(201), '\u0000'])
      await expect(register(wrong)).rejects.toMatchObject({ code: 'inventory/controller-id-malformed' })
  })
})

describe('a secret', () => {
  test('identifies the device whose it is, and no other', async () => {
    const known = await imported()
    expect(known).toMatchObject({ state: 'live', isRig: false, hardwareRevision: 'A' })
    expect(await who('c-1', 'b'.repeat(32))).toBeUndefined()
    expect(await who('c-2', token)).toBeUndefined()
    await call(to, contract.retireDevice, { params: { id: known.uid } })
    expect(await who('c-1', token)).toBeUndefined()
    expect(await deviceOf(known.uid)).toMatchObject({ state: 'retired', hasToken: false, identity: null })
    await call(to, contract.retireDevice, { params: { id: known.uid } })
    expect(await eventsOf(known.uid)).toEqual(['device.retired'])
  })

  test('of a gateway speaks for a device without one of its own, until it is revoked', async () => {
    const { gateway, secret } = await call(to, contract.createGateway, { body: { name: 'Hall 3' } })
    expect(await within((scoped) => gatewayOf(scoped, sha256(secret)))).toEqual({ id: gateway.id, name: 'Hall 3' })
    const device = await register('c-9')
    await imported()
    expect(await who('c-9', secret)).toEqual(device)
    expect(await who('c-1', secret)).toBeUndefined()
    await call(to, contract.revokeGateway, { params: { id: gateway.id } })
    expect(await who('c-9', secret)).toBeUndefined()
    expect(await within((scoped) => gatewayOf(scoped, sha256(secret)))).toBeUndefined()
    await call(to, contract.revokeGateway, { params: { id: gateway.id } })
    expect(await eventsOf(gateway.id)).toEqual(['gateway.created', 'gateway.revoked'])
    expect(JSON.stringify(await call(to, contract.listGateways, {}))).not.toContain(secret)
  })
})

test('what a live device claims is kept and ends nothing: its bill changes only when it is read', async () => {
  const { id, uid } = await imported({ owner: 'Works' })
  await claim(id, { firmware: '6.2.6', owner: 'me', model: 'Valve', serial: 'S-7' })
  expect(await deviceOf(uid)).toMatchObject({
    firmware: '6.2.5',
    billAssurance: 'claimed',
    owner: 'Works',
    model: 'Pump',
    serial: 'S-1',
  })
  const evidence = { source: 'http', ref: 'reading-1' }
  const adopt = (firmware: string) =>
    within((scoped) =>
      adoptReadings(scoped, systemClock, [
        { deviceId: id, firmware, hardwareRevision: 'C', assurance: 'observed', evidence },
      ]),
    ).then((adopted) => adopted.get(id))
  expect((await deviceOf(uid)).facts).toContainEqual(
    expect.objectContaining({ name: 'firmware', value: '6.2.6', source: 'ddi', effective: false }),
  )
  expect(await adopt('6.2.5')).toEqual({ changed: true, from: '6.2.5', to: '6.2.5' })
  await claim(id, { firmware: '6.2.7' })
  const device = await deviceOf(uid)
  expect(device).toMatchObject({ firmware: '6.2.5', billAssurance: 'observed', hardwareRevision: 'C' })
  expect(device.facts).toContainEqual(expect.objectContaining({ name: 'firmware', value: '6.2.7', effective: false }))
  expect(device.bills.map(({ assurance }) => assurance)).toEqual(['observed', 'claimed'])
  expect(device.bills[0]?.evidence).toEqual(evidence)
  expect(await adopt('6.2.5')).toEqual({ changed: false, from: '6.2.5', to: '6.2.5' })
  expect((await deviceOf(uid)).bills).toEqual(device.bills)
  expect((await eventsOf(uid)).toSorted()).toEqual(['device.bill-adopted', 'device.revised'])
})

test('the same firmware read back is better known, and that is told once', async () => {
  const { id, uid } = await imported()
  const before = await deviceOf(uid)
  const known = { assurance: 'observed', evidence: { source: 'coap', ref: 'x' } } as const
  for (const changed of [true, false])
    expect(
      await within((scoped) => adoptReadings(scoped, systemClock, [{ deviceId: id, firmware: '6.2.5', ...known }])),
    ).toEqual(new Map([[id, { changed, from: '6.2.5', to: '6.2.5' }]]))
  expect(await deviceOf(uid)).toMatchObject({ bill: before.bill, billAssurance: 'observed' })
  expect(await eventsOf(uid)).toEqual(['device.bill-adopted'])
})

test('two adoptions at one moment are two entries of the history, one after the other', async () => {
  const { id, uid } = await imported()
  const stopped = { now: () => new Date() }
  const at = stopped.now()
  const clock = { now: () => at }
  await within(async (scoped) => {
    for (const firmware of ['7', '8', '9'])
      await adoptReadings(scoped, clock, [
        { deviceId: id, firmware, assurance: 'observed', evidence: { source: firmware, ref: '' } },
      ])
  })
  const { bills } = await deviceOf(uid)
  expect(bills).toHaveLength(4)
  for (const [n, { from }] of bills.slice(0, -1).entries()) expect(bills[n + 1]?.to).toEqual(from)
})

test('an address is allowed only inside the networks of the device’s site', async () => {
  const { id } = await imported()
  const target = () => within((scoped) => readingTargets(scoped, [id, id + 1])).then((found) => found.get(id))
  expect(await target()).toEqual({ ...row.identity, allowed: true, serial: 'S-1', firmware: '6.2.5' })
  const [site] = (await call(to, contract.listSites, {})).items
  await call(to, contract.changeSite, {
    ifMatch: '*',
    params: { id: site?.id ?? 0 },
    body: { probeNetworks: ['10.0.0.0/8'] },
  })
  expect(await target()).toMatchObject({ allowed: false })
})

test('a device was last seen at the latest time that anybody noted', async () => {
  const { id, uid } = await imported()
  const at = (ms: number) => new Date(Date.UTC(2026, 0, 1) + ms)
  for (const ms of [5, 9, 7]) await within((scoped) => noteSeen(scoped, at(ms), [id, id]))
  expect((await deviceOf(uid)).lastSeen).toEqual(at(9))
})

test('action ids are handed out once', async () => {
  const batches = await Promise.all([50, 1, 50].map((n) => within((scoped) => nextActionIds(scoped, n))))
  expect(new Set(batches.flat()).size).toBe(101)
})

test('a firmware version stands for one bill, which many devices share and one event tells', async () => {
  const { modelId } = await imported()
  const bill = (version: string) => within((scoped) => firmwareBill(scoped, systemClock, modelId, version))
  const ids = await Promise.all([bill('7'), bill('7'), bill('7')])
  expect(new Set(ids).size).toBe(1)
  expect(await bill('8')).not.toBe(ids[0])
  expect(await eventsOf(String(ids[0]))).toEqual(['bill.created'])
  await expect(within((scoped) => firmwareBill(scoped, systemClock, modelId + 1000, '7'))).rejects.toMatchObject({
    code: 'inventory/model-unknown',
  })
  const components = await query(
    server.database.urls.superuser,
    `select c.supplier, c.name, c.version from inventory_bill_component b join inventory_component c on c.id = b.component_id where b.bill_id = $1`,
    [ids[0]],
  )
  expect(components).toEqual([{ supplier: 'Maker', name: 'Pump', version: '7' }])
})
