import { call, type Reply } from '@suture/contract/client.ts'
import { listDevices } from '@suture/contract/inventory.ts'
import { decisionOutcomes, type listFindings } from '@suture/contract/risk.ts'
import { query } from '@suture/testing/database.ts'
import { day, device, netbox, onRiskStage, type RiskScene, scripted, vision } from '@suture/testing/risk-scene.ts'
import { expect, test } from 'vitest'

let scene: RiskScene
onRiskStage((made) => {
  scene = made
})

const found = async (q: string) => {
  const { items, counts } = await call(scene.tenant.people.viewer, listDevices, { query: { q, limit: 500 } })
  expect(counts?.devices).toBe(items.length)
  return items.map(({ id }) => id).sort()
}

/** People look on the 24th of December, from noon. */
const looked = day('2026-12-24').getTime()

test('what a query says of deadlines, decisions and counts is what the list of findings tells of each device', async () => {
  await scene.learn()
  const exposures = ['exposed', 'internal', 'isolated', 'unknown'] as const
  const dates = ['2026-11-01', '2026-12-20', '2026-12-23'].map(day)
  const fleet = dates.flatMap((createdAt) =>
    exposures.flatMap((exposure) => [device({ exposure, createdAt }), device({ ...netbox, exposure, createdAt })]),
  )
  const aside = [device({ isRig: true }), device({ state: 'quarantined' }), device({ model: 'Never heard of' })]
  await scene.have(...fleet, ...aside)
  await scene.work()
  const findings: Reply<typeof listFindings>['items'] = (await scene.findings({ limit: 500 })).items
  const all = [...fleet, ...aside].map(({ uid }) => uid)
  const of = (uid: string) => findings.filter((each) => each.device.id === uid)
  const thatAre = (is: (its: typeof findings) => boolean) => all.filter((uid) => is(of(uid))).sort()
  const first = (its: typeof findings) =>
    Math.min(...its.map(({ dueAt }) => dueAt?.getTime() ?? Number.POSITIVE_INFINITY))

  for (const days of [-60, -40, -20, -1, 0, 1, 2, 3, 5, 10, 30, 60, 90]) {
    const bound = looked + days * 86_400_000
    expect([days, await found(`due<${days}d`)]).toEqual([days, thatAre((its) => first(its) < bound)])
    expect([days, await found(`due>=${days}d`)]).toEqual([
      days,
      thatAre((its) => its.some(({ dueAt }) => dueAt) && first(its) >= bound),
    ])
  }
  expect(await found('due:*')).toEqual(thatAre((its) => its.some(({ dueAt }) => dueAt)))
  for (const n of [0, 1, 2, 3]) {
    expect(await found(`findings:${n}`)).toEqual(thatAre((its) => its.length === n))
    expect(await found(`findings>${n}`)).toEqual(thatAre((its) => its.length > n))
    expect(await found(`-findings<${n}`)).toEqual(thatAre((its) => its.length >= n))
  }
  const urgency = (its: typeof findings) =>
    Math.max(-1, ...its.map(({ outcome }) => (outcome ? decisionOutcomes.indexOf(outcome) : -1)))
  for (const outcome of decisionOutcomes)
    expect([outcome, await found(`outcome:${outcome}`)]).toEqual([
      outcome,
      thatAre((its) => decisionOutcomes[urgency(its)] === outcome),
    ])
  for (const id of [vision, scripted])
    expect(await found(`cve:${id.toLowerCase()}`)).toEqual(
      thatAre((its) => its.some(({ vulnerability }) => vulnerability === id)),
    )
  expect(await found('cve:CVE-2023-*')).toEqual(
    thatAre((its) => its.some(({ vulnerability }) => vulnerability.startsWith('CVE-2023-'))),
  )
  const listed = new Set(
    (
      await query<{ id: string }>(
        scene.server.database.urls.superuser,
        'select id from intelligence_vulnerability where listed_at is not null',
      )
    ).map(({ id }) => id),
  )
  expect(await found('kev:yes')).toEqual(thatAre((its) => its.some(({ vulnerability }) => listed.has(vulnerability))))
  expect([...(await found('kev:yes')), ...(await found('kev:no'))].sort()).toEqual([...all].sort())
  expect((await found('kev:yes')).length).toBeGreaterThan(0)
})
