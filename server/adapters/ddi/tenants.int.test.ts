import { MovedClock } from '@suture/testing/clock.ts'
import { createTestDatabase } from '@suture/testing/database.ts'
import { expect, onTestFinished, test } from 'vitest'
import { ensureTenant } from '#platform/database/tenant.ts'
import { tenantByName } from './tenants.ts'

test('a tenant that was just made is found at once, unless strangers have just tried one name after the other', async () => {
  const database = await createTestDatabase()
  onTestFinished(() => database.drop())
  const clock = new MovedClock()
  const find = tenantByName(database.app, clock)
  const made = (name: string) => ensureTenant(database.urls.owner, clock, name)
  for (const name of ['one', 'two']) {
    const { id } = await made(name)
    expect([name, await find(name)]).toEqual([name, id])
  }
  for (let stranger = 0; stranger < 20; stranger++) expect(await find(`nobody-${stranger}`)).toBeUndefined()
  const { id } = await made('three')
  expect(await find('three')).toBeUndefined()
  clock.pass(1)
  expect(await find('three')).toBe(id)
})
