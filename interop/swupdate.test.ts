import { call } from '@suture/contract/client.ts'
import { stopRollout } from '@suture/contract/deployment.ts'
import { admitDevice, createGateway } from '@suture/contract/inventory.ts'
import { afterAll, beforeAll, describe, expect, type TestContext, test } from 'vitest'
import { versions } from '../testing/published-release.ts'
import { become, type Member, Plant, until, written } from './plant.ts'
import { hasSwupdate } from './swupdate.ts'
import type { Wire } from './wire.ts'

let plant: Plant
beforeAll(async () => {
  if (hasSwupdate()) plant = await Plant.make('plant')
})
afterAll(() => plant?.end())

/** Tests run beside each other, so each ends its own devices. */
type Running = Pick<TestContext, 'onTestFinished'>

/** A device that is switched off when the test ends. */
async function untilTheEnd({ onTestFinished }: Running, making: Promise<Member>): Promise<Member> {
  const made = await making
  onTestFinished(() => made.end())
  return made
}

/** A device that an operator imported. */
const member = (running: Running, serial: string): Promise<Member> => untilTheEnd(running, plant.member(serial))

/** How many times the bytes were asked for from a place in their middle. */
const resumed = ({ asked }: Wire): number => asked.filter((text) => /^range: bytes=[1-9]\d*-/im.test(text)).length

describe.skipIf(!hasSwupdate())('SWUpdate', { concurrent: true }, () => {
  test('updates in two phases, and its word counts as claimed until we have read it ourselves', async (running) => {
    const two = await member(running, 'two-phases')
    await plant.roll(two)
    two.switchOn()
    await written(two)
    await become(two, 'installing')
    expect((await two.known()).facts.filter(({ source, name }) => source === 'ddi' && name === 'firmware')).toEqual([
      expect.objectContaining({ value: versions.before, assurance: 'claimed', effective: false }),
    ])
    two.device.isReachable = false
    await two.restart()
    await become(two, 'reported')
    expect(await two.known()).toMatchObject({ firmware: versions.before })
    two.device.isReachable = true
    await become(two, 'verified as-wanted')
    expect(await two.job()).toMatchObject({ claim: 'success', assurance: 'observed', versionAfter: versions.after })
    expect(await two.known()).toMatchObject({ firmware: versions.after, billAssurance: 'observed' })
    expect((await two.said()).at(-1)).toBe('succeeded')
  })

  test('is not believed when it claims to run what nobody has read', async (running) => {
    const boasting = await member(running, 'boasting')
    boasting.switchOn()
    const claims = async () => (await boasting.known()).facts.filter(({ source }) => source === 'ddi')
    await until(async () => (await claims()).length > 0)
    await boasting.device.stop()
    boasting.device.boast(versions.after)
    boasting.device.isReachable = false
    boasting.switchOn()
    await until(async () => (await claims()).some(({ value }) => value === versions.after))
    expect(await boasting.known()).toMatchObject({ firmware: versions.before })
    expect((await claims()).find(({ name }) => name === 'firmware')).toMatchObject({ effective: false })
  })

  test('refuses an image of another signer, and is read to run what it ran', async (running) => {
    const refusing = await member(running, 'wrong-signer')
    await plant.roll(refusing, { signer: plant.stranger() })
    refusing.switchOn()
    await become(refusing, 'rolled-back device-rolled-back')
    expect(refusing.device.hasIncoming).toBe(false)
    expect(await refusing.job()).toMatchObject({ claim: 'failure', assurance: 'observed' })
  })

  test('reports a script that fails as a failure', async (running) => {
    const failing = await member(running, 'failing-script')
    await plant.roll(failing, { scriptEnds: 7 })
    failing.switchOn()
    await become(failing, 'rolled-back device-rolled-back')
    expect(await failing.job()).toMatchObject({ claim: 'failure' })
  })

  test('that does not come up again says so, and is read to run what it ran', async (running) => {
    const broken = await member(running, 'no-boot')
    await plant.roll(broken)
    broken.switchOn()
    await written(broken)
    await broken.restart(false)
    await become(broken, 'rolled-back device-rolled-back')
  })

  test('goes on with a download that was cut, from where it was cut', async (running) => {
    const cut = await member(running, 'cut')
    await plant.roll(cut, { bytes: 3_000_000 })
    cut.wire.fault = (bytes, line) => {
      if (line.passed < 1_000_000) return bytes
      cut.wire.fault = (after) => after
      line.cut()
      return undefined
    }
    cut.switchOn()
    await written(cut)
    expect(resumed(cut.wire)).toBeGreaterThan(0)
    await cut.restart()
    await become(cut, 'verified as-wanted')
  })

  test('called back before it began drops the update', async (running) => {
    const called = await member(running, 'cancel-before')
    // What it is offered does not reach it, so that it cannot begin.
    called.wire.fault = (bytes, line) => {
      if (!bytes.includes('/deploymentBase/')) return bytes
      line.cut()
      return undefined
    }
    await plant.roll(called)
    called.switchOn()
    await become(called, 'offered')
    await call(plant.people.operator, stopRollout, { params: { id: called.rollout } })
    called.wire.fault = (bytes) => bytes
    await become(called, 'cancelled rollout-stopped')
    expect(called.device.hasIncoming).toBe(false)
    expect(await called.said()).toEqual(['cancelled'])
  })

  test('called back while it downloads stops, and installs nothing', async (running) => {
    const called = await member(running, 'cancel-during')
    await plant.roll(called, { bytes: 8_000_000 })
    called.wire.bytesPerSecond = 400_000
    called.switchOn()
    await become(called, 'downloading')
    await until(() => called.wire.passed > 500_000)
    await call(plant.people.operator, stopRollout, { params: { id: called.rollout } })
    await become(called, 'cancelled rollout-stopped')
    expect(called.wire.passed).toBeLessThan(8_000_000)
    expect(called.device.hasIncoming).toBe(false)
  })

  test('with a wrong token is told nothing but 401, and does not disturb the device that has the right one', async (running) => {
    const right = await member(running, 'right-token')
    const wrong = await untilTheEnd(running, plant.newDevice('wrong-token', secretOf('0')))
    const answers: string[] = []
    wrong.wire.fault = (bytes) => {
      const status = bytes.toString('latin1').split(' ')[1] ?? ''
      // curl asks whether it should go on before it sends a body.
      if (status !== '100') answers.push(status)
      return bytes
    }
    await plant.roll(right)
    wrong.device.start(wrong.wire.url, plant.plane.tenant, secretOf('0'), undefined, 'right-token')
    right.switchOn()
    await written(right)
    await right.restart()
    await become(right, 'verified as-wanted')
    await until(() => answers.length > 2)
    expect(new Set(answers)).toEqual(new Set(['401']))
  })

  test('behind a gateway waits in quarantine until somebody lets it in, and updates then', async (running) => {
    const { secret } = await call(plant.people.operator, createGateway, { body: { name: 'Hall' } })
    const guest = await untilTheEnd(running, plant.newDevice('guest', { kind: 'gateway', value: secret }))
    guest.switchOn()
    await until(async () => (await guest.known().catch(() => undefined))?.facts.some(({ name }) => name === 'firmware'))
    const { id, state, facts } = await guest.known()
    expect(state).toBe('quarantined')
    expect(new Set(facts.map(({ assurance }) => assurance))).toEqual(new Set(['claimed']))
    await call(plant.people.operator, admitDevice, { params: { id }, body: { site: 'Works' } })
    await plant.import(guest, {})
    await plant.roll(guest)
    await written(guest)
    await guest.restart()
    await become(guest, 'verified as-wanted')
  })

  test('that is told to skip reports success, and that success is disputed', async (running) => {
    const skipping = await member(running, 'skip')
    await plant.roll(skipping)
    // As a server would that closed the maintenance window: in a document of the same length.
    skipping.wire.fault = (bytes) =>
      Buffer.from(bytes.toString('latin1').replace('"update":"forced"', '"update":"skip"  '), 'latin1')
    skipping.switchOn()
    await become(skipping, 'disputed never-fetched')
    expect(await skipping.job()).toMatchObject({ claim: 'success' })
    expect(skipping.wire.asked.join()).toContain('Skipped Update.')
    expect(await skipping.known()).toMatchObject({ firmware: versions.before })
  })

  test('is never told to skip: when the time of a rollout is over, it is called back', async (running) => {
    const late = await member(running, 'window')
    late.wire.bytesPerSecond = 400_000
    await plant.roll(late, { bytes: 12_000_000 }, { notAfter: new Date(Date.now() + 12_000).toISOString() })
    late.switchOn()
    await become(late, 'cancelled rollout-expired')
    expect(late.device.hasIncoming).toBe(false)
    expect(late.wire.told.some((text) => text.includes('skip'))).toBe(false)
  })
})

const secretOf = (letter: string) => ({ kind: 'target', value: letter.repeat(32) }) as const
