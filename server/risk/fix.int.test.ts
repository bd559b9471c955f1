import { call } from '@suture/contract/client.ts'
import { listFixes } from '@suture/contract/risk.ts'
import type { FleetDevice } from '@suture/testing/fleet.ts'
import { device, endOf, netbox, onRiskStage, type RiskScene, vision } from '@suture/testing/risk-scene.ts'
import { describe, expect, test } from 'vitest'
import { newId } from '#platform/id.ts'

let scene: RiskScene
onRiskStage((made) => {
  scene = made
})

/** Stores a release as rows: what the slice of releases would have stored. */
async function release(given: { model: string; version: string; revision?: string; state?: string }): Promise<string> {
  const id = newId(scene.time)
  await scene.sql(
    `insert into releases_artifact values ($1, sha256('a'), substr(sha256('a'), 1, 20), substr(sha256('a'), 1, 16), 1, 'a', 'x', now()) on conflict do nothing`,
    scene.tenant.id,
  )
  await scene.sql(
    `insert into releases_release (tenant_id, id, name, version, state, created_by, created_at) values ($1, $2, 'R', $3, $4, $2, now())`,
    scene.tenant.id,
    id,
    given.version,
    given.state ?? 'published',
  )
  await scene.sql(
    `insert into releases_target select $1, $2, id, $4, sha256('a') from inventory_model where tenant_id = $1 and name = $3`,
    scene.tenant.id,
    id,
    given.model,
    given.revision ?? '',
  )
  return id
}

/** Makes a firmware version known without a device of the fleet that runs it. */
const known = (given: Partial<FleetDevice>) => scene.have(device({ ...given, state: 'retired' }))
const fixes = (query: { state?: 'any'; release?: string } = {}) =>
  call(scene.tenant.people.viewer, listFixes, { query })

describe('a fix', () => {
  test('closes what its firmware no longer has, on the devices that it reaches', async () => {
    await scene.learn()
    await scene.have(
      device(),
      device(),
      device({ hardwareRevision: 'B' }),
      device({ firmware: '12.38' }),
      device({ isRig: true }),
    )
    await release({ model: 'Vision', version: '12.38', revision: 'A' })
    await scene.work()
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

  test('counts each device once, also where revisions differ in nothing else', async () => {
    await scene.learn()
    await scene.have(device(), device({ hardwareRevision: 'B' }))
    await known({ firmware: '12.38' })
    await release({ model: 'Vision', version: '12.38' })
    await scene.work()
    expect((await fixes()).items).toMatchObject([{ closes: { findings: 2, devices: 2 } }])
  })

  test('closes nothing when its firmware is affected too, when nobody can read its version, or before it was judged', async () => {
    await scene.learn()
    await scene.have(device())
    for (const firmware of ['12.36', 'newest', '12.38']) await known({ firmware })
    await scene.work()
    await scene.sql(
      `delete from intelligence_bill b using inventory_firmware f where f.bill_id = b.bill_id and f.version = '12.38' and f.tenant_id = $1`,
      scene.tenant.id,
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
    await scene.learn()
    const part = { supplier: 'LenelS2', name: 'NetBox', version: '5.6.1' }
    await scene.have(device({ model: 'Panel', firmware: '1', parts: [part] }))
    await known({ model: 'Panel', firmware: '2' })
    await known({ model: 'Panel', firmware: '3', parts: [{ supplier: 'X', name: 'Y', version: '1' }] })
    await known({ model: 'Panel', firmware: '4', parts: [{ ...part, version: '5.6.2' }] })
    await scene.work()
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
    await scene.learn()
    await scene.have(device(), device({ ...netbox, exposure: 'internal' }))
    await known({ firmware: '12.38' })
    await known({ ...netbox, firmware: '5.6.2' })
    await scene.work()
    const netboxes = await release({ model: 'NetBox', version: '5.6.2' })
    await release({ model: 'Vision', version: '12.38', state: 'draft' })
    expect((await fixes()).items.map((each) => each.release.version)).toEqual(['5.6.2'])
    expect((await fixes({ state: 'any' })).items.map((each) => each.release.version)).toEqual(['12.38', '5.6.2'])
    expect((await fixes({ state: 'any', release: netboxes })).items.map((each) => each.release.id)).toEqual([netboxes])
  })
})
