import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { call } from '@suture/contract/client.ts'
import { importDevices } from '@suture/contract/inventory.ts'
import {
  explainDecision,
  listDeviceClocks,
  listFindingGroups,
  listFindings,
  listFixes,
  mostDeviceClocks,
} from '@suture/contract/risk.ts'
import { query } from '@suture/testing/database.ts'
import { addFleet, type FleetDevice } from '@suture/testing/fleet.ts'
import { outcome, startTestServer, type TestServer, type TestTenant } from '@suture/testing/world.ts'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { feeds, handlersWith, reactions } from '#app.ts'
import { importKnowledge, type KnowledgeDocument } from '#intelligence/index.ts'
import { systemScope } from '#platform/database/store.ts'
import { newId } from '#platform/id.ts'
import { createLog } from '#platform/log.ts'
import { createMetrics } from '#platform/metrics.ts'
import { react } from '#platform/tasks/reaction.ts'
import { startWorker } from '#platform/tasks/worker.ts'
import { startTicker } from '#platform/ticker.ts'
import { decide, type Inputs } from './decisions/decide.ts'

const handlers = handlersWith({ signerKeys: '/nowhere' })
const facts = JSON.parse(
  readFileSync(new URL('../../data/knowledge/devices.json', import.meta.url), 'utf8'),
) as KnowledgeDocument
type Vulnerability = KnowledgeDocument['vulnerabilities'][number]

const day = (text: string) => new Date(`${text}T12:00:00Z`)
const endOf = (text: string) => new Date(`${text}T23:59:59.999Z`)
const vision = 'CVE-2023-6448'
/** Not listed as exploited, automatable, of total impact. */
const scripted = 'CVE-2024-2422'
const netbox = { manufacturer: 'LenelS2', model: 'NetBox', firmware: '5.6.1' }

let server: TestServer
/** The time at which things happen; people look at what came of it when all of it is over. */
let time = day('2026-11-01')
const evening = day('2026-12-24')
beforeAll(async () => {
  server = await startTestServer({ clock: { now: () => evening } })
})
afterAll(() => server.stop())

/** The facts with something else in the records that are kept. */
const written = (change: (each: Vulnerability) => object, retrieved: string) =>
  Buffer.from(
    JSON.stringify({
      ...facts,
      source: { ...facts.source, retrieved },
      vulnerabilities: facts.vulnerabilities.map(change),
    }),
  )
let version = 0
const learn = (change: (each: Vulnerability) => object = (each) => each) =>
  importKnowledge(
    server.database.worker,
    { now: () => time },
    written(change, `2027-01-${String(++version).padStart(2, '0')}`),
  )

const device = (given: Partial<FleetDevice> = {}): FleetDevice => ({
  uid: newId(time),
  manufacturer: 'Unitronics',
  model: 'Vision',
  firmware: '12.37',
  exposure: 'exposed',
  createdAt: time,
  ...given,
})

let tenant: TestTenant
let serial = 0
beforeEach(async () => {
  time = day('2026-11-01')
  tenant = await server.addTenant(`fleet${serial++}`)
})
const have = (...devices: FleetDevice[]) => addFleet(server.database.urls.superuser, tenant.id, devices)
const context = () => ({
  store: server.database.worker,
  clock: { now: () => time },
  scope: systemScope(tenant.id, 'test'),
  payload: { subject: 'test' },
  signal: new AbortController().signal,
})
/** What the worker does after an event: it matches, then decides. */
async function work(): Promise<void> {
  await handlers['intelligence/match'](context())
  await handlers['risk/decide'](context())
}
const findings = (query: object = {}) => call(tenant.people.viewer, listFindings, { query })
const clocks = (...devices: FleetDevice[]) =>
  call(tenant.people.viewer, listDeviceClocks, { query: { devices: devices.map(({ uid }) => uid).join() } })
async function limitViewerTo(site: string): Promise<void> {
  await query(
    server.database.urls.superuser,
    `update platform_user set site_ids = (select array_agg(id) from inventory_site where tenant_id = $2 and name = $3)
      where id = $1`,
    [tenant.people.viewer.id, tenant.id, site],
  )
}
const events = () =>
  query<{ subject: string; detail: object }>(
    server.database.urls.superuser,
    `select subject, detail from platform_event where tenant_id = $1 and kind = 'decision.changed' order by id`,
    [tenant.id],
  )

describe('a finding', () => {
  test('has the deadline of its decision, and is not overdue the moment the device is found', async () => {
    await learn()
    const first = device()
    await have(first)
    await work()
    time = day('2026-12-24')
    const late = device()
    await have(late)
    await work()
    const { items, counts } = await findings({ vulnerability: vision })
    expect(items.map((each) => [each.device.id, each.outcome, each.dueAt])).toEqual([
      [first.uid, '3DF', endOf('2026-11-04')],
      [late.uid, '3DF', endOf('2026-12-27')],
    ])
    expect(counts).toEqual({ findings: 2, devices: 2, vulnerabilities: 1, overdue: 1, undecided: 0 })
  })

  test('is decided for the exposure of its device, and unknown counts as exposed', async () => {
    await learn()
    const fleet = (['exposed', 'internal', 'isolated', 'unknown'] as const).map((exposure) =>
      device({ ...netbox, exposure }),
    )
    await have(...fleet)
    await work()
    const { items } = await findings({ vulnerability: scripted })
    const told = new Map(items.map((each) => [each.device.id, each.outcome]))
    expect(fleet.map(({ uid }) => told.get(uid))).toEqual(['3D', '60D', '60D', '3D'])
    const [known, unknown] = await Promise.all(
      [0, 3].map((at) =>
        call(tenant.people.viewer, explainDecision, { params: { id: fleet[at]?.uid ?? '', vulnerability: scripted } }),
      ),
    )
    expect(known?.insufficient).toEqual([])
    expect(unknown?.insufficient).toEqual(['publiclyExposed'])
    expect(unknown?.facts.publiclyExposed).toMatchObject({ value: null, counted: 'yes', source: null })
  })

  test('is none on a rig, a quarantined or a retired device', async () => {
    await learn()
    await have(device({ isRig: true }), device({ state: 'quarantined' }), device({ state: 'retired' }))
    await work()
    expect((await findings()).counts.findings).toBe(0)
  })

  test('is listed page by page, each once, the earliest deadline first and those without one last', async () => {
    await learn()
    await have(device(), device({ exposure: 'isolated' }), device({ ...netbox, exposure: 'isolated' }), device(netbox))
    await work()
    const whole = (await findings()).items
    const paged: typeof whole = []
    for (let cursor: string | undefined; ; ) {
      const page = await findings({ limit: 3, ...(cursor === undefined ? {} : { cursor }) })
      paged.push(...page.items)
      cursor = page.next
      if (cursor === undefined) break
    }
    expect(whole).toHaveLength(8)
    expect(paged).toEqual(whole)
    const due = whole.map(({ dueAt }) => dueAt?.getTime() ?? Number.POSITIVE_INFINITY)
    expect(due).toEqual(due.toSorted((a, b) => a - b))
    expect(due).toContain(Number.POSITIVE_INFINITY)
  })

  test('of a site that the caller may not see is neither listed nor counted nor explained', async () => {
    await learn()
    const [mine, other] = [device({ site: 'Mine' }), device({ site: 'Other' })]
    await have(mine, other)
    await work()
    await limitViewerTo('Mine')
    const { items, counts } = await findings()
    expect(items.map((each) => each.device.id)).toEqual([mine.uid])
    expect(counts).toMatchObject({ findings: 1, devices: 1 })
    const params = { id: other.uid, vulnerability: vision }
    expect(await outcome(tenant.people.viewer, explainDecision, { params })).toEqual({
      code: 'risk/decision-unknown',
      status: 404,
    })
  })
})

describe('a group of findings', () => {
  const groups = async () => (await call(tenant.people.viewer, listFindingGroups, { query: {} })).items

  test('is what the list holds of one model and one deadline, whatever day its devices came', async () => {
    await learn()
    await have(
      device(),
      device(),
      device({ exposure: 'isolated' }),
      device(netbox),
      device({ ...netbox, exposure: 'isolated' }),
    )
    await have(device({ isRig: true }), device({ state: 'retired' }))
    await work()
    time = day('2026-12-24')
    await have(device({ createdAt: time }), device({ createdAt: time }))
    await work()
    const { items, counts } = await findings({ limit: 500 })
    const expected = Map.groupBy(items, (each) => `${each.device.model} ${each.dueAt?.toISOString()}`)
    const told = await groups()
    expect(told.map(({ model, dueAt }) => `${model} ${dueAt?.toISOString()}`).toSorted()).toEqual(
      [...expected.keys()].toSorted(),
    )
    for (const group of told) {
      const same = expected.get(`${group.model} ${group.dueAt?.toISOString()}`) ?? []
      expect(group).toMatchObject({
        findings: same.length,
        devices: new Set(same.map((each) => each.device.id)).size,
        vulnerabilities: new Set(same.map((each) => each.vulnerability)).size,
        unknown: same.filter(({ verdict }) => verdict === 'unknown').length,
        undecided: 0,
      })
      expect(new Set(group.most)).toEqual(new Set(same.map((each) => each.vulnerability)))
      expect(same.map((each) => each.device.id)).toContain(group.example.device)
    }
    expect(told.reduce((sum, group) => sum + group.findings, 0)).toBe(counts.findings)
    const due = told.map(({ dueAt }) => dueAt?.getTime() ?? Number.POSITIVE_INFINITY)
    expect(due).toEqual(due.toSorted((a, b) => a - b))
  })

  test('that waits to be decided says so, and is not taken for a patient one', async () => {
    await learn()
    await have(device())
    await handlers['intelligence/match'](context())
    expect(await groups()).toMatchObject([{ outcome: null, dueAt: null, undecided: 1, findings: 1 }])
  })

  test('holds nothing of sites that the caller may not see', async () => {
    await learn()
    await have(device({ site: 'Mine' }), device({ site: 'Other' }))
    await work()
    await limitViewerTo('Mine')
    expect(await groups()).toMatchObject([{ findings: 1, devices: 1 }])
  })
})

describe('the clock of a device', () => {
  test('is the earliest deadline of its findings, with the most urgent outcome and what waits to be decided', async () => {
    await learn()
    const [urgent, milder, none] = [
      device(netbox),
      device({ ...netbox, exposure: 'isolated' }),
      device({ model: 'Other' }),
    ]
    const fleet = [urgent, milder, none]
    await have(...fleet)
    await work()
    const waiting = device()
    await have(waiting, device({ isRig: true }))
    const told = new Map((await clocks(...fleet, waiting)).items.map((each) => [each.device, each]))
    const { items } = await findings()
    const outcomes = ['FSU', '60D', '14D', '3D', '3DF']
    for (const { uid } of fleet) {
      const its = items.filter((each) => each.device.id === uid)
      const due = its.flatMap(({ dueAt }) => dueAt ?? []).map(Number)
      const worst = its.map(({ outcome: each }) => outcomes.indexOf(each ?? ''))
      expect(told.get(uid)).toEqual({
        device: uid,
        isJudged: true,
        findings: its.length,
        undecided: 0,
        outcome: outcomes[Math.max(...worst)] ?? null,
        dueAt: due.length ? new Date(Math.min(...due)) : null,
      })
    }
    expect(told.get(urgent.uid)).toMatchObject({ findings: 3, outcome: '3D', dueAt: endOf('2026-11-04') })
    expect(told.get(none.uid)).toMatchObject({ findings: 0, outcome: null, dueAt: null })
    expect(told.get(waiting.uid)).toMatchObject({ isJudged: false, findings: 0 })
    await handlers['intelligence/match'](context())
    expect((await clocks(waiting)).items).toMatchObject([{ isJudged: true, findings: 1, undecided: 1, outcome: null }])
  })

  test('is not told of rigs, of devices in quarantine or retired, of other sites, or of other tenants', async () => {
    await learn()
    const [mine, other, foreign] = [device({ site: 'Mine' }), device({ site: 'Other' }), device({ site: 'Mine' })]
    const out = [{ isRig: true }, { state: 'quarantined' }, { state: 'retired' }].map((each) =>
      device({ site: 'Mine', ...each }),
    )
    await have(mine, other, ...out)
    const neighbour = await server.addTenant(`fleet${serial++}`)
    await addFleet(server.database.urls.superuser, neighbour.id, [foreign])
    await work()
    const asked = [mine, other, ...out, foreign]
    const told = async () => (await clocks(...asked)).items.map((each) => each.device)
    expect(new Set(await told())).toEqual(new Set([mine.uid, other.uid]))
    await limitViewerTo('Mine')
    expect(await told()).toEqual([mine.uid])
  })

  test('is asked for by ids, a hundred at the most', async () => {
    const ids = (count: number) => Array.from({ length: count }, () => newId(time)).join()
    const asked = (devices: string) => outcome(tenant.people.viewer, listDeviceClocks, { query: { devices } })
    expect(await asked(ids(mostDeviceClocks))).toMatchObject({ reply: { items: [] } })
    const malformed = { code: 'http/malformed', status: 400 }
    for (const wrong of [ids(mostDeviceClocks + 1), '', 'all', `${ids(1)},`])
      expect(await asked(wrong)).toMatchObject(malformed)
  })
})

describe('a decision', () => {
  test('is made again when a feed brings a listing: stricter, from the day on which it became known here', async () => {
    await learn(({ kev: _, ...each }) => each)
    const one = device({ exposure: 'internal' })
    await have(one)
    await work()
    expect((await findings()).items[0]).toMatchObject({ outcome: '60D', dueAt: endOf('2026-12-31') })
    time = day('2026-11-10')
    await learn()
    await work()
    expect((await findings()).items[0]).toMatchObject({ outcome: '3DF', dueAt: endOf('2026-11-13') })
    expect(await events()).toEqual([
      { subject: vision, detail: { made: 1, stricter: 0, milder: 0, mostUrgent: '60D' } },
      { subject: vision, detail: { made: 0, stricter: 1, milder: 0, mostUrgent: '3DF' } },
    ])
    const told = await call(tenant.people.viewer, explainDecision, { params: { id: one.uid, vulnerability: vision } })
    expect(told).toMatchObject({
      row: 14,
      outcome: '3DF',
      days: 3,
      facts: {
        publiclyExposed: { value: 'no', source: 'inventory: internal' },
        inKev: { value: 'yes', at: '2023-12-11', knownAt: time },
        automatable: { value: 'yes' },
        technicalImpact: { value: 'total' },
      },
      clockStart: time,
      before: { outcome: '60D', dueAt: endOf('2026-12-31') },
      otherwise: expect.arrayContaining([{ fact: 'inKev', value: 'no', outcome: '60D' }]),
    })
  })

  test('that comes out the same keeps its clock, and tells nothing', async () => {
    await learn()
    await have(device())
    await work()
    const before = await findings()
    time = day('2026-11-20')
    await learn((each) => ({ ...each, references: [] }))
    await work()
    expect((await findings()).items).toEqual(before.items)
    expect(await events()).toHaveLength(1)
  })

  test('made again from what was stored with it is the one that was stored', async () => {
    await learn(({ kev: _, ...each }) => each)
    await have(device(), device({ exposure: 'internal' }), device({ firmware: 'unreadable' }))
    await work()
    time = day('2026-11-03')
    await learn()
    await work()
    const rows = await query<{
      inputs: Inputs
      table_row: number
      outcome: string
      clock_start: Date
      due_at: Date | null
      insufficient: string[]
    }>(
      server.database.urls.superuser,
      'select inputs, table_row, outcome, clock_start, due_at, insufficient from risk_decision where tenant_id = $1',
      [tenant.id],
    )
    expect(rows).toHaveLength(3)
    for (const { inputs, ...stored } of rows) {
      const { row, clock, insufficient } = decide(inputs)
      expect({
        table_row: row,
        outcome: clock.outcome,
        clock_start: clock.start,
        due_at: clock.due,
        insufficient,
      }).toEqual(stored)
    }
  })

  test('ends with its match', async () => {
    await learn()
    await have(device())
    await work()
    await learn((each) => ({ ...each, affected: [] }))
    await work()
    expect(
      await query(server.database.urls.superuser, 'select from risk_decision where tenant_id = $1', [tenant.id]),
    ).toEqual([])
  })
})

const row = {
  serial: 'S-1',
  manufacturer: 'Unitronics',
  model: 'Vision',
  type: 'plc',
  hardwareRevision: 'A',
  firmware: '12.37',
  exposure: 'exposed',
} as const

/** What runs beside the API: the worker, the reactions, the look at the feeds. */
async function startWorking() {
  const { worker: store, workerPool: pool } = server.database
  const clock = { now: () => time }
  const log = createLog('fatal')
  const parts = { store, clock, log, tenants: async () => [tenant] }
  const running = [
    await startWorker({ ...parts, pool, metrics: createMetrics(), handlers, recurring: [] }),
    await feeds.watch({ ...parts, home: server.home }),
    startTicker({
      ...parts,
      name: 'reactions',
      everyMs: 50,
      run: async (id) => void (await react(store, clock, id, reactions)),
    }),
  ]
  return async () => {
    for (const each of running.reverse()) await each.stop()
  }
}

async function eventually(condition: () => Promise<boolean>): Promise<void> {
  const enough = AbortSignal.timeout(30_000)
  while (!(await condition())) if (enough.aborted) throw new Error('It did not happen in time')
}

test('an imported device and a document that is handed in lead to a decision without anybody asking, and so does a device that comes later', async () => {
  const stop = await startWorking()
  const bring = (...devices: object[]) =>
    call(tenant.people.operator, importDevices, { body: { devices: devices as never, dryRun: false } })
  await bring(row)
  const file = join(server.home, 'facts.json')
  writeFileSync(
    file,
    written((each) => each, '2027-06-01'),
  )
  await feeds.submit(server.home, file)
  const outcomes = async () =>
    (await findings()).items.map((each) => `${each.device.serial} ${each.vulnerability} ${each.outcome}`)
  await eventually(async () => (await outcomes()).join() === `S-1 ${vision} 3DF`)
  await bring(
    { ...row, serial: 'S-2', ...netbox, exposure: 'isolated' },
    { ...row, serial: 'S-3', exposure: 'isolated' },
  )
  await eventually(async () => {
    const { counts, items } = await findings()
    return counts.undecided === 0 && items.length === 5
  })
  await stop()
  const found = await outcomes()
  expect(found).toContain(`S-2 ${scripted} 60D`)
  expect(found).toContain(`S-3 ${vision} 3DF`)
}, 120_000)

/** Stores a release as rows: what the slice of releases would have stored. */
async function release(given: { model: string; version: string; revision?: string; state?: string }): Promise<string> {
  const id = newId(time)
  const { superuser } = server.database.urls
  await query(
    superuser,
    `insert into releases_artifact values ($1, sha256('a'), substr(sha256('a'), 1, 20), substr(sha256('a'), 1, 16), 1, 'a', 'x', now()) on conflict do nothing`,
    [tenant.id],
  )
  await query(
    superuser,
    `insert into releases_release (tenant_id, id, name, version, state, created_by, created_at) values ($1, $2, 'R', $3, $4, $2, now())`,
    [tenant.id, id, given.version, given.state ?? 'published'],
  )
  await query(
    superuser,
    `insert into releases_target select $1, $2, id, $4, sha256('a') from inventory_model where tenant_id = $1 and name = $3`,
    [tenant.id, id, given.model, given.revision ?? ''],
  )
  return id
}
/** Makes a firmware version known without a device of the fleet that runs it. */
const known = (given: Partial<FleetDevice>) => have(device({ ...given, state: 'retired' }))
const fixes = (query: { state?: 'any' } = {}) => call(tenant.people.viewer, listFixes, { query })

describe('a fix', () => {
  test('closes what its firmware no longer has, on the devices that it reaches', async () => {
    await learn()
    await have(
      device(),
      device(),
      device({ hardwareRevision: 'B' }),
      device({ firmware: '12.38' }),
      device({ isRig: true }),
    )
    await release({ model: 'Vision', version: '12.38', revision: 'A' })
    await work()
    expect((await fixes()).items).toMatchObject([
      {
        release: { name: 'R', version: '12.38', state: 'published' },
        models: [{ manufacturer: 'Unitronics', model: 'Vision' }],
        isJudged: true,
        closes: { findings: 2, devices: 2 },
        undecided: 0,
        dueAt: endOf('2026-11-04'),
        vulnerabilities: [{ id: vision, findings: 2, dueAt: endOf('2026-11-04') }],
      },
    ])
  })

  test('closes nothing when its firmware is affected too, when nobody can read its version, or before it was judged', async () => {
    await learn()
    await have(device())
    for (const firmware of ['12.36', 'newest', '12.38']) await known({ firmware })
    await work()
    await query(
      server.database.urls.superuser,
      `delete from intelligence_bill b using inventory_firmware f where f.bill_id = b.bill_id and f.version = '12.38' and f.tenant_id = $1`,
      [tenant.id],
    )
    for (const version of ['12.36', 'newest', '12.38']) await release({ model: 'Vision', version })
    const { items } = await fixes()
    expect(
      items.map(({ release: { version }, isJudged, closes }) => [version, isJudged, closes.findings]).sort(),
    ).toEqual([
      ['12.36', true, 0],
      ['12.38', false, 0],
      ['newest', true, 0],
    ])
  })

  test('does not claim to end what its bill says nothing about, unless an SBOM tells everything that it holds', async () => {
    await learn()
    const part = { supplier: 'LenelS2', name: 'NetBox', version: '5.6.1' }
    await have(device({ model: 'Panel', firmware: '1', parts: [part] }))
    await known({ model: 'Panel', firmware: '2' })
    await known({ model: 'Panel', firmware: '3', parts: [{ supplier: 'X', name: 'Y', version: '1' }] })
    await known({ model: 'Panel', firmware: '4', parts: [{ ...part, version: '5.6.2' }] })
    await work()
    for (const version of ['2', '3', '4']) await release({ model: 'Panel', version })
    const { items } = await fixes()
    expect(
      items.map(({ release: { version }, closes, undecided }) => [version, closes.findings, undecided]).sort(),
    ).toEqual([
      ['2', 0, 3],
      ['3', 3, 0],
      ['4', 3, 0],
    ])
  })

  test('with the earliest deadline comes first, and drafts are listed on request alone', async () => {
    await learn()
    await have(device(), device({ ...netbox, exposure: 'internal' }))
    await known({ firmware: '12.38' })
    await known({ ...netbox, firmware: '5.6.2' })
    await work()
    await release({ model: 'NetBox', version: '5.6.2' })
    await release({ model: 'Vision', version: '12.38', state: 'draft' })
    expect((await fixes()).items.map((each) => each.release.version)).toEqual(['5.6.2'])
    expect((await fixes({ state: 'any' })).items.map((each) => each.release.version)).toEqual(['12.38', '5.6.2'])
  })
})
