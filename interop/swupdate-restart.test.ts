import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { become, Plant, until, written } from './plant.ts'
import { hasSwupdate } from './swupdate.ts'

let plant: Plant
beforeAll(async () => {
  if (hasSwupdate()) plant = await Plant.make('plant')
})
afterAll(() => plant?.end())

describe.skipIf(!hasSwupdate())('SWUpdate', () => {
  test('goes on with its download when the server is killed in the middle of it, in the same job', async () => {
    const member = await plant.member('killed')
    onTestFinished(() => member.end())
    // More than the buffers of the sockets hold, so that not all of it is on its way when the server dies.
    await plant.roll(member, { bytes: 32_000_000 })
    member.wire.bytesPerSecond = 3_000_000
    member.switchOn()
    await until(() => member.wire.passed > 1_500_000)
    const before = await member.job()
    await plant.plane.crash()
    member.wire.bytesPerSecond = 0
    await written(member)
    expect(member.wire.asked.some((text) => /^range: bytes=[1-9]\d*-/im.test(text))).toBe(true)
    await member.restart()
    await become(member, 'verified as-wanted')
    expect(await member.job()).toMatchObject({ id: before?.id, claim: 'success' })
    expect(await plant.plane.scene.jobs(member.rollout)).toHaveLength(1)
  })
})
