import { setTimeout as after } from 'node:timers/promises'
import { query, type TestDatabase } from '@suture/testing/database.ts'
import { until, working, world } from '@suture/testing/worker-scene.ts'
import { expect, onTestFinished, test } from 'vitest'
import type { Recurring, TaskContext } from './task.ts'
import { timetable } from './worker.ts'

const roundOf = (run: Recurring['run']): Recurring => ({ name: 'test/round', at: '0 0 1 1 *', run })

/** Asks for what comes round as the clock does, which would take a minute for each time. */
async function strike({ urls }: TestDatabase, round: Recurring): Promise<void> {
  const [{ task, options } = { task: '', options: undefined }] = timetable([round])
  const given = [task, options?.queueName, options?.jobKey, options?.jobKeyMode]
  const ask = 'select graphile_worker.add_job($1, queue_name => $2, job_key => $3, job_key_mode => $4)'
  await query(urls.worker, ask, given)
}

const left = ({ urls }: TestDatabase) => query(urls.superuser, 'select attempts, last_error from graphile_worker.jobs')

const outcomes = async ({ metrics }: Awaited<ReturnType<typeof working>>) =>
  Object.fromEntries((await metrics.tasks.get()).values.map(({ labels, value }) => [labels.outcome, value]))

test('work that comes round is done once for each tenant, and counted', async () => {
  const { database, tenants } = await world()
  const visited: number[] = []
  const round = roundOf(async ({ scope }: TaskContext<undefined>) => void visited.push(scope.tenant))
  const works = await working(database, { tenants, recurring: [round] })
  await strike(database, round)
  await until(async () => (await left(database)).length === 0)
  expect(visited).toEqual(tenants.map(({ id }) => id))
  expect(await outcomes(works)).toEqual({ done: 2 })
})

test('what fails for one tenant keeps no other from theirs, is told and counted, and is not tried again in between', async () => {
  const { database, tenants } = await world()
  const visited: number[] = []
  const round = roundOf(async ({ scope }) => {
    visited.push(scope.tenant)
    if (scope.tenant === tenants[0].id) throw new Error('spoilt')
  })
  const works = await working(database, { tenants, recurring: [round] })
  await strike(database, round)
  await until(async () => (await left(database)).every(({ last_error }) => last_error !== null))
  expect(await left(database)).toEqual([])
  expect(visited).toEqual(tenants.map(({ id }) => id))
  expect(await outcomes(works)).toEqual({ failed: 1, done: 1 })
  expect(works.logged.map((line) => JSON.parse(line))).toMatchObject([
    { task: 'test/round', tenant: tenants[0].id, err: { message: 'spoilt' } },
  ])
})

test('work that takes longer than it comes round in never runs beside itself, and waits once at the most', async () => {
  const { database, tenants } = await world()
  const ends: (() => void)[] = []
  const round = roundOf(() => new Promise((end) => void ends.push(end)))
  await working(database, { tenants: tenants.slice(0, 1), recurring: [round] })
  onTestFinished(() => {
    for (const end of ends) end()
  })
  await strike(database, round)
  await until(() => ends.length === 1)
  for (let more = 0; more < 3; more++) await strike(database, round)
  expect((await left(database)).length).toBe(2)
  // Longer than it takes a worker with free places to look for work.
  await after(2500)
  expect(ends.length).toBe(1)
  ends[0]?.()
  await until(() => ends.length === 2)
  ends[1]?.()
  await until(async () => (await left(database)).length === 0)
  expect(ends.length).toBe(2)
})
