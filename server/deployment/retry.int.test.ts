import { acceptInvitation, inviteUser } from '@suture/contract/auth.ts'
import { call } from '@suture/contract/client.ts'
import * as contract from '@suture/contract/deployment.ts'
import { listDevices, listSites, retireDevice } from '@suture/contract/inventory.ts'
import { listEvents } from '@suture/contract/platform.ts'
import { MovedClock } from '@suture/testing/clock.ts'
import type { DdiDevice } from '@suture/testing/ddi-device.ts'
import { versions } from '@suture/testing/published-release.ts'
import type { RolloutScene } from '@suture/testing/rollout-scene.ts'
import { onRolloutStage } from '@suture/testing/rollout-stage.ts'
import { outcome, password, signIn, type TestServer } from '@suture/testing/world.ts'
import { describe, expect, test } from 'vitest'
import { systemScope, withScope } from '../platform/database/store.ts'
import { rolloutResults } from './index.ts'

const clock = new MovedClock()
let server: TestServer
let scene: RolloutScene
onRolloutStage(clock, { A: 3, B: 4 }, (stage) => {
  ;({ server, scene } = stage)
})

/** Everybody at once, watched for a minute, and hardly anything is too much. */
const lenient = () => ({
  waves: [{ pick: 'hashed' as const, percent: 100, soakSeconds: 60, minimumSample: 1 }],
  limits: {
    ...scene.plan().limits,
    maxFailurePercent: 90,
    perRevision: { maxFailurePercent: 99, minimumSample: 100, beyond: 'quarantine' as const },
  },
})
/** Three devices of B; were it all, the revision would be quarantined. */
const bad = () => scene.devices.filter(({ about }) => about.hardwareRevision === 'B').slice(0, 3)
const others = () => scene.devices.filter((device) => !bad().includes(device))
const fail = async (devices: readonly DdiDevice[]) => {
  for (const device of devices) await device.update('failure')
  await scene.verify()
}
const succeed = async (devices: readonly DdiDevice[]) => {
  for (const device of devices) await device.update('success', versions.after)
  await scene.verify()
}
const clusters = async (id: string, who: keyof typeof scene.people = 'viewer') =>
  (await call(scene.people[who], contract.listClusters, { params: { id } })).items
/** The one cluster there is. */
const cluster = async (id: string) => {
  const [found, ...others] = await clusters(id)
  if (!found || others.length > 0) throw new Error('There is not exactly one cluster')
  return found
}
const retry = async (id: string, expect?: number) => {
  const { key, mayRetry } = await cluster(id)
  const body = { cluster: key, expect: expect ?? mayRetry }
  return call(scene.people.operator, contract.retryCluster, { params: { id }, body })
}
const excluded = async (id: string) =>
  Object.fromEntries((await cluster(id)).excluded.map(({ code, devices }) => [code, devices]))
const controls = { pause: contract.pauseRollout, resume: contract.resumeRollout, stop: contract.stopRollout }
const control = (name: keyof typeof controls, id: string) =>
  call(scene.people.operator, controls[name], { params: { id } })

/** A rollout in which those have failed, and all others are done. */
async function failed(): Promise<string> {
  const { id } = await scene.started(lenient())
  await scene.offered()
  await fail(bad())
  await succeed(others())
  await scene.tick()
  return id
}

describe('devices that failed and are tried again', () => {
  test('get one more job of the same plan, and the evidence counts how that one ends', async () => {
    const id = await failed()
    expect(await cluster(id)).toMatchObject({
      ...{ class: 'device-rolled-back', hardwareRevision: 'B', devices: 3, mayRetry: 3, excluded: [] },
      hold: { waiting: 0, recalled: 0 },
      states: [{ state: 'rolled-back', devices: 3 }],
    })
    expect(await scene.offered()).toEqual([])
    expect(await retry(id)).toEqual({ devices: 3 })
    expect(await cluster(id)).toMatchObject({ mayRetry: 0, excluded: [{ code: 'retry-waits', devices: 3 }] })
    expect(await scene.offered()).toEqual(bad())
    expect(await clusters(id)).toEqual([])
    await succeed(bad())
    await scene.pass(64)
    expect(await scene.get(id)).toMatchObject({ state: 'finished', why: { code: 'all-ended' } })
    const results = await withScope(server.database.app, systemScope(scene.tenant.id, 'test'), (scoped) =>
      rolloutResults(scoped, scene.parts.signerKeys, id),
    )
    expect(results?.map(({ state }) => state)).toEqual(Array(7).fill('verified'))
    const { items } = await call(scene.people.auditor, listEvents, { query: { subject: id, kind: 'rollout.retried' } })
    expect(items).toMatchObject([
      { actor: { id: scene.people.operator.id }, detail: { hardwareRevision: 'B', devices: 3 } },
    ])
  })

  test('change nothing of what their wave is judged by, however they end', async () => {
    const limits = { ...lenient().limits, maxFailurePercent: 40 }
    const waves = [{ pick: 'hashed' as const, percent: 100, soakSeconds: 60, minimumSample: 7 }]
    const { id } = await scene.started({ limits, waves })
    await scene.offered()
    await fail(bad())
    await retry(id)
    await succeed(bad())
    const [wave] = (await scene.get(id)).waves
    expect(wave).toMatchObject({ offered: 7, failed: 3, verified: 0 })
    expect(wave?.retries).toEqual({ asked: 3, offered: 3, ended: 3, verified: 3 })
    await succeed(others())
    await scene.tick()
    expect(await scene.get(id)).toMatchObject({
      state: 'stopped',
      why: { code: 'failure-limit', figures: { failed: 3 } },
    })
  })

  test('are waited for like everybody else before a rollout ends, and not longer', async () => {
    const id = await failed()
    await scene.pass(48)
    await retry(id)
    // The wave has been watched for long enough after 12 of these.
    await scene.pass(40)
    expect((await scene.get(id)).state).toBe('running')
    await control('pause', id)
    await scene.pass(200)
    await control('resume', id)
    await scene.tick()
    expect((await scene.get(id)).state).toBe('running')
    await scene.pass(24)
    expect(await scene.get(id)).toMatchObject({ state: 'finished' })
    expect(await scene.offered()).toEqual([])
  })

  test('hold the rollout open while they are under way, and fall silent also after it was stopped', async () => {
    const id = await failed()
    await retry(id)
    for (const device of bad()) await device.write((await device.offered()) ?? '')
    await scene.pass(48)
    expect((await scene.get(id)).state).toBe('running')
    await control('stop', id)
    await scene.pass(20)
    expect(await cluster(id)).toMatchObject({ class: 'no-word', mayRetry: 0, excluded: [{ code: 'rollout-over' }] })
  })

  test('get nothing once the rollout is paused or stopped, or its release was withdrawn, or their revision quarantined', async () => {
    const id = await failed()
    await retry(id)
    await control('pause', id)
    expect(await scene.offered()).toEqual([])
    await control('resume', id)
    await scene.sql(`update releases_release set state = 'withdrawn' where id = $1`, scene.release)
    expect(await scene.offered()).toEqual([])
    await scene.sql(`update releases_release set state = 'published' where id = $1`, scene.release)
    await scene.sql(
      `insert into deployment_quarantine select tenant_id, rollout_id, model_id, 'B', 1, '{"code":"revision-limit","figures":{}}', now()
         from deployment_stratum where rollout_id = $1 and hardware_revision = 'B'`,
      id,
    )
    expect(await scene.offered()).toEqual([])
    expect(await excluded(id)).toEqual({ 'revision-quarantined': 3 })
    await scene.sql('delete from deployment_quarantine where rollout_id = $1', id)
    await control('stop', id)
    expect(await scene.offered()).toEqual([])
  })

  test('are named with their reason where they are not, and never tried a fourth time', async () => {
    const id = await failed()
    const { items } = await call(scene.people.viewer, listDevices, { query: { limit: 500 } })
    const idOf = (at: number) => items.find(({ serial }) => serial === bad()[at]?.about.serial)?.id ?? ''
    await call(scene.people.operator, retireDevice, { params: { id: idOf(0) } })
    await scene.sql('update inventory_device set firmware = $2 where uid = $1', idOf(1), versions.after)
    expect(await excluded(id)).toEqual({ retired: 1, 'up-to-date': 1 })
    const last = bad().slice(2)
    for (let times = 2; times <= 3; times++) {
      expect(await retry(id)).toEqual({ devices: 1 })
      await fail(last)
    }
    expect(await cluster(id)).toMatchObject({ devices: 3, mayRetry: 0 })
    expect(await excluded(id)).toMatchObject({ 'tried-often': 1 })
    expect(await last[0]?.offered()).toBeUndefined()
  })

  test('are exactly as many as the caller believes, and in a rollout that goes on', async () => {
    const id = await failed()
    const { key } = await cluster(id)
    const ask = (body: { cluster: string; expect: number }) =>
      outcome(scene.people.operator, contract.retryCluster, { params: { id }, body })
    expect(await ask({ cluster: key, expect: 2 })).toMatchObject({ code: 'deployment/count-differs' })
    expect(await ask({ cluster: '00000000', expect: 3 })).toMatchObject({ code: 'deployment/cluster-unknown' })
    await retry(id)
    expect(await ask({ cluster: key, expect: 3 })).toMatchObject({ code: 'deployment/count-differs' })
    await control('stop', id)
    expect(await ask({ cluster: key, expect: 3 })).toMatchObject({ code: 'deployment/not-now' })
  })

  test('are those that the caller may see, and no others', async () => {
    const id = await failed()
    const { admin, operator } = scene.people
    const closed = (await call(operator, listSites, {})).items.find(({ name }) => name === 'Closed')?.id ?? 0
    const seen = bad()[0]?.about.serial
    await scene.sql('update inventory_device set site_id = $2 where serial = $1', seen, closed)
    const login = `limited@${scene.tenant.name}`
    const { invitation } = await call(admin, inviteUser, {
      body: { login, name: 'Limited', roles: ['operator'], sites: [closed] },
    })
    await call({ ...admin, headers: {} }, acceptInvitation, { body: { code: invitation.code, password } })
    const limited = await signIn(server.base, login)
    const { key } = await cluster(id)
    const params = { id }
    const ask = (expect: number) => outcome(limited, contract.retryCluster, { params, body: { cluster: key, expect } })
    expect(await ask(3)).toMatchObject({ code: 'deployment/count-differs' })
    expect(await ask(1)).toEqual({ reply: { devices: 1 } })
    expect((await scene.offered()).map(({ about }) => about.serial)).toEqual([seen])
    const body = { cluster: key, reason: 'No space' }
    // Of the cluster they see nobody any more: the one whom they saw is under way.
    expect(await outcome(limited, contract.holdCluster, { params, body })).toMatchObject({
      code: 'deployment/cluster-unknown',
    })
  })
})
