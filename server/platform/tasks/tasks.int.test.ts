import { fork } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as after } from 'node:timers/promises'
import { query } from '@suture/testing/database.ts'
import { ask, until, working, world } from '@suture/testing/worker-scene.ts'
import type { PoolClient } from 'pg'
import { expect, test } from 'vitest'
import type { Pool } from '#platform/database/pool.ts'
import { withScope } from '#platform/database/store.ts'
import { SeenTo } from './task.ts'

test('work exists if and only if the transaction that asked for it commits, and runs in that tenant', async () => {
  const { database, inTenant } = await world()
  const { seen } = await working(database)
  await withScope(database.app, inTenant(0), (scoped) => ask(scoped, 'kept'))
  await expect(
    withScope(database.app, inTenant(0), async (scoped) => {
      await ask(scoped, 'lost')
      throw new Error('rolled back')
    }),
  ).rejects.toThrow('rolled back')
  await withScope(database.app, inTenant(1), (scoped) => ask(scoped, 'last'))
  await until(() => seen.length === 2)
  expect(seen.map(({ note, scope }) => [note, scope.tenant])).toEqual([
    ['kept', inTenant(0).tenant],
    ['last', inTenant(1).tenant],
  ])
})

test('nobody asks for work without a tenant, reads the queue, or writes it past the one function', async () => {
  const { database } = await world()
  await expect(query(database.urls.app, `select suture_task.enqueue('test/note', '{}', null, null)`)).rejects.toThrow(
    'a task needs the tenant',
  )
  for (const role of ['app', 'signer'] as const) {
    await expect(query(database.urls[role], `select graphile_worker.add_job('test/note')`)).rejects.toMatchObject({
      code: '42501',
    })
    await expect(query(database.urls[role], 'select * from graphile_worker._private_jobs')).rejects.toMatchObject({
      code: '42501',
    })
  }
  await expect(
    query(database.urls.signer, `select suture_task.enqueue('test/note', '{}', null, null)`),
  ).rejects.toMatchObject({ code: '42501' })
})

test('work with the same key that has not begun is replaced, and keys of two tenants are two keys', async () => {
  const { database, inTenant } = await world()
  const later = new Date(Date.now() + 60_000)
  await withScope(database.app, inTenant(0), (scoped) => ask(scoped, 'older', { key: 'k', runAt: later }))
  await withScope(database.app, inTenant(1), (scoped) => ask(scoped, 'other tenant', { key: 'k' }))
  await withScope(database.app, inTenant(0), (scoped) => ask(scoped, 'newer', { key: 'k' }))
  const { seen } = await working(database)
  await until(() => seen.length === 2)
  expect(seen.map(({ note }) => note).toSorted()).toEqual(['newer', 'other tenant'])
})

test('work that is asked for once more keeps its place, so that asking often puts nothing off', async () => {
  const { database, inTenant } = await world()
  const at = (seconds: number) => new Date(Date.now() + seconds * 1_000)
  await withScope(database.app, inTenant(0), (scoped) => ask(scoped, 'first', { key: 'k', runAt: at(-20) }))
  await withScope(database.app, inTenant(0), (scoped) => ask(scoped, 'between', { runAt: at(-10) }))
  await withScope(database.app, inTenant(0), (scoped) => ask(scoped, 'first again', { key: 'k' }))
  const { seen } = await working(database, { places: 1 })
  await until(() => seen.length === 2)
  expect(seen.map(({ note }) => note)).toEqual(['first again', 'between'])
})

test('work that has places of its own leaves those of other work free, and is done in the order in which it was asked for', async () => {
  const { database, inTenant } = await world()
  const notes = ['1', '2', '3', '4', '5', '6']
  for (const note of notes) await withScope(database.app, inTenant(0), (scoped) => ask(scoped, note, {}, 'test/long'))
  const ends: (() => void)[] = []
  const during = () => new Promise<void>((end) => void ends.push(end))
  const { seen: long } = await working(database, { name: 'test/long', places: 2, during })
  const { seen } = await working(database)
  await until(() => ends.length >= 2)
  await withScope(database.app, inTenant(1), (scoped) => ask(scoped, 'other'))
  await until(() => seen.length === 1)
  expect(ends).toHaveLength(2)
  for (let done = 1; done <= notes.length; done++) {
    ends.shift()?.()
    await until(() => long.length === done && ends.length === Math.min(2, notes.length - done))
  }
  expect(long.map(({ note }) => note).toSorted()).toEqual(notes)
  expect(long.map(({ note }) => Number(note)).every((note, at) => Math.abs(note - at - 1) <= 1)).toBe(true)
})

test('a task that has seen to its own failure is told and counted, and not tried again', async () => {
  const { database, inTenant } = await world()
  const during = async () => {
    throw new SeenTo(new Error('spoilt'))
  }
  const { metrics } = await working(database, { during })
  await withScope(database.app, inTenant(0), (scoped) => ask(scoped, 'fails'))
  const failed = async () =>
    (await metrics.tasks.get()).values.some(({ labels, value }) => labels.outcome === 'failed' && value === 1)
  await until(failed)
  const left = () => query(database.urls.superuser, 'select attempts, last_error from graphile_worker.jobs')
  await expect.poll(left, { timeout: 10_000 }).toEqual([])
})

test('stopping waits for the work that has begun', async () => {
  const { database, inTenant } = await world()
  let began = false
  const during = async () => {
    began = true
    await after(300)
  }
  const { seen, worker } = await working(database, { during })
  await withScope(database.app, inTenant(0), (scoped) => ask(scoped, 'finished'))
  await until(() => began)
  await worker.stop()
  expect(seen.map(({ note }) => note)).toEqual(['finished'])
})

test('the work of a pool that died before its first lease is freed, and that of a pool that lives is not', async () => {
  const { database, inTenant } = await world()
  const { seen, worker } = await working(database, { during: () => after(9_000) })
  await withScope(database.app, inTenant(0), (scoped) => ask(scoped, 'long work of the living'))
  await query(
    database.urls.superuser,
    `insert into graphile_worker._private_jobs (task_id, payload, locked_by, locked_at)
     select id, json_build_object('tenant', $1::int, 'payload', json_build_object('note', 'of the dead')), 'pool-dead', now()
       from graphile_worker._private_tasks where identifier = 'test/note'`,
    [inTenant(0).tenant],
  )
  await until(() => seen.length === 2)
  await worker.stop()
  expect(seen.map(({ note }) => note)).toEqual(['long work of the living', 'of the dead'])
})

test('the work whose end could not be written down, because the database was away, is done again by the same worker', async () => {
  const { database, inTenant } = await world()
  const maintenance = new URL(database.urls.superuser)
  const name = maintenance.pathname.slice(1)
  maintenance.pathname = '/postgres'
  let isFirst = true
  const during = async () => {
    if (!isFirst) return
    isFirst = false
    await query(maintenance.href, `alter database ${name} allow_connections false`)
    await query(maintenance.href, 'select pg_terminate_backend(pid) from pg_stat_activity where datname = $1', [name])
    setTimeout(() => void query(maintenance.href, `alter database ${name} allow_connections true`), 1500)
  }
  const { seen } = await working(database, { during })
  await withScope(database.app, inTenant(0), (scoped) => ask(scoped, 'again'))
  await until(() => seen.length === 2)
  expect(seen.map(({ note }) => note)).toEqual(['again', 'again'])
})

/** The same connections, but none the second time that somebody takes hold of them: the queue itself is entered, the next is out of luck. */
function awayOnce({ pg, close }: Pool): Pool {
  const none = Object.create(pg, { connect: { value: () => Promise.reject(new Error('the database is away')) } })
  let taken = 0
  return {
    get pg() {
      taken += 1
      return taken === 2 ? none : pg
    },
    close,
  }
}

test('a queue that is left while the database breaks off gives its connection back once, and the process lives', async () => {
  const { database } = await world()
  const { pg: pool } = database.workerPool
  const listening = Promise.withResolvers<void>()
  const broken = Promise.withResolvers<never>()
  /** A connection on which somebody waits to hear, and which breaks off when they give up. */
  const listener = (client: PoolClient) =>
    Object.create(client, {
      query: {
        value: (...asked: Parameters<typeof client.query>) => {
          const [text] = asked as unknown as [string]
          if (!/^(UN)?LISTEN/.test(text)) return client.query(...asked)
          if (text.startsWith('LISTEN')) listening.resolve()
          else broken.reject(new Error('Connection terminated unexpectedly'))
          return broken.promise
        },
      },
    })
  const connect = (then?: Parameters<typeof pool.connect>[0]) =>
    then ? pool.connect((error, client, release) => then(error, client && listener(client), release)) : pool.connect()
  const pg = Object.create(pool, { connect: { value: connect } })
  const { worker } = await working(database, { pool: { ...database.workerPool, pg } })
  await listening.promise
  await worker.stop()
  // The queue still tries to listen anew, of a pool that is no more.
  await database.workerPool.close()
  await after(300)
})

test.each([
  ['', (pool: Pool) => pool],
  [', also where the database was away the first time', awayOnce],
])('the work of a process that was killed is done by another, once its lease has run out%s', async (_, seenAs) => {
  const { database, inTenant } = await world()
  const doomed = fork(new URL('./worker.fixture.ts', import.meta.url), [database.urls.worker], { execArgv: [] })
  await withScope(database.app, inTenant(0), (scoped) => ask(scoped, 'survives'))
  expect((await once(doomed, 'message'))[0]).toBe('began')
  doomed.kill('SIGKILL')
  await once(doomed, 'exit')
  const { seen } = await working(database, { pool: seenAs(database.workerPool) })
  await until(() => seen.length === 1)
  expect(seen[0]?.note).toBe('survives')
})
