import { acceptInvitation, inviteUser } from '@suture/contract/auth.ts'
import { type Connection, call, ProblemError } from '@suture/contract/client.ts'
import * as contract from '@suture/contract/deployment.ts'
import { listSites } from '@suture/contract/inventory.ts'
import { MovedClock } from '@suture/testing/clock.ts'
import type { DdiDevice } from '@suture/testing/ddi-device.ts'
import { product, publishRelease, versions } from '@suture/testing/published-release.ts'
import type { RolloutScene } from '@suture/testing/rollout-scene.ts'
import { onRolloutStage } from '@suture/testing/rollout-stage.ts'
import { makeImage } from '@suture/testing/simulator/image.ts'
import { password, signIn, type TestServer } from '@suture/testing/world.ts'
import { readRolloutPlan } from '@suture/trust/statements.ts'
import { describe, expect, test } from 'vitest'

const clock = new MovedClock()
let server: TestServer
let scene: RolloutScene
onRolloutStage(clock, { A: 4, B: 3 }, (stage) => {
  ;({ server, scene } = stage)
})

const B = { ...product, hardwareRevision: 'B' }
const updateAll = async (devices: readonly DdiDevice[], finished: 'success' | 'failure') => {
  for (const device of devices) await device.update(finished, finished === 'success' ? versions.after : undefined)
  await scene.verify()
}
const revision = (devices: readonly DdiDevice[], name: string) =>
  devices.filter(({ about }) => about.hardwareRevision === name)
const preview = (changes: Parameters<RolloutScene['plan']>[0] = {}) =>
  call(scene.people.operator, contract.previewRollout, { body: scene.plan(changes) })
const planOf = async (id: string) => {
  const { plan, summary } = await call(scene.people.approver, contract.getRolloutPlan, { params: { id } })
  return { plan: readRolloutPlan(Buffer.from(plan, 'base64')), summary }
}

/** What the server refuses a plan with. */
const refusalOf = (to: Connection, changes: Parameters<RolloutScene['plan']>[0] = {}) =>
  call(to, contract.previewRollout, { body: scene.plan(changes) }).then(
    () => 'none',
    (error) => (error instanceof ProblemError ? error.problem : error),
  )

/** A rollout of which revision B failed; of A, two devices have the release and two have not. */
async function firstRollout() {
  const { id } = await scene.started({ name: 'First' })
  const devices = await scene.offered()
  await updateAll(revision(devices, 'B'), 'failure')
  await updateAll(revision(devices, 'A'), 'success')
  const own = await scene.until(id, ({ quarantined }) => quarantined.length === 1)
  // Its own quarantine stands there, and is no caution about itself.
  expect(own.cautions?.quarantined).toEqual([])
  return call(scene.people.operator, contract.stopRollout, { params: { id } }).then(({ rollout }) => rollout)
}

/** Somebody who keeps rollouts and sees the site `Closed` alone, where one device of B stands. */
async function limitedPerson() {
  const { admin, operator } = scene.people
  const closed = (await call(operator, listSites, {})).items.find(({ name }) => name === 'Closed')
  await scene.sql(
    `update inventory_device set site_id = $2 where tenant_id = $1 and serial like '%-B-0'`,
    scene.tenant.id,
    closed?.id,
  )
  const login = `limited@${scene.tenant.name}`
  const { invitation } = await call(admin, inviteUser, {
    body: { login, name: 'Limited', roles: ['operator'], sites: [closed?.id ?? 0] },
  })
  await call({ ...admin, headers: {} }, acceptInvitation, { body: { code: invitation.code, password } })
  return signIn(server.base, login)
}

describe('a second rollout of what made an earlier one quarantine a revision', () => {
  test('leaves that revision out, and its preview and approvers are told which rollout it was and how it ended', async () => {
    const first = await firstRollout()
    const told = { ...B, rollout: { id: first.id, name: 'First' }, failed: 2, silent: 0, devices: 0, named: false }
    const previewed = await preview()
    expect(previewed).toMatchObject({ devices: 2, strata: [{ hardwareRevision: 'A', devices: 2 }] })
    expect(previewed.excluded).toEqual([
      { why: 'up-to-date', devices: 2 },
      { why: 'quarantined-earlier', devices: 3 },
    ])
    expect(previewed.cautions.quarantined).toEqual([{ ...told, at: first.quarantined[0]?.at }])
    const second = await scene.signed()
    expect(second.cautions?.quarantined).toEqual(previewed.cautions.quarantined)
    const { plan, summary } = await planOf(second.id)
    expect(plan).not.toHaveProperty('includeQuarantined')
    expect(summary).toMatchObject({ devices: 2, includeQuarantined: [] })
    await call(scene.people.operator, contract.startRollout, { params: { id: second.id } })
    expect((await scene.offered()).map(({ about }) => about.hardwareRevision)).toEqual(['A', 'A'])
    // What is over needs no caution.
    expect((await scene.get(first.id)).cautions).toBeNull()
  })

  test('takes it along when the plan names it, in bytes that the approvers sign', async () => {
    await firstRollout()
    const includeQuarantined = [{ hardwareRevision: 'B' }]
    expect(await preview({ includeQuarantined })).toMatchObject({
      devices: 5,
      excluded: [{ why: 'up-to-date', devices: 2 }],
      cautions: { quarantined: [{ devices: 3, named: true }] },
    })
    const made = await scene.started({ includeQuarantined })
    const { plan, summary } = await planOf(made.id)
    expect([plan.includeQuarantined, summary?.includeQuarantined]).toEqual([[B], [B]])
    expect((await scene.get(made.id)).cautions).toMatchObject({ quarantined: [{ devices: 3, named: true }] })
    expect(revision(await scene.offered(), 'B')).toHaveLength(2)
  })

  test('is refused a name that no earlier rollout quarantined, and says who is left out when nobody remains', async () => {
    await firstRollout()
    expect(await refusalOf(scene.people.operator, { includeQuarantined: [{ hardwareRevision: 'A' }] })).toMatchObject({
      code: 'deployment/plan-invalid',
      problem: 'No earlier rollout quarantined revision A among the devices of the plan.',
    })
    expect(await refusalOf(scene.people.operator, { audience: { hardwareRevision: 'B' } })).toMatchObject({
      code: 'deployment/nobody-eligible',
      excluded: [{ why: 'quarantined-earlier', devices: 3 }],
      quarantined: [{ ...B, rollout: { name: 'First' }, failed: 2, devices: 0, named: false }],
    })
  })

  test('that was frozen before the quarantine still warns its approvers, with the devices that it holds', async () => {
    const waiting = await scene.create()
    expect(waiting.cautions?.quarantined).toEqual([])
    const first = await firstRollout()
    const { cautions } = await scene.approve(waiting, 'approver')
    expect(cautions?.quarantined).toMatchObject([{ ...B, rollout: { id: first.id }, devices: 3, named: false }])
    // Two of A run the release by now, and need no test any more.
    expect(cautions?.uncovered).toMatchObject({ devices: 3 })
  })

  test('leaves it out also for whoever sees none of the devices that failed', async () => {
    const limited = await limitedPerson()
    await scene.sql(`update inventory_device set state = 'quarantined' where serial like '%-B-0'`)
    await firstRollout()
    await scene.sql(`update inventory_device set state = 'live' where serial like '%-B-0'`)
    expect(await refusalOf(limited)).toMatchObject({
      code: 'deployment/nobody-eligible',
      excluded: [{ why: 'quarantined-earlier', devices: 1 }],
    })
  })

  test('is another matter with other bytes: a mended release goes on the revision', async () => {
    await firstRollout()
    const release = await publishRelease(
      scene,
      makeImage({ ...product, version: versions.after, length: 4096, seed: 2 }),
    )
    const previewed = await preview({ release })
    expect(previewed).toMatchObject({ devices: 5, cautions: { quarantined: [] } })
  })
})

describe('devices whose kind the lab did not test', () => {
  const cell = { model: `${product.manufacturer} ${product.model}`, currentVersion: versions.before }

  test('are told by kind and number, before the plan is made and until it starts', async () => {
    await scene.sql(
      `update inventory_device set bootloader = '1.3' where tenant_id = $1 and serial like '%-A-0'`,
      scene.tenant.id,
    )
    const uncovered = {
      ...{ verdict: 'passed', devices: 4, kinds: 2, unseen: 0 },
      cells: [
        { ...cell, hardwareRevision: 'B', devices: 3 },
        { ...cell, hardwareRevision: 'A', bootloader: '1.3', devices: 1 },
      ],
    }
    expect((await preview()).cautions.uncovered).toEqual(uncovered)
    expect((await preview({ audience: { hardwareRevision: 'A' } })).cautions.uncovered).toMatchObject({ devices: 1 })
    const made = await scene.signed()
    expect(made.cautions?.uncovered).toEqual(uncovered)
    await call(scene.people.operator, contract.startRollout, { params: { id: made.id } })
    expect((await scene.get(made.id)).cautions).toEqual({ quarantined: [], uncovered: null })
  })

  test('are counted as unseen where they stand at sites that the caller may not see', async () => {
    const limited = await limitedPerson()
    const { id } = await scene.create()
    const { cautions } = await call(limited, contract.getRollout, { params: { id } })
    expect(cautions?.uncovered).toMatchObject({ devices: 1, kinds: 1, unseen: 6 })
  })
})
