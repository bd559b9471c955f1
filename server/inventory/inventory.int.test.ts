import * as auth from '@suture/contract/auth.ts'
import { type Connection, call } from '@suture/contract/client.ts'
import * as contract from '@suture/contract/inventory.ts'
import { listEvents } from '@suture/contract/platform.ts'
import { query } from '@suture/testing/database.ts'
import { outcome, startTestServer, type TestServer, type TestTenant } from '@suture/testing/world.ts'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'

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
})

type Row = Parameters<typeof call<typeof contract.importDevices>>[2]['body']['devices'][number]
const row = (n: number, more: Partial<Row> = {}): Row => ({
  serial: `S-${n}`,
  manufacturer: 'Maker',
  model: 'Pump',
  type: 'plc',
  hardwareRevision: 'A',
  firmware: '6.2.5',
  ...more,
})
const full = (n: number, site: string): Row =>
  row(n, {
    name: `Pump ${n}`,
    bootloader: '1.3',
    site,
    area: 'Hall',
    zone: 'Line',
    owner: 'Works',
    criticality: 'high',
    exposure: 'internal',
    safetyRole: 'none',
    dataSensitivity: 'none',
    supportEnd: '2030-01-31',
    controllerId: `c-${n}`,
    token: n.toString(16).padStart(32, '0'),
    identity: { protocol: 'coap', host: '127.0.0.1', port: 5683, path: '/identity' },
  })

const load = (devices: Row[], dryRun = false, by = to) =>
  call(by, contract.importDevices, { body: { devices, dryRun } })
const refused = (devices: Row[], by = to) => outcome(by, contract.importDevices, { body: { devices } })
const devices = async (by = to) => (await call(by, contract.listDevices, {})).items
const deviceOf = async (name: string) => {
  const found = (await devices()).find((each) => each.serial === name)
  return call(to, contract.getDevice, { params: { id: found?.id ?? '' } })
}
const site = (name: string, probeNetworks: string[] = []) =>
  call(to, contract.createSite, { body: { name, probeNetworks } })
const kinds = async () => (await call(tenant.people.auditor, listEvents, {})).items.map(({ kind }) => kind)
const rows = (table: string) =>
  query(server.database.urls.superuser, `select * from ${table} where tenant_id = $1 order by 1, 2`, [tenant.id])

/** A machine that may see one site alone. */
async function limitedTo(id: number): Promise<Connection> {
  const { secret } = await call(tenant.people.admin, auth.createToken, {
    body: { name: 'one site', permissions: ['inventory:read', 'inventory:write', 'platform:read-events'], sites: [id] },
  })
  return { base: server.base, headers: { authorization: `Bearer ${secret}` } }
}

/** What a refused import complains about, as `row field`. */
async function complaints(given: Row[], by = to): Promise<string[]> {
  const error = await load(given, false, by).then(
    () => undefined,
    (problem: { problem: { code: string; errors: { row: number; field: string }[] } }) => problem.problem,
  )
  expect(error?.code).toBe('inventory/rows-refused')
  return error?.errors.map((each) => `${each.row} ${each.field}`) ?? []
}

describe('an import', () => {
  test('makes devices with everything that the rows say, each fact as claimed', async () => {
    await site('Works', ['127.0.0.0/8'])
    expect(await load([full(1, 'Works'), row(2)])).toMatchObject({ created: 2, changed: 0, unchanged: 0 })
    const device = await deviceOf('S-1')
    expect(device).toMatchObject({
      ...{ name: 'Pump 1', state: 'live', manufacturer: 'Maker', model: 'Pump', type: 'plc', hardwareRevision: 'A' },
      ...{
        bootloader: '1.3',
        firmware: '6.2.5',
        site: 'Works',
        area: 'Hall',
        zone: 'Line',
        owner: 'Works',
        rig: false,
      },
      ...{
        criticality: 'high',
        exposure: 'internal',
        supportEnd: '2030-01-31',
        billAssurance: 'claimed',
        hasToken: true,
      },
      identity: {
        protocol: 'coap',
        host: '127.0.0.1',
        port: 5683,
        path: '/identity',
        confirmedBy: 'operator',
        allowed: true,
      },
      keys: [
        { kind: 'controller-id', value: 'c-1' },
        { kind: 'serial', value: 'S-1' },
      ],
      bills: [{ to: null, assurance: 'claimed', evidence: { source: 'import' } }],
    })
    expect(device.facts.length).toBe(17)
    for (const fact of device.facts)
      expect(fact).toMatchObject({ source: 'import', assurance: 'claimed', effective: true })
    expect(JSON.stringify(device)).not.toContain(full(1, 'Works').token)
    expect(await deviceOf('S-2')).toMatchObject({ name: 'S-2', site: null, criticality: 'unknown', identity: null })
    expect(await kinds()).toContain('devices.imported')
  })

  test('said twice changes nothing, not even a time or the record', async () => {
    await site('Works')
    await load([full(1, 'Works'), row(2)])
    const tables = [
      'inventory_device',
      'inventory_fact',
      'inventory_device_bill',
      'inventory_endpoint',
      'platform_event',
    ]
    const before = await Promise.all(tables.map(rows))
    expect(await load([full(1, 'Works'), row(2)])).toMatchObject({ created: 0, changed: 0, unchanged: 2 })
    expect(await Promise.all(tables.map(rows))).toEqual(before)
  })

  test('as a dry run says what would happen and changes nothing', async () => {
    await load([row(1)])
    const tables = ['inventory_device', 'inventory_model', 'inventory_component', 'inventory_fact', 'platform_event']
    const before = await Promise.all(tables.map(rows))
    const tried = await load([row(1, { owner: 'Else', model: 'New' }), row(2), row(1, { serial: 'S-3' })], true)
    expect(tried).toMatchObject({ dryRun: true, created: 2, changed: 1, unchanged: 0 })
    expect(tried.rows[0]).toEqual({ row: 1, serial: 'S-1', outcome: 'changed', fields: ['model', 'owner'] })
    expect(await Promise.all(tables.map(rows))).toEqual(before)
  })

  test('names every row and field that speaks against it, and then imports none', async () => {
    await load([row(1, { controllerId: 'taken' })])
    const wrong = [
      row(2, { site: 'Nowhere' }),
      row(3),
      row(3, { controllerId: 'mine' }),
      row(4, { controllerId: 'mine' }),
      row(5, { controllerId: 'taken' }),
      row(6, { token: 'f'.repeat(32) }),
      row(7, { type: 'camera' }),
    ]
    expect(await complaints(wrong)).toEqual([
      '1 /devices/0/site',
      '3 /devices/2/serial',
      '4 /devices/3/controllerId',
      '5 /devices/4/controllerId',
      '6 /devices/5/token',
      '7 /devices/6/type',
    ])
    expect((await devices()).map((each) => each.serial)).toEqual(['S-1'])
  })

  test('makes a rig of a device that is new, and never of one in service', async () => {
    await load([row(1), row(2, { rig: true })])
    expect(await complaints([row(1, { rig: true })])).toEqual(['1 /devices/0/rig'])
    expect(await load([row(2, { rig: true })])).toMatchObject({ unchanged: 1 })
    expect((await devices()).map(({ rig }) => rig)).toEqual([false, true])
  })

  test('refuses the form of a row before it looks at any', async () => {
    const malformed = [
      row(1, { token: 'short' }),
      row(1, { serial: 'a\u0000' }),
      row(1, { identity: { protocol: 'http', host: 'example.org', port: 80, path: '/' } }),
      row(1, { supportEnd: 'soon' }),
    ]
    for (const each of malformed) expect(await refused([row(2), each])).toMatchObject({ code: 'http/malformed' })
    expect(await devices()).toEqual([])
  })

  test('changes what it says and leaves what it leaves out', async () => {
    await site('Works')
    await load([full(1, 'Works')])
    const again = await load([row(1, { firmware: '6.2.6', owner: 'Else' })])
    expect(again.rows[0]).toMatchObject({ outcome: 'changed', fields: ['firmware', 'owner'] })
    const device = await deviceOf('S-1')
    expect(device).toMatchObject({
      firmware: '6.2.6',
      owner: 'Else',
      site: 'Works',
      criticality: 'high',
      hasToken: true,
    })
    expect(device.bills.map(({ to: end }) => end === null)).toEqual([true, false])
    expect(device.bills[0]?.bill).toBe(device.bill)
    expect(device.bills[0]?.from).toEqual(device.bills[1]?.to)
  })

  test('that comes twice at one moment makes each device once, and no fault', async () => {
    const list = [row(1, { controllerId: 'c-1' }), row(2)]
    const answers = await Promise.all([refused(list), refused(list.toReversed()), refused(list)])
    for (const answer of answers) if (!('reply' in answer)) expect(answer.code).toBe('inventory/rows-refused')
    expect((await devices()).map((each) => each.serial).sort()).toEqual(['S-1', 'S-2'])
  })

  test('of ten thousand devices is one call', async () => {
    const many = Array.from({ length: 10_000 }, (_, n) => row(n))
    expect(await load(many)).toMatchObject({ created: 10_000 })
    expect(await refused([...many, row(10_000)])).toMatchObject({ code: 'http/malformed' })
  })
})

describe('whoever is limited to a site', () => {
  test('sees the devices of that site alone, and changes none of another', async () => {
    const [hall] = [await site('Hall'), await site('Yard')]
    await load([row(1, { site: 'Hall' }), row(2, { site: 'Yard' }), row(3)])
    const limited = await limitedTo(hall.id)
    expect((await devices(limited)).map((each) => each.serial)).toEqual(['S-1'])
    expect((await call(limited, contract.listSites, {})).items.map(({ name }) => name)).toEqual(['Hall'])
    const yard = await deviceOf('S-2')
    expect(await outcome(limited, contract.getDevice, { params: { id: yard.id } })).toMatchObject({ status: 404 })
    expect(await outcome(limited, contract.retireDevice, { params: { id: yard.id } })).toMatchObject({ status: 404 })
    expect(await complaints([row(2, { site: 'Hall' })], limited)).toEqual(['1 /devices/0/serial'])
    expect(await complaints([row(4, { site: 'Yard' }), row(5)], limited)).toEqual([
      '1 /devices/0/site',
      '2 /devices/1/site',
    ])
    expect(await deviceOf('S-2')).toMatchObject({ site: 'Yard', bills: yard.bills })
    expect(await load([row(6, { site: 'Hall' })], false, limited)).toMatchObject({ created: 1 })
  })

  test('reads nothing of the record, which tells of every site', async () => {
    const limited = await limitedTo((await site('Hall')).id)
    const refused = { code: 'auth/all-sites-needed', status: 403 }
    expect(await outcome(limited, listEvents, {})).toEqual(refused)
    const stream = await fetch(`${server.base}/api/v1/events/stream`, { headers: limited.headers ?? {} })
    expect({ status: stream.status, body: await stream.json() }).toMatchObject({
      status: 403,
      body: { code: refused.code },
    })
  })

  test('makes no site and no gateway', async () => {
    const limited = await limitedTo((await site('Hall')).id)
    const code = 'auth/all-sites-needed'
    expect(await outcome(limited, contract.createSite, { body: { name: 'Mine' } })).toMatchObject({ code })
    expect(await outcome(limited, contract.createGateway, { body: { name: 'Mine' } })).toMatchObject({ code })
  })
})

test('a site takes only networks of devices, and nobody’s name', async () => {
  const hall = await site('Hall', ['10.0.0.0/8'])
  const code = 'inventory/network-refused'
  for (const wrong of [
    '10.0.0.0',
    '0.0.0.0/0',
    '1.0.0.0/0',
    '10.0.0.1/8',
    '127.0.0.0/7',
    '169.254.169.254/32',
    '::1/64',
  ])
    expect(await outcome(to, contract.createSite, { body: { name: wrong, probeNetworks: [wrong] } })).toMatchObject({
      code,
    })
  const taken = { code: 'inventory/site-name-taken' }
  expect(await outcome(to, contract.createSite, { body: { name: 'Hall' } })).toMatchObject(taken)
  const yard = await site('Yard')
  expect(yard.probeNetworks).toEqual([])
  const rename = { params: { id: yard.id }, body: { name: 'Hall' } }
  expect(await outcome(to, contract.changeSite, { ...rename, ifMatch: '*' })).toMatchObject(taken)
  const change = { params: { id: hall.id }, body: { probeNetworks: ['127.0.0.0/8'] } }
  expect(await call(to, contract.changeSite, { ...change, ifMatch: '*' })).toMatchObject({
    name: 'Hall',
    probeNetworks: ['127.0.0.0/8'],
  })
  await call(to, contract.changeSite, { ...change, ifMatch: '*' })
  expect((await kinds()).filter((kind) => kind === 'site.changed')).toHaveLength(1)
})

test('the first page of devices tells how many fit, of those that the caller may see, and no other page does', async () => {
  const hall = await site('Hall')
  await load([row(1, { site: 'Hall' }), row(2, { site: 'Hall', model: 'Valve' }), row(3), row(4)])
  const other = await server.addTenant(`plant${serial++}`)
  await load([row(1)], false, other.people.operator)
  const counted = async (query: object = {}, by = to) => (await call(by, contract.listDevices, { query })).counts
  expect(await counted({ limit: 1 })).toEqual({ devices: 4 })
  expect(await counted({ q: 'site:Hall' })).toEqual({ devices: 2 })
  expect(await counted({ q: 'site:Hall vendor:Maker model:Valve state:live' })).toEqual({ devices: 1 })
  expect(await counted({ q: 's-4' })).toEqual({ devices: 1 })
  expect(await counted({ q: 'state:retired' })).toEqual({ devices: 0 })
  expect(await counted({}, await limitedTo(hall.id))).toEqual({ devices: 2 })
  expect(await counted({}, other.people.operator)).toEqual({ devices: 1 })
  const first = await call(to, contract.listDevices, { query: { limit: 3 } })
  expect(await counted({ limit: 3, cursor: first.next as string })).toBeUndefined()
})

test('devices are found page by page, by site, model, state and part of a name', async () => {
  await site('Hall')
  await load([row(1, { site: 'Hall', name: '100%' }), row(2, { model: 'Valve' }), row(3, { name: '100 pumps' })])
  const list = async (given: object) =>
    (await call(to, contract.listDevices, { query: given })).items.map((each) => each.serial)
  expect(await list({ q: 'site:Hall' })).toEqual(['S-1'])
  expect(await list({ q: 'model:Valve manufacturer:Maker' })).toEqual(['S-2'])
  expect(await list({ q: '100%' })).toEqual(['S-1'])
  expect(await list({ q: 's-' })).toEqual(['S-1', 'S-2', 'S-3'])
  expect(await list({ q: 'state:retired' })).toEqual([])
  const first = await call(to, contract.listDevices, { query: { limit: 2 } })
  const second = await call(to, contract.listDevices, { query: { limit: 2, cursor: first.next as string } })
  expect([...first.items, ...second.items].map((each) => each.serial)).toEqual(['S-1', 'S-2', 'S-3'])
  expect((await call(to, contract.listModels, {})).items).toMatchObject([
    { name: 'Pump', type: 'plc', devices: 2 },
    { name: 'Valve', devices: 1 },
  ])
})

test('sites and models are found by part of a name, which stands for itself alone', async () => {
  for (const name of ['Hall 1', 'Old hall', 'Yard']) await site(name)
  await load([row(1), row(2, { model: '50% Valve' }), row(3, { model: '500 Valve' })])
  const sites = async (text: string) =>
    (await call(to, contract.listSites, { query: { text } })).items.map(({ name }) => name)
  const models = async (text: string) =>
    (await call(to, contract.listModels, { query: { text } })).items.map(({ name }) => name)
  expect(await sites('hALL')).toEqual(['Hall 1', 'Old hall'])
  expect(await sites('gone')).toEqual([])
  expect(await models('maker 50')).toEqual(['50% Valve', '500 Valve'])
  expect(await models('0%')).toEqual(['50% Valve'])
})
