import { call } from '@suture/contract/client.ts'
import * as contract from '@suture/contract/deployment.ts'
import { listEvents } from '@suture/contract/platform.ts'
import { MovedClock } from '@suture/testing/clock.ts'
import type { DdiDevice } from '@suture/testing/ddi-device.ts'
import { versions } from '@suture/testing/published-release.ts'
import type { RolloutScene } from '@suture/testing/rollout-scene.ts'
import { onRolloutStage } from '@suture/testing/rollout-stage.ts'
import type { TestServer } from '@suture/testing/world.ts'
import { describe, expect, test } from 'vitest'
import { systemScope, withScope } from '../platform/database/store.ts'
import { rolloutResults } from './index.ts'
import { placeOf, saltOf, waveOf } from './reach.ts'

const clock = new MovedClock()
let server: TestServer
let scene: RolloutScene
onRolloutStage(clock, { A: 4, B: 3 }, (stage) => {
  ;({ server, scene } = stage)
})

const updateAll = async (devices: readonly DdiDevice[], finished: 'success' | 'failure' = 'success') => {
  for (const device of devices) await device.update(finished, finished === 'success' ? versions.after : undefined)
  await scene.verify()
}
const wavesOf = async (id: string) =>
  (await scene.get(id)).waves.map(({ state, why }) => `${state} ${why?.code ?? ''}`.trim())
const kinds = async (subject: string) =>
  (await call(scene.people.auditor, listEvents, { query: { subject, limit: 500 } })).items
    .map(({ kind }) => kind)
    .toReversed()
/** The devices that a wave holds and no earlier one. */
const membersOf = async (id: string, no: number) => {
  const reaches = await scene.sql<{ revision: string; reaches: string[] }>(
    `select hardware_revision as revision, array_agg(reach::text order by wave_no) as reaches from deployment_stratum
      where rollout_id = $1 group by 1`,
    id,
  )
  const rows = await scene.sql<{ serial: string; uid: string; revision: string }>(
    'select serial, uid, hardware_revision as revision from inventory_device where tenant_id = $1',
    scene.tenant.id,
  )
  const serials = rows
    .filter(({ uid, revision }) => {
      const own = reaches.find((each) => each.revision === revision)?.reaches.map(Number) ?? []
      return waveOf(placeOf(saltOf(id), uid), own) === no
    })
    .map(({ serial }) => serial)
  return scene.devices.filter(({ about }) => serials.includes(about.serial))
}
const revision = (devices: readonly DdiDevice[], name: string) =>
  devices.filter(({ about }) => about.hardwareRevision === name)

describe('waves', () => {
  test('open one after the other as each is shown safe, and the rollout finishes when every device has ended', async () => {
    const { id } = await scene.started()
    await scene.tick()
    expect(await wavesOf(id)).toEqual(['open not-all-offered', 'not-open'])
    const first = await scene.offered()
    await scene.tick()
    expect(await wavesOf(id)).toEqual(['open under-way', 'not-open'])
    await updateAll(first)
    await scene.tick()
    expect(await wavesOf(id)).toEqual(['observing soaking', 'not-open'])
    await scene.pass(9)
    expect(await wavesOf(id)).toEqual(['observing soaking', 'not-open'])
    await scene.pass(2)
    expect(await wavesOf(id)).toEqual(['passed within-limits', 'open not-all-offered'])
    const second = await scene.offered()
    expect(second).toHaveLength(3)
    await updateAll(second)
    const done = await scene.until(id, ({ state }) => state === 'finished')
    expect(done).toMatchObject({ why: { code: 'all-ended' }, devices: 7 })
    expect(new Set(Object.values(await scene.states(id)))).toEqual(new Set(['verified as-wanted']))
    expect((await kinds(id)).filter((kind) => !kind.startsWith('rollout.approved'))).toEqual([
      'rollout.created',
      'rollout.signed',
      'rollout.started',
      'wave.opened',
      'wave.passed',
      'wave.opened',
      'wave.passed',
      'rollout.finished',
    ])
  })

  test.each([
    ['first', 1],
    ['last', 2],
  ])(
    'pass without a device of the %s that never came, which is told as not offered and is no success',
    async (_, no) => {
      const perRevision = { maxFailurePercent: 60, minimumSample: 1, beyond: 'quarantine' as const }
      const { id } = await scene.started({ limits: { ...scene.plan().limits, perRevision } })
      const absent = (await membersOf(id, no))[0] as DdiDevice
      const come = async () => {
        const others = scene.devices.filter((device) => device !== absent)
        const offers = await Promise.all(others.map(async (device) => ((await device.offered()) ? [device] : [])))
        await updateAll(offers.flat())
      }
      await come()
      // The soak; and before it, if one of the first wave is missing, as long as the plan waits for it.
      await scene.pass(8)
      expect((await wavesOf(id))[1]).toBe('not-open')
      await scene.pass(no === 1 ? 64 : 4)
      expect(await wavesOf(id)).toEqual(['passed within-limits', 'open not-all-offered'])
      await come()
      await scene.pass(56)
      expect((await scene.get(id)).state).toBe(no === 1 ? 'finished' : 'running')
      await scene.pass(8)
      const { state, why, waves } = await scene.get(id)
      expect({ state, why }).toEqual({ state: 'finished', why: { code: 'some-not-offered', figures: { devices: 1 } } })
      expect(waves.reduce((sum, each) => sum + each.verified, 0)).toBe(6)
      expect(await absent.offered()).toBeUndefined()
      const results = await withScope(server.database.app, systemScope(scene.tenant.id, 'test'), (scoped) =>
        rolloutResults(scoped, scene.parts.signerKeys, id),
      )
      expect(results?.map((each) => each.device)).toEqual(results?.map((each) => each.device).toSorted())
      expect(results?.filter((each) => each.state === 'not-offered')).toMatchObject([
        { wave: null, assurance: 'none', before: versions.before, after: null },
      ])
      expect(results?.filter((each) => each.state === 'verified')).toHaveLength(6)
    },
  )

  test('do not wait for the devices of the last that have not come since it opened, and count each as not offered', async () => {
    const { id } = await scene.started()
    await updateAll(await scene.offered())
    await scene.pass(12)
    expect(await wavesOf(id)).toEqual(['passed within-limits', 'open not-all-offered'])
    await scene.pass(56)
    expect((await scene.get(id)).state).toBe('running')
    await scene.pass(4)
    expect(await scene.get(id)).toMatchObject({
      state: 'finished',
      why: { code: 'some-not-offered', figures: { devices: 3 } },
    })
  })

  test('wait for a device that is there but has not come for the update yet', async () => {
    const { id } = await scene.started({ waves: [{ pick: 'hashed', percent: 100, soakSeconds: 0, minimumSample: 1 }] })
    const [late, ...others] = scene.devices
    // It polls, and another courier keeps it busy.
    await scene.sql(
      'insert into inventory_seen (tenant_id, device_id, at) select tenant_id, id, $2 from inventory_device where serial = $1',
      late?.about.serial,
      new Date(clock.now().getTime() + 64_000),
    )
    await updateAll(others)
    await scene.pass(64)
    expect((await scene.get(id)).state).toBe('running')
    await updateAll([late as DdiDevice])
    await scene.until(id, ({ state }) => state === 'finished')
  })

  test('in which nothing ended never pass, until the plan’s time is over', async () => {
    const { id } = await scene.started({ notAfter: new Date(clock.now().getTime() + 120_000).toISOString() })
    await scene.pass(100)
    expect(await wavesOf(id)).toEqual(['open too-few-ended', 'not-open'])
    expect((await scene.get(id)).state).toBe('running')
    await scene.pass(24)
    expect(await scene.get(id)).toMatchObject({ state: 'expired', why: { code: 'time-over' } })
    expect(await wavesOf(id)).toEqual(['stopped time-over', 'not-open'])
  })
})

describe('failures', () => {
  test('beyond the limit of a revision quarantine it, call back who has not begun, and the others go on', async () => {
    const { id } = await scene.started()
    const first = await scene.offered()
    await updateAll(revision(first, 'B'), 'failure')
    await scene.tick()
    const { quarantined } = await scene.get(id)
    expect(quarantined).toMatchObject([
      { hardwareRevision: 'B', why: { code: 'revision-limit', figures: { failed: 2 } } },
    ])
    await updateAll(revision(first, 'A'))
    await scene.pass(16)
    expect(await wavesOf(id)).toEqual(['passed within-limits', 'open not-all-offered'])
    const second = await scene.offered()
    expect(second.map(({ about }) => about.hardwareRevision)).toEqual(['A', 'A'])
    await updateAll(second)
    expect(await scene.until(id, ({ state }) => state === 'finished')).toMatchObject({ why: { code: 'all-ended' } })
    expect(await kinds(id)).toContain('revision.quarantined')
  })

  test('of all revisions together beyond the limit stop the rollout by itself', async () => {
    const limits = {
      ...scene.plan().limits,
      perRevision: { maxFailurePercent: 99, minimumSample: 100, beyond: 'quarantine' as const },
    }
    const { id } = await scene.started({ limits })
    const first = await scene.offered()
    const [bad, left] = [
      ['A', 'B'].map((name) => revision(first, name)[0] as DdiDevice),
      ['A', 'B'].map((name) => revision(first, name)[1]),
    ]
    await updateAll(bad, 'failure')
    await scene.tick()
    const stopped = await scene.get(id)
    expect(stopped).toMatchObject({
      state: 'stopped',
      why: { code: 'failure-limit', figures: { failed: 2, ended: 2 } },
    })
    expect(await wavesOf(id)).toEqual(['stopped failure-limit', 'not-open'])
    expect(await Promise.all(left.map((device) => device?.offered('cancelAction')))).not.toContain(undefined)
  })

  test('include silence: devices that take the update and never speak again stop it', async () => {
    const { id } = await scene.started()
    const first = await scene.offered()
    for (const device of first) await device.write((await device.offered()) ?? '')
    await scene.pass(56)
    expect((await scene.get(id)).state).toBe('running')
    await scene.pass(8)
    expect(new Set(Object.values(await scene.states(id)))).toEqual(new Set(['silent no-word']))
    await scene.tick()
    await scene.tick()
    expect(await scene.get(id)).toMatchObject({ state: 'stopped', why: { code: 'only-quarantined' } })
  })

  test('of a device of an earlier wave that came late still stop the rollout', async () => {
    const limits = {
      ...scene.plan().limits,
      maxFailurePercent: 0,
      perRevision: { maxFailurePercent: 99, minimumSample: 1, beyond: 'stop' as const },
    }
    const { id } = await scene.started({ limits })
    const [late, ...prompt] = await scene.offered()
    // One of the first wave is told nothing yet: its job is taken away again, as if it had not polled.
    await scene.sql(
      'update deployment_device_slot set job_id = null where tenant_id = $1 and job_id = (select j.id from deployment_job j join inventory_device d on d.id = j.device_id where d.serial = $2)',
      scene.tenant.id,
      late?.about.serial,
    )
    await scene.sql(
      'delete from deployment_job using inventory_device d where d.id = device_id and d.serial = $1',
      late?.about.serial,
    )
    await scene.sql(
      'update deployment_stratum set offered = offered - 1 where rollout_id = $1 and wave_no = 1 and hardware_revision = $2',
      id,
      late?.about.hardwareRevision,
    )
    await updateAll(prompt)
    await scene.pass(61)
    await scene.pass(12)
    expect(await wavesOf(id)).toEqual(['passed within-limits', 'open not-all-offered'])
    await updateAll([late as DdiDevice], 'failure')
    await scene.tick()
    expect(await scene.get(id)).toMatchObject({
      state: 'stopped',
      why: { code: 'failure-limit', figures: { failed: 1 } },
    })
  })
})

describe('the server’s own absence', () => {
  test('is not taken for the silence of devices', async () => {
    const { id } = await scene.started()
    const first = await scene.offered()
    for (const device of first) await device.write((await device.offered()) ?? '')
    await scene.pass(30)
    // Killed for twenty minutes; nobody could be heard.
    clock.pass(1200)
    await scene.tick()
    await scene.pass(20)
    expect(new Set(Object.values(await scene.states(id)))).toEqual(new Set(['installing']))
    await scene.pass(16)
    expect(new Set(Object.values(await scene.states(id)))).toEqual(new Set(['silent no-word']))
  })

  test('is not taken for their silence however short it was, once it is known', async () => {
    const { id } = await scene.started()
    for (const device of await scene.offered()) await device.write((await device.offered()) ?? '')
    await scene.pass(4)
    // Killed fifteen times, each time for less than a pause that tells by itself.
    for (let times = 0; times < 15; times++) {
      clock.pass(4)
      await scene.tick(undefined, true)
    }
    expect(new Set(Object.values(await scene.states(id)))).toEqual(new Set(['installing']))
    await scene.pass(60)
    expect(new Set(Object.values(await scene.states(id)))).toEqual(new Set(['silent no-word']))
  })

  test('gives whoever has not come for the last wave as long again as the plan waits', async () => {
    const { id } = await scene.started()
    await updateAll(await scene.offered())
    await scene.pass(12)
    await scene.pass(52)
    clock.pass(1200)
    await scene.tick()
    await scene.pass(56)
    expect((await scene.get(id)).state).toBe('running')
    await scene.pass(8)
    expect(await scene.get(id)).toMatchObject({ state: 'finished', why: { code: 'some-not-offered' } })
  })

  test('does not shorten the time for which a wave is watched', async () => {
    const { id } = await scene.started()
    await updateAll(await scene.offered())
    await scene.tick()
    clock.pass(1200)
    await scene.tick()
    expect(await wavesOf(id)).toEqual(['observing soaking', 'not-open'])
    await scene.pass(12)
    expect((await wavesOf(id))[0]).toBe('passed within-limits')
  })

  test('of a pause does not count for the wave either', async () => {
    const { id } = await scene.started()
    const [first, ...others] = await scene.offered()
    await updateAll([first as DdiDevice, ...others])
    await scene.tick()
    await call(scene.people.operator, contract.pauseRollout, { params: { id } })
    await scene.pass(40)
    await call(scene.people.operator, contract.resumeRollout, { params: { id } })
    await scene.tick()
    expect((await wavesOf(id))[0]).toBe('observing soaking')
    await scene.pass(12)
    expect((await wavesOf(id))[0]).toBe('passed within-limits')
  })

  test('in the middle of a pause counts for the wave once, like the rest of the pause', async () => {
    const { id } = await scene.started()
    await updateAll(await scene.offered())
    await scene.tick()
    await call(scene.people.operator, contract.pauseRollout, { params: { id } })
    await scene.pass(20)
    // Killed for twenty minutes.
    clock.pass(1200)
    await scene.pass(20)
    await call(scene.people.operator, contract.resumeRollout, { params: { id } })
    await scene.tick()
    expect((await wavesOf(id))[0]).toBe('observing soaking')
    await scene.pass(12)
    expect((await wavesOf(id))[0]).toBe('passed within-limits')
  })

  test.each([
    ['from before it began until after it ended', 500, 500],
    ['from before it began', 500, 0],
    ['until after it ended', 0, 500],
  ])('that overlaps a pause, %s, counts once where they overlap', async (_, before, after) => {
    const { id } = await scene.started()
    await updateAll(await scene.offered())
    await scene.tick()
    clock.pass(before)
    await call(scene.people.operator, contract.pauseRollout, { params: { id } })
    clock.pass(500)
    if (after === 0) await scene.pass(40)
    await call(scene.people.operator, contract.resumeRollout, { params: { id } })
    clock.pass(after)
    await scene.tick()
    expect((await wavesOf(id))[0]).toBe('observing soaking')
    await scene.pass(8)
    expect((await wavesOf(id))[0]).toBe('observing soaking')
    await scene.pass(4)
    expect((await wavesOf(id))[0]).toBe('passed within-limits')
  })

  test('and a second process change nothing about what happens, or how often', async () => {
    const { id } = await scene.started()
    await updateAll(await scene.offered())
    const { app, worker } = server.database
    const together = () => Promise.all(Array.from({ length: 12 }, (_, at) => scene.tick(at % 2 === 0 ? app : worker)))
    for (let turn = 0; turn < 8; turn++) {
      clock.pass(3)
      await together()
    }
    await updateAll(await scene.offered())
    await together()
    await scene.until(id, ({ state }) => state === 'finished')
    const told = await kinds(id)
    for (const kind of ['rollout.started', 'rollout.finished', 'rollout.signed'])
      expect(told.filter((each) => each === kind)).toHaveLength(1)
    expect(told.filter((each) => each === 'wave.opened')).toHaveLength(2)
    expect(told.filter((each) => each === 'wave.passed')).toHaveLength(2)
  })
})
