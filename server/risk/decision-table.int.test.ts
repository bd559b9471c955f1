import { call } from '@suture/contract/client.ts'
import { explainDecision, getDecisionTable } from '@suture/contract/risk.ts'
import { day, device, netbox, onRiskStage, type RiskScene } from '@suture/testing/risk-scene.ts'
import { expect, test } from 'vitest'
import { decidedBy, rows } from './decisions/table.ts'

let scene: RiskScene
onRiskStage((made) => {
  scene = made
})

const decisionTable = () => call(scene.tenant.people.viewer, getDecisionTable, {})

test('the table is told in its published order, each row with its outcome and days, and nothing on it before anything is found', async () => {
  const told = await decisionTable()
  expect(told.rows.map(({ row, outcome, days }) => ({ row, outcome, days }))).toEqual(
    rows.map((values) => {
      const { row, outcome } = decidedBy(values)
      return { row, outcome: outcome.key, days: outcome.days }
    }),
  )
  expect(told.rows.every(({ findings, example }) => findings === 0 && example === null)).toBe(true)
  expect(told.undecided).toBe(0)
  expect(told.source.url).toMatch(/^https:/)
})

test('each row counts the findings that stand on it, whatever day their devices came, and names one of them', async () => {
  await scene.learn()
  await scene.have(
    device(),
    device({ exposure: 'isolated' }),
    device(netbox),
    device({ ...netbox, exposure: 'isolated' }),
  )
  await scene.have(device({ isRig: true }), device({ state: 'retired' }))
  await scene.work()
  scene.time = day('2026-12-24')
  await scene.have(device({ createdAt: scene.time }))
  await scene.work()
  const { items } = await scene.findings({ limit: 500 })
  const explain = (id: string, vulnerability: string) =>
    call(scene.tenant.people.viewer, explainDecision, { params: { id, vulnerability } })
  const explained = await Promise.all(items.map((each) => explain(each.device.id, each.vulnerability)))
  const told = await decisionTable()
  for (const { row, findings, example } of told.rows) {
    expect([row, findings]).toEqual([row, explained.filter((each) => each.row === row).length])
    if (example) expect((await explain(example.device, example.vulnerability)).row).toBe(row)
    expect(example === null).toBe(findings === 0)
  }
  expect(told.undecided).toBe(0)
})

test('findings that wait to be decided stand on no row, and those of sites that the caller may not see on none at all', async () => {
  await scene.learn()
  await scene.have(device({ site: 'Mine' }), device({ site: 'Other' }))
  await scene.match()
  const waiting = await decisionTable()
  expect([waiting.undecided, waiting.rows.some(({ findings }) => findings > 0)]).toEqual([2, false])
  await scene.work()
  await scene.sql(
    `update platform_user set site_ids = (select array_agg(id) from inventory_site where tenant_id = $2 and name = 'Mine')
      where id = $1`,
    scene.tenant.people.viewer.id,
    scene.tenant.id,
  )
  const { rows: told, undecided } = await decisionTable()
  expect([told.reduce((sum, { findings }) => sum + findings, 0), undecided]).toEqual([1, 0])
})
