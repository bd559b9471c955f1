import { call } from '@suture/contract/client.ts'
import * as contract from '@suture/contract/deployment.ts'
import { changeSite, listSites } from '@suture/contract/inventory.ts'
import { listEvents } from '@suture/contract/platform.ts'
import { MovedClock } from '@suture/testing/clock.ts'
import type { DdiDevice } from '@suture/testing/ddi-device.ts'
import { versions } from '@suture/testing/published-release.ts'
import type { RolloutScene } from '@suture/testing/rollout-scene.ts'
import { onRolloutStage } from '@suture/testing/rollout-stage.ts'
import { outcome, type TestServer } from '@suture/testing/world.ts'
import { beforeEach, describe, expect, test } from 'vitest'
import { systemScope } from '../../platform/database/store.ts'
import { rereadDevices } from '../index.ts'

const clock = new MovedClock()
let server: TestServer
let scene: RolloutScene
let rollout: string
let device: DdiDevice
onRolloutStage(clock, { A: 1 }, (stage) => {
  ;({ server, scene } = stage)
})
beforeEach(async () => {
  device = scene.devices[0] as DdiDevice
  const waves = [{ pick: 'stratified' as const, perStratum: 1, soakSeconds: 0, minimumSample: 1 }]
  rollout = (await scene.started({ waves })).id
})

const job = async () => (await scene.jobs(rollout))[0]
const believed = async () =>
  (
    await scene.sql<{ firmware: string; bill_assurance: string }>(
      'select firmware, bill_assurance from inventory_device where serial = $1',
      device.about.serial,
    )
  )[0]
const readings = async () =>
  (
    await scene.sql<{ outcome: string }>(
      'select r.outcome from deployment_reading r join inventory_device d on d.id = r.device_id where d.serial = $1 order by r.at, r.id',
      device.about.serial,
    )
  ).map((row) => row.outcome)
const uid = async () =>
  (await scene.sql<{ uid: string }>('select uid from inventory_device where serial = $1', device.about.serial))[0]
    ?.uid ?? ''
const read = async () => call(scene.people.operator, contract.readDevice, { params: { id: await uid() } })

describe('a device that reports', () => {
  test('success and is read running the wanted version is verified, and believed to run it', async () => {
    await device.update('success', versions.after)
    await scene.verify()
    expect(await job()).toMatchObject({
      state: 'verified',
      assurance: 'observed',
      versionAfter: versions.after,
      claim: 'success',
    })
    expect(await believed()).toEqual({ firmware: versions.after, bill_assurance: 'observed' })
    expect(await readings()).toEqual(['as-wanted'])
  })

  test('success and keeps the old version is disputed when it was read twice, a second apart at the least', async () => {
    await device.update('success')
    await scene.verify()
    expect((await job())?.state).toBe('reported')
    await scene.verify()
    expect(await readings()).toEqual(['as-before'])
    clock.pass(2)
    await scene.verify()
    expect(await job()).toMatchObject({ state: 'disputed', class: 'old-version', versionAfter: versions.before })
    expect(await believed()).toEqual({ firmware: versions.before, bill_assurance: 'observed' })
    expect(await readings()).toEqual(['as-before', 'as-before'])
  })

  test('success and starts into it only then is verified by the second reading', async () => {
    await device.update('success')
    await scene.verify()
    device.firmware = versions.after
    clock.pass(2)
    await scene.verify()
    expect((await job())?.state).toBe('verified')
  })

  test('failure and is read running the old version is rolled back; the new one is a contradiction', async () => {
    await device.update('failure')
    await scene.verify()
    expect(await job()).toMatchObject({ state: 'rolled-back', assurance: 'observed' })
    expect(await believed()).toMatchObject({ firmware: versions.before })
  })

  test('failure and runs the new version is disputed, and believed to run it all the same', async () => {
    await device.update('failure', versions.after)
    await scene.verify()
    clock.pass(2)
    await scene.verify()
    expect(await job()).toMatchObject({ state: 'disputed', class: 'wanted-despite-failure' })
    expect(await believed()).toEqual({ firmware: versions.after, bill_assurance: 'observed' })
  })

  test('from an address where somebody else answers is disputed, and nothing of it is believed', async () => {
    device.tells = { serial: 'somebody else' }
    await device.update('success', versions.after)
    await scene.verify()
    expect(await job()).toMatchObject({
      state: 'disputed',
      class: 'wrong-serial',
      assurance: 'claimed',
      versionAfter: null,
    })
    expect(await believed()).toEqual({ firmware: versions.before, bill_assurance: 'claimed' })
  })

  test.each([
    ['success', 'unverified'],
    ['failure', 'failed'],
  ] as const)('%s and does not answer any more ends as %s, at the limit and not before', async (finished, state) => {
    device.isReachable = false
    await device.update(finished, versions.after)
    const deadline = clock.now().getTime() + 60_000
    while (clock.now().getTime() < deadline - 5000) {
      await scene.verify()
      expect((await job())?.state).toBe('reported')
      await scene.pass(4)
    }
    await scene.pass(40)
    await scene.verify()
    expect(await job()).toMatchObject({ state, class: 'no-answer', assurance: 'claimed' })
    expect(new Set(await readings())).toEqual(new Set(['no-answer']))
  })

  test('while the server was away is still read afterwards, and not given up', async () => {
    device.isReachable = false
    await device.update('success', versions.after)
    await scene.verify()
    await scene.tick()
    clock.pass(1200)
    await scene.tick()
    device.isReachable = true
    await scene.verify()
    expect((await job())?.state).toBe('verified')
  })

  test('is not given up by the first turn after the server was away, though none has beaten since', async () => {
    device.isReachable = false
    await device.update('success', versions.after)
    await scene.tick()
    clock.pass(1200)
    await scene.verify()
    expect((await job())?.state).toBe('reported')
  })

  test('at a site that allows no requests is never asked, and stays unverified', async () => {
    const { operator } = scene.people
    const [site] = (await call(operator, listSites, {})).items
    await call(operator, changeSite, { ifMatch: '*', params: { id: site?.id ?? 0 }, body: { probeNetworks: [] } })
    await device.update('success', versions.after)
    await scene.verify()
    expect(await job()).toMatchObject({ state: 'unverified', class: 'address-not-allowed' })
    expect(await readings()).toEqual([])
  })

  test('and has no address is unverified at once', async () => {
    await scene.sql('delete from inventory_endpoint where tenant_id = $1', scene.tenant.id)
    await device.update('success', versions.after)
    await scene.verify()
    expect(await job()).toMatchObject({ state: 'unverified', class: 'no-address' })
  })

  test('is looked at by another process when the one that took it was killed', async () => {
    await device.update('success', versions.after)
    await scene.sql(
      `update deployment_job set read_after = $1 where tenant_id = $2`,
      new Date(clock.now().getTime() + 60_000),
      scene.tenant.id,
    )
    await scene.verify()
    expect((await job())?.state).toBe('reported')
    clock.pass(61)
    await scene.verify()
    expect((await job())?.state).toBe('verified')
  })
})

describe('reading a device', () => {
  test('believes at once what it finds, also when that is worse, and says so', async () => {
    await device.update('success', versions.after)
    await scene.verify()
    device.firmware = '5.0.0'
    expect(await read()).toMatchObject({ outcome: 'other', firmware: '5.0.0', believed: versions.after, changed: true })
    expect(await believed()).toEqual({ firmware: '5.0.0', bill_assurance: 'observed' })
    const { items } = await call(scene.people.auditor, listEvents, { query: { kind: 'device.drifted' } })
    expect(items.map(({ subject, detail }) => ({ subject, detail }))).toEqual([
      { subject: await uid(), detail: { from: versions.after, to: '5.0.0' } },
    ])
    expect(await read()).toMatchObject({ outcome: 'as-wanted', changed: false })
  })

  test('of somebody else’s serial number, or of nobody, changes nothing', async () => {
    device.tells = { serial: 'somebody else' }
    expect(await read()).toMatchObject({ outcome: 'contradicts', changed: false, serial: 'somebody else' })
    device.isReachable = false
    expect(await read()).toMatchObject({ outcome: 'no-answer', changed: false, firmware: null })
    expect(await believed()).toEqual({ firmware: versions.before, bill_assurance: 'claimed' })
  })

  test('is refused where no request is allowed', async () => {
    const { operator } = scene.people
    const [site] = (await call(operator, listSites, {})).items
    await call(operator, changeSite, {
      ifMatch: '*',
      params: { id: site?.id ?? 0 },
      body: { probeNetworks: ['10.0.0.0/8'] },
    })
    expect(await outcome(operator, contract.readDevice, { params: { id: await uid() } })).toEqual({
      code: 'deployment/no-address',
      status: 422,
    })
    expect(await readings()).toEqual([])
  })

  test('comes round again for devices that were read before, and notices that one changed', async () => {
    const again = () =>
      rereadDevices(server.database.worker, systemScope(scene.tenant.id, 'deployment'), scene.parts, 1_200_000)
    expect(await again()).toBe(0)
    await device.update('success', versions.after)
    await scene.verify()
    expect(await again()).toBe(0)
    device.firmware = versions.before
    clock.pass(1201)
    expect(await again()).toBe(1)
    expect(await believed()).toEqual({ firmware: versions.before, bill_assurance: 'observed' })
    expect(await again()).toBe(0)
  })
})
