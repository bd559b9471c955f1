import { call } from '@suture/contract/client.ts'
import * as contract from '@suture/contract/deployment.ts'
import { listDevices, retireDevice } from '@suture/contract/inventory.ts'
import { MovedClock } from '@suture/testing/clock.ts'
import { product, publishRelease, versions } from '@suture/testing/published-release.ts'
import type { RolloutScene } from '@suture/testing/rollout-scene.ts'
import { onRolloutStage } from '@suture/testing/rollout-stage.ts'
import { makeImage } from '@suture/testing/simulator/image.ts'
import { outcome } from '@suture/testing/world.ts'
import { describe, expect, test } from 'vitest'

let scene: RolloutScene
const clock = new MovedClock()
onRolloutStage(clock, { A: 3, B: 2 }, (stage) => {
  scene = stage.scene
})

const devices = async () => (await call(scene.people.viewer, listDevices, { query: { limit: 500 } })).items
const explain = (id: string) => call(scene.people.viewer, contract.explainUpdate, { params: { id } })
/** At what each device stays, by serial number. */
async function stops(): Promise<Record<string, string>> {
  const told = (await devices()).map(async ({ serial, id }) => [serial, (await explain(id)).stop.code] as const)
  return Object.fromEntries(await Promise.all(told))
}
const codes = async () => [...new Set(Object.values(await stops()))].toSorted()
const one = async () => explain((await devices())[0]?.id ?? '')
const control = (id: string) => ({ params: { id } })
/** One wave that takes everybody. */
const atOnce = { waves: [{ pick: 'hashed' as const, percent: 100, soakSeconds: 0, minimumSample: 1 }] }
const publish = (version: string) =>
  publishRelease(scene, makeImage({ ...product, version, length: 4096, seed: 3 }), 'other.bin', version)
/** Makes every device of the scene run a version, as if somebody had installed it by hand. */
const runs = (firmware: string) =>
  scene.sql('update inventory_device set firmware = $1 where tenant_id = $2', firmware, scene.tenant.id)

describe('why a device does not update', () => {
  test('is the next thing that has to happen, from the plan to the end', async () => {
    expect(await codes()).toEqual(['no-rollout'])
    expect((await one()).stop).toMatchObject({ gate: 'rollout', remedy: `Plan one for ${versions.after}` })
    const made = await scene.create()
    expect((await one()).stop).toMatchObject({ says: 'The plan has 0 of 2 approvals' })
    await scene.approve(made, 'approver')
    expect((await one()).stop).toMatchObject({ says: 'The plan has 1 of 2 approvals' })
    await scene.approve(made, 'admin')
    await scene.until(made.id, ({ state }) => state === 'scheduled')
    expect(await codes()).toEqual(['not-started'])
    const control = { params: { id: made.id } }
    await call(scene.people.operator, contract.startRollout, control)
    expect(await codes()).toEqual(['not-asked', 'wave-not-open'])
    await call(scene.people.operator, contract.pauseRollout, control)
    expect(await codes()).toEqual(['paused'])
    await call(scene.people.operator, contract.resumeRollout, control)
    const [first] = await scene.offered()
    const id = (await devices()).find(({ serial }) => serial === first?.about.serial)?.id ?? ''
    expect(await explain(id)).toMatchObject({
      firmware: versions.before,
      wanted: versions.after,
      rollout: { id: made.id, state: 'running' },
      job: { state: 'offered', class: null },
      stop: { gate: 'end', code: 'under-way' },
    })
    await first?.update('success', versions.after)
    await scene.verify()
    expect((await explain(id)).stop).toMatchObject({ code: 'verified', says: `It was read running ${versions.after}` })
    await call(scene.people.operator, contract.stopRollout, control)
    expect((await explain(id)).stop).toMatchObject({ code: 'up-to-date' })
  })

  test('names exactly the devices as reached that are given a job when they ask, whatever happens meanwhile', async () => {
    const { id } = await scene.started()
    for (const happens of [
      async () => {},
      async () => {
        const [later] = Object.entries(await stops()).find(([, code]) => code === 'wave-not-open') ?? []
        await scene.sql('update inventory_device set is_rig = true where serial = $1', later)
      },
      () => scene.sql(`update deployment_rollout set open_wave = 2 where id = $1`, id),
    ]) {
      await happens()
      const reached = Object.entries(await stops()).flatMap(([serial, code]) => (code === 'not-asked' ? [serial] : []))
      const offered = (await scene.offered()).map(({ about }) => about.serial)
      expect(offered.filter((serial) => reached.includes(serial)).toSorted()).toEqual(reached.toSorted())
      // Whoever is offered something without being named as reached was at work before.
      for (const [serial, code] of Object.entries(await stops()))
        expect([serial, offered.includes(serial)]).toEqual([serial, code === 'under-way'])
    }
    expect(await codes()).toEqual(['rig', 'under-way'])
  })

  test('is that nothing runs where the plan or the release is not what was signed', async () => {
    const { id } = await scene.signed()
    await scene.sql(`update releases_release set state = 'withdrawn' where id = $1`, scene.release)
    await call(scene.people.operator, contract.startRollout, { params: { id } }).catch(() => undefined)
    await scene.sql(`update deployment_rollout set state = 'running', open_wave = 2 where id = $1`, id)
    expect(await codes()).toEqual(['release-unverified'])
    await scene.sql(`update releases_release set state = 'published' where id = $1`, scene.release)
    expect(await codes()).toEqual(['not-asked'])
  })

  test('is told of a retired device, and of none that one may not see', async () => {
    const [device] = await devices()
    await call(scene.people.operator, retireDevice, { params: { id: device?.id ?? '' } })
    expect((await explain(device?.id ?? '')).stop).toMatchObject({ gate: 'service', code: 'retired', remedy: null })
    const other = await scene.server.addTenant(`${scene.tenant.name}x`)
    expect(
      await outcome(other.people.admin, contract.explainUpdate, { params: { id: device?.id ?? '' } }),
    ).toMatchObject({ code: 'deployment/device-unknown' })
  })
})

describe('of several rollouts', () => {
  test.each([
    ['waits for approval', () => scene.create()],
    ['is paused', async () => call(scene.people.operator, contract.pauseRollout, control((await scene.started()).id))],
    [
      'has not come to its wave',
      async () => {
        const { id } = await scene.started()
        await scene.sql('update deployment_rollout set open_wave = 0 where id = $1', id)
      },
    ],
  ] as const)('the one that hands out a job is told, although an older one %s', async (_, older) => {
    await older()
    clock.pass(0.01)
    const { id } = await scene.started(atOnce)
    expect(await codes()).toEqual(['not-asked'])
    expect((await one()).rollout?.id).toBe(id)
    expect(await scene.offered()).toHaveLength(5)
  })

  test('one that has nothing for the device gives way to the next, whether that hands out jobs or waits', async () => {
    const release = await publish('6.3.0')
    await scene.started(atOnce)
    clock.pass(0.01)
    await runs(versions.after)
    expect(await one()).toMatchObject({ wanted: '6.3.0', rollout: null, stop: { code: 'no-rollout' } })
    const { id } = await scene.signed({ ...atOnce, release })
    expect(await one()).toMatchObject({ wanted: '6.3.0', rollout: { id }, stop: { code: 'not-started' } })
    await call(scene.people.operator, contract.startRollout, control(id))
    expect(await codes()).toEqual(['not-asked'])
    expect(await scene.offered()).toHaveLength(5)
  })

  test('the one that is nearest to a job is told, where none hands one out', async () => {
    await scene.create()
    clock.pass(0.01)
    const { id } = await scene.started()
    await call(scene.people.operator, contract.pauseRollout, control(id))
    clock.pass(0.01)
    await scene.create()
    expect(await one()).toMatchObject({ rollout: { id }, stop: { code: 'paused' } })
  })

  test('none is told that does not name the device, nor one that has no wave for its revision', async () => {
    const [first, second] = await devices()
    await scene.create({ audience: { devices: [first?.id ?? ''] } })
    expect((await explain(first?.id ?? '')).stop.code).toBe('not-approved')
    expect((await explain(second?.id ?? '')).stop.code).toBe('no-rollout')
    await scene.sql(`update inventory_device set hardware_revision = 'Z' where uid = $1`, first?.id)
    expect((await explain(first?.id ?? '')).stop.code).toBe('no-rollout')
  })
})

describe('what a device runs now', () => {
  /** Lets the first device do what it is offered; its id. */
  async function updated(version: string): Promise<string> {
    const [first] = await scene.offered()
    await first?.update('success', version)
    await scene.verify()
    return (await devices()).find(({ serial }) => serial === first?.about.serial)?.id ?? ''
  }

  test('is no change since, where a later rollout brought it there', async () => {
    await scene.started(atOnce)
    const id = await updated(versions.after)
    clock.pass(0.01)
    const later = await scene.started({ ...atOnce, release: await publish('6.3.0'), audience: { devices: [id] } })
    expect((await explain(id)).stop).toMatchObject({ code: 'not-asked' })
    expect(await updated('6.3.0')).toBe(id)
    expect((await explain(id)).stop).toMatchObject({ says: 'It was read running 6.3.0' })
    await scene.sql(`update deployment_rollout set state = 'finished' where id = $1`, later.id)
    expect((await explain(id)).stop).toMatchObject({ code: 'up-to-date', says: 'It runs 6.3.0 already' })
  })

  test('is told beside what it was read running, where somebody changed it since', async () => {
    await scene.started(atOnce)
    const id = await updated(versions.after)
    expect((await explain(id)).stop).toMatchObject({ code: 'verified' })
    await scene.sql(`update releases_release set state = 'withdrawn' where id = $1`, scene.release)
    expect((await explain(id)).stop).toMatchObject({ says: `It was read running ${versions.after}` })
    await runs('5.0')
    expect((await explain(id)).stop).toMatchObject({
      ...{ code: 'changed-since', says: `It was read running ${versions.after} after its job, and runs 5.0 now` },
    })
  })

  test('is compared with what is published, so that nobody is told to go back', async () => {
    await publish('6.2')
    expect((await one()).stop).toMatchObject({ code: 'no-rollout', remedy: `Plan one for ${versions.after}` })
    await runs('6.10')
    expect(await one()).toMatchObject({ wanted: '6.10', stop: { code: 'up-to-date', says: 'It runs 6.10 already' } })
    await runs('unknown')
    expect((await one()).stop).toMatchObject({ gate: 'release', code: 'incomparable' })
  })
})

describe('what a device passed', () => {
  test('is only what was looked at', async () => {
    expect((await one()).passed).toEqual(['service', 'release'])
    await scene.started(atOnce)
    const before = ['service', 'release', 'rollout', 'approval', 'start', 'proof', 'revision', 'wave']
    expect((await one()).passed).toEqual(before)
    await scene.sql(`update releases_release set state = 'withdrawn' where id = $1`, scene.release)
    expect((await one()).passed).toEqual(['service', 'rollout', 'approval', 'start'])
    await scene.sql(`update releases_release set state = 'published' where id = $1`, scene.release)
    await scene.offered()
    expect((await one()).passed).toEqual(['rollout', 'job'])
  })
})
