import { randomUUID } from 'node:crypto'
import { call } from '@suture/contract/client.ts'
import { getManagementReport } from '@suture/contract/report.ts'
import { day, device, endOf, netbox, onRiskStage, type RiskScene } from '@suture/testing/risk-scene.ts'
import { expect, test } from 'vitest'

let scene: RiskScene
onRiskStage((made) => {
  scene = made
})

const report = (days = 30) => call(scene.tenant.people.auditor, getManagementReport, { query: { days } })
const safe = { firmware: '12.38.1' } as const

/** An update of a device that ended as told; each is of a rollout of its own. */
async function ended(uid: string, state: string, claim: string | null, at: string | null): Promise<void> {
  const id = randomUUID()
  await scene.sql(
    `insert into deployment_rollout (tenant_id, id, name, release_id, state, plan, audience, salt, created_by, created_at)
     values ($1, $2, 'R', $2, 'finished', '', '', decode(md5('s'), 'hex'), $2, now())`,
    scene.tenant.id,
    id,
  )
  await scene.sql(
    `insert into deployment_job (tenant_id, device_id, id, rollout_id, wave_no, model_id, hardware_revision, action_id,
       sha256, version_before, version_wanted, state, claim, ended_at, offered_at, last_word_at, deaf_ms)
     select $1, id, $2, $2, 1, model_id, 'A', 1, sha256('a'), '1', '2', $4, $5, $6, now(), now(), 0
       from inventory_device where tenant_id = $1 and uid = $3`,
    scene.tenant.id,
    id,
    uid,
    state,
    claim,
    at && day(at),
  )
}

test('the four figures are those that were counted by hand', async () => {
  const late = device()
  const soon = device({ exposure: 'internal', createdAt: day('2026-12-22') })
  const undecidable = device({ firmware: 'unreadable', createdAt: day('2026-12-20') })
  const fixed = device(safe)
  const silent = device({ ...safe, state: 'silent' })
  await scene.learn()
  await scene.have(late, soon, undecidable, fixed, silent)
  await scene.have(device({ state: 'quarantined' }), device({ isRig: true }), device({ state: 'retired' }))
  await scene.work()
  // It is matched, and waits to be decided.
  await scene.have(device({ exposure: 'isolated' }))
  await scene.match()
  // Nobody has looked at what it runs.
  await scene.have(device({ ...netbox, firmware: '1.2.3' }))
  const { asOf, figures, unknown, tiers, clocks, heard, tenant, sites, rules } = await report()
  expect(asOf).toEqual(day('2026-12-24'))
  expect({ tenant, sites }).toMatchObject({ tenant: expect.stringMatching(/^fleet/), sites: null })
  // Due on 4 November, on 25 December and on 23 December: 49 whole days late, none, and half a day.
  expect(figures.exposureDays).toEqual({ value: 49, of: 6, insufficient: 1, evidence: 'sufficient' })
  expect(figures.overdue).toEqual({ value: 2, of: 3, insufficient: 1, evidence: 'sufficient' })
  expect(figures.unknownShare).toEqual({ value: 3, of: 7, insufficient: 3, evidence: 'sufficient' })
  expect(unknown).toEqual({ notJudged: 1, undecidableMatch: 1, silent: 1 })
  expect(tiers).toEqual([
    { outcome: '3DF', findings: 3, overdue: 2, exposureDays: 49 },
    { outcome: null, findings: 1, overdue: 0, exposureDays: 0 },
  ])
  expect(clocks).toEqual([
    { manufacturer: 'Unitronics', model: 'Vision', dueAt: endOf('2026-12-25'), findings: 1, devices: 1 },
  ])
  expect(heard).toEqual({ devices: 0, of: 7 })
  expect(rules).toEqual([{ table: expect.any(String), policy: expect.any(String), decisions: 3 }])
})

test('an update counts as verified when it was seen, out of all that a device called done', async () => {
  const one = device(safe)
  await scene.learn()
  await scene.have(one)
  await ended(one.uid, 'verified', 'success', '2026-12-20')
  await ended(one.uid, 'verified', null, '2026-12-10')
  await ended(one.uid, 'unverified', 'success', '2026-12-19')
  await ended(one.uid, 'rolled-back', 'success', '2026-12-01')
  await ended(one.uid, 'failed', 'failure', '2026-12-19')
  await ended(one.uid, 'reported', 'success', null)
  await ended(one.uid, 'verified', 'success', '2026-10-01')
  const { figures, weeks } = await report()
  expect(figures.verifiedShare).toEqual({ value: 2, of: 4, insufficient: 1, evidence: 'sufficient' })
  expect(weeks.map(({ from, ...counts }) => [from.toISOString().slice(5, 10), ...Object.values(counts)])).toEqual([
    ...['10-29', '11-05', '11-12', '11-19'].map((from) => [from, 0, 0, 0]),
    ['11-26', 1, 1, 0],
    ['12-03', 1, 1, 1],
    ['12-10', 0, 0, 0],
    ['12-17', 3, 2, 1],
  ])
  expect((await report(366)).figures.verifiedShare).toMatchObject({ value: 3, of: 5 })
})

test('another tenant’s fleet is not in the report, and a fleet without devices has no figure', async () => {
  const { figures, clocks, tiers } = await report()
  expect(Object.values(figures).map(({ value, of, evidence }) => [value, of, evidence])).toEqual(
    Array(4).fill([0, 0, 'nothing-counted']),
  )
  expect({ clocks, tiers }).toEqual({ clocks: [], tiers: [] })
})

test('whoever is kept from a site is told of the others alone, by name', async () => {
  await scene.learn()
  await scene.have(device({ site: 'Mine' }), device({ site: 'Other' }))
  await scene.work()
  expect((await report()).figures.unknownShare).toMatchObject({ of: 2 })
  await scene.sql(
    `update platform_user set site_ids = (select array_agg(id) from inventory_site where tenant_id = $2 and name = 'Mine')
      where id = $1`,
    scene.tenant.people.auditor.id,
    scene.tenant.id,
  )
  const { figures, sites, tiers } = await report()
  expect(sites).toEqual(['Mine'])
  expect(figures.unknownShare).toMatchObject({ of: 1 })
  expect(tiers).toMatchObject([{ findings: 1, exposureDays: 49 }])
})

test('what was known and ran is told with its digest and its age', async () => {
  await scene.learn()
  const { knowledge } = await report()
  expect(knowledge.map(({ digest }) => digest)).toEqual([expect.stringMatching(/^[0-9a-f]{64}$/)])
  expect(knowledge[0]?.importedAt).toEqual(day('2026-11-01'))
})

test('a source of which nothing counts any more makes no figure old', async () => {
  await scene.learn()
  await scene.have(device())
  await scene.work()
  await scene.sql(
    `insert into intelligence_document (digest, name, source, retrieved_at, imported_at, vulnerabilities, products)
     values (sha256('ended'), 'ended', '{}', '2020-01-01', '2020-01-01', 1, 1)`,
  )
  const { knowledge, figures } = await report()
  expect(knowledge).toHaveLength(1)
  expect(figures.overdue.evidence).toBe('sufficient')
})
