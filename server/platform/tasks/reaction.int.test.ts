import { setTimeout as after } from 'node:timers/promises'
import { databaseForThisTest, query, type TestDatabase } from '@suture/testing/database.ts'
import { expect, test } from 'vitest'
import { systemClock } from '#platform/clock.ts'
import { type Scope, systemScope, withScope } from '#platform/database/store.ts'
import { ensureTenant } from '#platform/database/tenant.ts'
import { emit } from '#platform/events/event.queries.ts'
import { type Reaction, react } from './reaction.ts'

/** What the product's slices declare by augmentation, a test asks for by name. */
const reactions = [
  { on: ['session.opened'], task: 'test/look' },
  { on: ['session.opened', 'session.ended'], task: 'test/count' },
] as never as readonly Reaction[]

interface Task {
  readonly name: string
  readonly tenant: number
  readonly subject: string
}

const tasksOf = (database: TestDatabase): Promise<Task[]> =>
  query<{ name: string; tenant: number; subject: string } & Task>(
    database.urls.superuser,
    `select t.identifier as name, (j.payload->>'tenant')::int as tenant, j.payload->'payload'->>'subject' as subject
     from graphile_worker._private_jobs j join graphile_worker._private_tasks t on t.id = j.task_id order by 1, 2, 3`,
  )

async function world() {
  const database = await databaseForThisTest()
  const [one, two] = [
    await ensureTenant(database.urls.owner, systemClock, 'one'),
    await ensureTenant(database.urls.owner, systemClock, 'two'),
  ]
  const happen = (
    scope: Scope,
    kind: 'session.opened' | 'session.ended',
    subject: string,
    before?: () => Promise<unknown>,
  ) =>
    withScope(database.app, scope, async (scoped) => {
      await emit(scoped, systemClock, { kind, subject, detail: { agent: '' } as never })
      await before?.()
    })
  return { database, one: systemScope(one.id, 'test'), two: systemScope(two.id, 'test'), happen }
}

/**
 * Takes turns until so many tasks are asked for. A transaction in any database of the cluster holds readers of events
 * back, and other tests have some.
 */
async function until(database: TestDatabase, count: number, turn: () => Promise<unknown>): Promise<Task[]> {
  const patience = Date.now() + 20_000
  for (;;) {
    await turn()
    const tasks = await tasksOf(database)
    if (tasks.length >= count || Date.now() > patience) return tasks
    await after(20)
  }
}

test('an event asks for each task that reacts to its kind, in its own tenant, and for no other', async () => {
  const { database, one, two, happen } = await world()
  await happen(one, 'session.opened', 'a')
  await happen(two, 'session.ended', 'b')
  const turns = async () => {
    for (const { tenant } of [one, two]) await react(database.worker, systemClock, tenant, reactions)
  }
  expect(await until(database, 3, turns)).toEqual([
    { name: 'test/count', tenant: one.tenant, subject: 'a' },
    { name: 'test/count', tenant: two.tenant, subject: 'b' },
    { name: 'test/look', tenant: one.tenant, subject: 'a' },
  ])
})

test('an event is reacted to once, though two processes take their turns at the same time', async () => {
  const { database, one, happen } = await world()
  await happen(one, 'session.opened', 'a')
  const turn = () => react(database.worker, systemClock, one.tenant, reactions)
  expect(await until(database, 2, () => Promise.all([turn(), turn(), turn()]))).toHaveLength(2)
  await query(database.urls.superuser, 'delete from graphile_worker._private_jobs')
  await Promise.all([turn(), turn(), turn()])
  expect(await tasksOf(database)).toEqual([])
})

test('an event whose transaction commits after a younger one is not passed over', async () => {
  const { database, one, happen } = await world()
  const turn = () => react(database.worker, systemClock, one.tenant, reactions)
  await happen(one, 'session.ended', 'late', async () => {
    await happen(one, 'session.ended', 'early')
    await turn()
  })
  expect((await until(database, 2, turn)).map(({ subject }) => subject)).toEqual(['early', 'late'])
})

test('a turn that fails leaves its events to the next one', async () => {
  const { database, one, happen } = await world()
  await happen(one, 'session.ended', 'a')
  await query(database.urls.superuser, 'revoke update on platform_reactor from suture_worker')
  const turn = () => react(database.worker, systemClock, one.tenant, reactions)
  const failed = async () => {
    for (const patience = Date.now() + 20_000; Date.now() < patience; await after(20)) await turn()
  }
  await expect(failed()).rejects.toThrow('permission denied')
  expect(await tasksOf(database)).toEqual([])
  await query(database.urls.superuser, 'grant update on platform_reactor to suture_worker')
  expect(await until(database, 1, turn)).toHaveLength(1)
})
