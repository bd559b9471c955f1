import { call } from '@suture/contract/client.ts'
import { listVulnerabilities } from '@suture/contract/intelligence.ts'
import { explainDecision, listDeviceClocks, listFindingGroups, mostDeviceClocks } from '@suture/contract/risk.ts'
import { addFleet, type FleetDevice } from '@suture/testing/fleet.ts'
import {
  day,
  device,
  endOf,
  netbox,
  onRiskStage,
  type RiskScene,
  scripted,
  vision,
} from '@suture/testing/risk-scene.ts'
import { outcome } from '@suture/testing/world.ts'
import { describe, expect, test } from 'vitest'
import { newId } from '#platform/id.ts'

let scene: RiskScene
onRiskStage((made) => {
  scene = made
})

const clocks = (...devices: FleetDevice[]) =>
  call(scene.tenant.people.viewer, listDeviceClocks, { query: { devices: devices.map(({ uid }) => uid).join() } })
const limitViewerTo = (site: string) =>
  scene.sql(
    `update platform_user set site_ids = (select array_agg(id) from inventory_site where tenant_id = $2 and name = $3)
      where id = $1`,
    scene.tenant.people.viewer.id,
    scene.tenant.id,
    site,
  )

describe('a finding', () => {
  test('has the deadline of its decision, and is not overdue the moment the device is found', async () => {
    await scene.learn()
    const first = device()
    await scene.have(first)
    await scene.work()
    scene.time = day('2026-12-24')
    const late = device({ createdAt: scene.time })
    await scene.have(late)
    await scene.work()
    const { items, counts } = await scene.findings({ vulnerability: vision })
    expect(items.map((each) => [each.device.id, each.outcome, each.dueAt])).toEqual([
      [first.uid, '3DF', endOf('2026-11-04')],
      [late.uid, '3DF', endOf('2026-12-27')],
    ])
    expect(counts).toEqual({ findings: 2, devices: 2, vulnerabilities: 1, overdue: 1, undecided: 0 })
  })

  test('is decided for the exposure of its device, and unknown counts as exposed', async () => {
    await scene.learn()
    const fleet = (['exposed', 'internal', 'isolated', 'unknown'] as const).map((exposure) =>
      device({ ...netbox, exposure }),
    )
    await scene.have(...fleet)
    await scene.work()
    const { items } = await scene.findings({ vulnerability: scripted })
    const told = new Map(items.map((each) => [each.device.id, each.outcome]))
    expect(fleet.map(({ uid }) => told.get(uid))).toEqual(['3D', '60D', '60D', '3D'])
    const [known, unknown] = await Promise.all(
      [0, 3].map((at) =>
        call(scene.tenant.people.viewer, explainDecision, {
          params: { id: fleet[at]?.uid ?? '', vulnerability: scripted },
        }),
      ),
    )
    expect(known?.insufficient).toEqual([])
    expect(unknown?.insufficient).toEqual(['publiclyExposed'])
    expect(unknown?.facts.publiclyExposed).toMatchObject({ value: null, counted: 'yes', source: null })
  })

  test('is none on a rig, a quarantined or a retired device', async () => {
    await scene.learn()
    await scene.have(device({ isRig: true }), device({ state: 'quarantined' }), device({ state: 'retired' }))
    await scene.work()
    expect((await scene.findings()).counts.findings).toBe(0)
  })

  test('is listed page by page, each once, the earliest deadline first and those without one last', async () => {
    await scene.learn()
    await scene.have(
      device(),
      device({ exposure: 'isolated' }),
      device({ ...netbox, exposure: 'isolated' }),
      device(netbox),
    )
    await scene.work()
    const whole = (await scene.findings()).items
    const paged: typeof whole = []
    for (let cursor: string | undefined; ; ) {
      const page = await scene.findings({ limit: 3, ...(cursor === undefined ? {} : { cursor }) })
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
    await scene.learn()
    const [mine, other] = [device({ site: 'Mine' }), device({ site: 'Other' })]
    await scene.have(mine, other)
    await scene.work()
    await limitViewerTo('Mine')
    const { items, counts } = await scene.findings()
    expect(items.map((each) => each.device.id)).toEqual([mine.uid])
    expect(counts).toMatchObject({ findings: 1, devices: 1 })
    const params = { id: other.uid, vulnerability: vision }
    expect(await outcome(scene.tenant.people.viewer, explainDecision, { params })).toEqual({
      code: 'risk/decision-unknown',
      status: 404,
    })
  })
})

describe('a group of findings', () => {
  const groups = async () => (await call(scene.tenant.people.viewer, listFindingGroups, { query: {} })).items

  test('is what the list holds of one model and one deadline, whatever day its devices came', async () => {
    await scene.learn()
    await scene.have(
      device(),
      device(),
      device({ exposure: 'isolated' }),
      device(netbox),
      device({ ...netbox, exposure: 'isolated' }),
    )
    await scene.have(device({ isRig: true }), device({ state: 'retired' }))
    await scene.work()
    scene.time = day('2026-12-24')
    await scene.have(device({ createdAt: scene.time }), device({ createdAt: scene.time }))
    await scene.work()
    const { items, counts } = await scene.findings({ limit: 500 })
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
    await scene.learn()
    await scene.have(device())
    await scene.match()
    expect(await groups()).toMatchObject([{ outcome: null, dueAt: null, undecided: 1, findings: 1 }])
  })

  test('holds nothing of sites that the caller may not see', async () => {
    await scene.learn()
    await scene.have(device({ site: 'Mine' }), device({ site: 'Other' }))
    await scene.work()
    await limitViewerTo('Mine')
    expect(await groups()).toMatchObject([{ findings: 1, devices: 1 }])
  })
})

describe('the clock of a device', () => {
  test('is the earliest deadline of its findings, with the most urgent outcome and what waits to be decided', async () => {
    await scene.learn()
    const [urgent, milder, none] = [
      device(netbox),
      device({ ...netbox, exposure: 'isolated' }),
      device({ model: 'Other' }),
    ]
    const fleet = [urgent, milder, none]
    await scene.have(...fleet)
    await scene.work()
    const waiting = device()
    await scene.have(waiting, device({ isRig: true }))
    const told = new Map((await clocks(...fleet, waiting)).items.map((each) => [each.device, each]))
    const { items } = await scene.findings()
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
    await scene.match()
    expect((await clocks(waiting)).items).toMatchObject([{ isJudged: true, findings: 1, undecided: 1, outcome: null }])
  })

  test('is not told of rigs, of devices in quarantine or retired, of other sites, or of other tenants', async () => {
    await scene.learn()
    const [mine, other, foreign] = [device({ site: 'Mine' }), device({ site: 'Other' }), device({ site: 'Mine' })]
    const out = [{ isRig: true }, { state: 'quarantined' }, { state: 'retired' }].map((each) =>
      device({ site: 'Mine', ...each }),
    )
    await scene.have(mine, other, ...out)
    const neighbour = await scene.server.addTenant(`${scene.tenant.name}-neighbour`)
    await addFleet(scene.server.database.urls.superuser, neighbour.id, [foreign])
    await scene.work()
    const asked = [mine, other, ...out, foreign]
    const told = async () => (await clocks(...asked)).items.map((each) => each.device)
    expect(new Set(await told())).toEqual(new Set([mine.uid, other.uid]))
    await limitViewerTo('Mine')
    expect(await told()).toEqual([mine.uid])
  })

  test('is asked for by ids, a hundred at the most', async () => {
    const ids = (count: number) => Array.from({ length: count }, () => newId(scene.time)).join()
    const asked = (devices: string) => outcome(scene.tenant.people.viewer, listDeviceClocks, { query: { devices } })
    expect(await asked(ids(mostDeviceClocks))).toMatchObject({ reply: { items: [] } })
    const malformed = { code: 'http/malformed', status: 400 }
    for (const wrong of [ids(mostDeviceClocks + 1), '', 'all', `${ids(1)},`])
      expect(await asked(wrong)).toMatchObject(malformed)
  })
})

test('a vulnerability is found by part of its id, among all that are known or those that match', async () => {
  await scene.learn()
  const found = async (text: string, all: boolean) => {
    const query = { text, all: String(all) }
    return (await call(scene.tenant.people.viewer, listVulnerabilities, { query })).items.map(({ id }) => id)
  }
  expect(await found(vision.slice(4).toLowerCase(), true)).toEqual([vision])
  expect(await found(vision, false)).toEqual([])
  expect(await found('CVE_', true)).toEqual([])
})
