import { call } from '@suture/contract/client.ts'
import * as contract from '@suture/contract/deployment.ts'
import { listDevices } from '@suture/contract/inventory.ts'
import { listEvents } from '@suture/contract/platform.ts'
import { MovedClock } from '@suture/testing/clock.ts'
import { versions } from '@suture/testing/published-release.ts'
import type { RolloutScene } from '@suture/testing/rollout-scene.ts'
import { onRolloutStage } from '@suture/testing/rollout-stage.ts'
import { outcome } from '@suture/testing/world.ts'
import { describe, expect, test } from 'vitest'

const clock = new MovedClock()
let scene: RolloutScene
onRolloutStage(clock, { A: 4, B: 6 }, (stage) => {
  scene = stage.scene
})

const reason = 'No space in the second slot'
const ofB = () => scene.devices.filter(({ about }) => about.hardwareRevision === 'B')
const ofA = () => scene.devices.filter(({ about }) => about.hardwareRevision === 'A')
/** Two of each revision first, then all; hardly anything is too much. */
const twoWaves = () => ({
  waves: [
    { pick: 'stratified' as const, perStratum: 2, soakSeconds: 8, minimumSample: 4 },
    { pick: 'hashed' as const, percent: 100, soakSeconds: 0, minimumSample: 1 },
  ],
  limits: {
    ...scene.plan().limits,
    maxFailurePercent: 90,
    perRevision: { maxFailurePercent: 90, minimumSample: 2, beyond: 'quarantine' as const },
  },
})
const cluster = async (id: string) => {
  const { items } = await call(scene.people.viewer, contract.listClusters, { params: { id } })
  return items.find(({ hardwareRevision }) => hardwareRevision === 'B')
}
const hold = async (id: string) => {
  const body = { cluster: (await cluster(id))?.key ?? '00000000', reason }
  return outcome(scene.people.operator, contract.holdCluster, { params: { id }, body })
}
/** Devices that are offered the update do so; of those of B the first fails, and the others do nothing yet. */
async function firstOfBFails(id: string) {
  const offered = await scene.offered()
  const [bad] = offered.filter((device) => ofB().includes(device))
  await bad?.update('failure')
  for (const device of offered.filter((each) => ofA().includes(each))) await device.update('success', versions.after)
  await scene.verify()
  expect(await cluster(id)).toMatchObject({ devices: 1, mayRetry: 1 })
}
/** Whoever is called back says that it leaves it. */
async function giveBack() {
  for (const device of ofB()) {
    const action = await device.offered('cancelAction')
    if (action !== undefined) await device.say(action, 'closed', 'success', 'cancelAction')
  }
}
const stopsOfB = async () => {
  const { items } = await call(scene.people.viewer, listDevices, { query: { q: 'hw:B' } })
  const told = await Promise.all(
    items.map(({ id }) => call(scene.people.viewer, contract.explainUpdate, { params: { id } })),
  )
  return told.map(({ stop }) => stop).filter(({ code }) => code === 'held')
}

describe('a revision that a person holds', () => {
  test('is offered to nobody more and not waited for, its devices that have not begun are called back, the rest goes on', async () => {
    const { id } = await scene.started(twoWaves())
    await firstOfBFails(id)
    expect((await cluster(id))?.hold).toEqual({ waiting: 4, recalled: 1 })
    expect(await hold(id)).toEqual({ reply: { waiting: 4, recalled: 1 } })
    expect(await cluster(id)).toMatchObject({ mayRetry: 0, hold: null, excluded: [{ code: 'held', devices: 1 }] })
    expect(await hold(id)).toMatchObject({ code: 'deployment/left-out-already' })
    const stops = await stopsOfB()
    expect(stops).toHaveLength(4)
    expect(stops[0]?.figures).toMatchObject({ hardwareRevision: 'B', reason })
    expect(await scene.get(id)).toMatchObject({ held: [{ hardwareRevision: 'B', reason }], quarantined: [] })
    await giveBack()
    await scene.pass(12)
    const second = await scene.offered()
    expect(second).toHaveLength(2)
    expect(second.every((device) => ofA().includes(device))).toBe(true)
    for (const device of second) await device.update('success', versions.after)
    await scene.verify()
    expect(await scene.until(id, ({ state }) => state === 'finished')).toMatchObject({ why: { code: 'all-ended' } })
    const { items } = await call(scene.people.auditor, listEvents, { query: { subject: id, kind: 'revision.held' } })
    expect(items).toMatchObject([{ actor: { id: scene.people.operator.id }, detail: { reason, waiting: 4 } }])
  })

  test('lets nobody escape a limit: what failed of it before goes on to count', async () => {
    const { waves, limits } = twoWaves()
    const first = { pick: 'stratified' as const, perStratum: 3, soakSeconds: 8, minimumSample: 6 }
    const { id } = await scene.started({
      waves: [first, ...waves.slice(1)],
      limits: { ...limits, maxFailurePercent: 15 },
    })
    const offered = await scene.offered()
    const [, other] = offered.filter((device) => ofB().includes(device))
    await other?.update('success', versions.after)
    await firstOfBFails(id)
    await scene.tick()
    expect((await scene.get(id)).state).toBe('running')
    expect(await hold(id)).toMatchObject({ reply: { recalled: 1 } })
    await giveBack()
    await scene.tick()
    expect(await scene.get(id)).toMatchObject({
      ...{ state: 'stopped', quarantined: [] },
      why: { code: 'failure-limit', figures: { failed: 1, ended: 5 } },
    })
    expect(await hold(id)).toMatchObject({ code: 'deployment/not-now' })
  })

  test('takes back that its devices are tried again', async () => {
    const { id } = await scene.started(twoWaves())
    await firstOfBFails(id)
    const { key = '' } = (await cluster(id)) ?? {}
    const params = { id }
    await call(scene.people.operator, contract.retryCluster, { params, body: { cluster: key, expect: 1 } })
    expect((await cluster(id))?.hold).toEqual({ waiting: 5, recalled: 1 })
    await hold(id)
    const offered = await scene.offered()
    expect(offered.filter((device) => ofB().includes(device))).toEqual([])
    expect(await hold(id)).toMatchObject({ code: 'deployment/left-out-already' })
  })
})
