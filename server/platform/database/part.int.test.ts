import { createTestDatabase, query, type TestDatabase } from '@suture/testing/database.ts'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { systemClock } from '#platform/clock.ts'
import { emit } from '#platform/events/event.queries.ts'
import { Refusal } from '#platform/refusal.ts'
import { allOrNothing } from './part.ts'
import { systemScope, withScope } from './store.ts'
import { ensureTenant } from './tenant.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await createTestDatabase()
})
afterAll(() => database.drop())

test('a part that is refused leaves nothing behind, and the transaction goes on; any other failure ends it', async () => {
  const { id } = await ensureTenant(database.urls.owner, systemClock, 'plant')
  const told = async () =>
    (
      await query<{ subject: string }>(
        database.urls.superuser,
        `select subject from platform_event where kind = 'gateway.created' order by id`,
      )
    ).map(({ subject }) => subject)
  const run = (error: Error) =>
    withScope(database.app, systemScope(id, 'test'), async (scoped) => {
      const say = (subject: string) =>
        emit(scoped, systemClock, { kind: 'gateway.created', subject, detail: { name: subject } })
      await say('before')
      const refused = await allOrNothing(scoped, async () => {
        await say('half')
        throw error
      })
      expect(await allOrNothing(scoped, () => say('whole'))).toBeUndefined()
      return refused?.code
    })
  expect(await run(new Refusal('inventory/serial-taken'))).toBe('inventory/serial-taken')
  expect(await told()).toEqual(['before', 'whole'])
  await expect(run(new Error('a fault'))).rejects.toThrow('a fault')
  expect(await told()).toEqual(['before', 'whole'])
})
