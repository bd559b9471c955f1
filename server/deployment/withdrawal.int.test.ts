import { call } from '@suture/contract/client.ts'
import * as contract from '@suture/contract/deployment.ts'
import { deprecateRelease, withdrawRelease } from '@suture/contract/releases.ts'
import { MovedClock } from '@suture/testing/clock.ts'
import type { DdiDevice } from '@suture/testing/ddi-device.ts'
import { versions } from '@suture/testing/published-release.ts'
import type { RolloutScene } from '@suture/testing/rollout-scene.ts'
import { onRolloutStage } from '@suture/testing/rollout-stage.ts'
import { outcome } from '@suture/testing/world.ts'
import { describe, expect, test } from 'vitest'

const clock = new MovedClock()
let scene: RolloutScene
onRolloutStage(clock, { A: 4, B: 3 }, (stage) => {
  ;({ scene } = stage)
})

const withdraw = () =>
  call(scene.people.publisher, withdrawRelease, { params: { id: scene.release }, body: { reason: 'It burns' } })
const deprecate = () => call(scene.people.publisher, deprecateRelease, { params: { id: scene.release } })
const whole = [{ pick: 'hashed' as const, percent: 100, soakSeconds: 0, minimumSample: 1 }]
const actionOf = async (device: DdiDevice | undefined) => (await device?.offered()) ?? ''
const statusOf = async (device: DdiDevice | undefined, path: string) =>
  (await device?.request(`${device.base}/${path}`))?.status

describe('a withdrawn release', () => {
  test('stops its rollouts, calls back who has not begun to write, and lets the others finish', async () => {
    const { id } = await scene.started()
    const [offered, loaded, flashing, done] = await scene.offered()
    const [first, second, third] = [await actionOf(offered), await actionOf(loaded), await actionOf(flashing)]
    await offered?.say(first, 'download')
    await loaded?.say(second, 'downloaded')
    await flashing?.write(third)
    await done?.update('success', versions.after)
    await withdraw()
    await scene.tick()
    const stopped = await scene.get(id)
    expect(stopped).toMatchObject({ state: 'stopped', why: { code: 'release-withdrawn' } })
    expect(stopped.waves.map(({ state, why }) => [state, why?.code])).toEqual([
      ['stopped', 'release-withdrawn'],
      ['not-open', undefined],
    ])
    expect(Object.values(await scene.states(id)).toSorted()).toEqual([
      'cancelling release-withdrawn',
      'cancelling release-withdrawn',
      'installing',
      'reported',
    ])
    expect(await offered?.offered('cancelAction')).toBe(first)
    expect(await offered?.say(first, 'closed', 'success', 'cancelAction')).toBe(200)
    expect(await flashing?.offered()).toBe(third)
    expect(Object.values(await scene.states(id))).toContain('cancelled release-withdrawn')
  })

  test('reaches no device that asks before anybody called it back, but for those that write', async () => {
    await scene.started()
    const [offered, flashing] = await scene.offered()
    const [first, second] = [await actionOf(offered), await actionOf(flashing)]
    await flashing?.write(second)
    const bytesOf = (action: string) => `softwaremodules/${action}/artifacts/update.bin`
    expect(await statusOf(offered, bytesOf(first))).toBe(200)
    await withdraw()
    expect(await scene.offered()).toEqual([flashing])
    expect(await statusOf(offered, `deploymentBase/${first}`)).toBe(404)
    expect(await statusOf(offered, bytesOf(first))).toBe(404)
    expect(await statusOf(flashing, `deploymentBase/${second}`)).toBe(200)
    expect(await statusOf(flashing, bytesOf(second))).toBe(200)
  })

  test('stops rollouts that are paused, scheduled or not approved yet, and nobody makes or starts one', async () => {
    const paused = await scene.started()
    const [first] = await scene.offered()
    const action = await actionOf(first)
    expect(action).not.toBe('')
    const { operator } = scene.people
    await call(operator, contract.pauseRollout, { params: { id: paused.id } })
    const [scheduled, made] = [await scene.signed(), await scene.create()]
    await withdraw()
    const code = 'deployment/release-not-published'
    expect(await outcome(operator, contract.createRollout, { body: scene.plan() })).toMatchObject({ code })
    const start = await outcome(operator, contract.startRollout, { params: { id: scheduled.id } })
    expect(start).toMatchObject({ code })
    await scene.tick()
    for (const { id } of [paused, scheduled, made])
      expect(await scene.get(id)).toMatchObject({ state: 'stopped', why: { code: 'release-withdrawn' } })
    expect(await first?.offered('cancelAction')).toBe(action)
  })

  test('is told apart from one whose statement does not verify, which pauses its rollouts until it does', async () => {
    const { id } = await scene.started()
    const [row] = await scene.sql<{ digest: Buffer }>(
      'select statement_digest as digest from releases_release where id = $1',
      scene.release,
    )
    const point = (digest: unknown) =>
      scene.sql('update releases_release set statement_digest = $2 where id = $1', scene.release, digest)
    const resume = () => call(scene.people.operator, contract.resumeRollout, { params: { id } })
    await point(Buffer.alloc(32))
    expect(await scene.offered()).toEqual([])
    await scene.tick()
    expect(await scene.get(id)).toMatchObject({ state: 'paused', why: { code: 'release-unverified' } })
    await resume()
    await scene.tick()
    expect((await scene.get(id)).state).toBe('paused')
    await point(row?.digest)
    await resume()
    await scene.tick()
    expect((await scene.get(id)).state).toBe('running')
    expect(await scene.offered()).toHaveLength(4)
  })
})

describe('a deprecated release', () => {
  test('goes on where its plan was signed, from the first wave to the last', async () => {
    const { id } = await scene.started()
    const { id: waiting } = await scene.signed({ name: 'Later' })
    const update = async (devices: readonly DdiDevice[]) => {
      for (const device of devices) await device.update('success', versions.after)
      await scene.verify()
    }
    const [before, ...others] = await scene.offered()
    const action = await actionOf(before)
    await deprecate()
    await scene.tick()
    expect((await scene.get(id)).state).toBe('running')
    expect(await actionOf(before)).toBe(action)
    await update([before as DdiDevice, ...others])
    await scene.pass(16)
    await update(await scene.offered())
    expect(await scene.until(id, ({ state }) => state === 'finished')).toMatchObject({ why: { code: 'all-ended' } })
    const { operator } = scene.people
    expect(await call(operator, contract.startRollout, { params: { id: waiting } })).toMatchObject({ state: 'running' })
  })

  test('is in no new plan, and the signer is asked for none that it has not signed', async () => {
    const made = await scene.create({ waves: whole })
    await scene.approve(made, 'approver')
    await deprecate()
    const code = 'deployment/release-not-published'
    expect(await outcome(scene.people.operator, contract.createRollout, { body: scene.plan() })).toMatchObject({ code })
    expect(await outcome(scene.people.operator, contract.previewRollout, { body: scene.plan() })).toMatchObject({
      code,
    })
    const body = scene.approval(made.planDigest, scene.keys.admin)
    const last = await outcome(scene.people.admin, contract.approveRollout, { params: { id: made.id }, body })
    expect(last).toMatchObject({ code })
    await scene.tick()
    expect((await scene.get(made.id)).state).toBe('awaiting-approval')
  })
})
