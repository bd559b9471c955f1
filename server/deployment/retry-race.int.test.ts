import { setTimeout as after } from 'node:timers/promises'
import { call } from '@suture/contract/client.ts'
import * as contract from '@suture/contract/deployment.ts'
import { MovedClock } from '@suture/testing/clock.ts'
import type { RolloutScene } from '@suture/testing/rollout-scene.ts'
import { onRolloutStage } from '@suture/testing/rollout-stage.ts'
import { outcome, type TestServer } from '@suture/testing/world.ts'
import pg from 'pg'
import { expect, test } from 'vitest'
import { systemScope, withScope } from '../platform/database/store.ts'
import { deploymentCourier } from './index.ts'

const clock = new MovedClock()
let server: TestServer
let scene: RolloutScene
onRolloutStage(clock, { A: 8 }, (stage) => {
  ;({ server, scene } = stage)
})

const everybody = () =>
  scene.started({
    waves: [{ pick: 'hashed', percent: 100, soakSeconds: 60, minimumSample: 8 }],
    limits: {
      ...scene.plan().limits,
      maxFailurePercent: 99,
      perRevision: { maxFailurePercent: 99, minimumSample: 8, beyond: 'stop' },
    },
  })
const clusters = async (id: string) =>
  (await call(scene.people.viewer, contract.listClusters, { params: { id } })).items
const ask = async (id: string) => {
  const [cluster] = await clusters(id)
  const body = { cluster: cluster?.key ?? '00000000', expect: Math.max(1, cluster?.mayRetry ?? 1) }
  return outcome(scene.people.operator, contract.retryCluster, { params: { id }, body })
}
/** All but the last, so that too few have ended for their failures to stop the rollout. */
const failing = () => scene.devices.slice(0, -1)
const failAll = async () => {
  for (const device of failing()) if ((await device.offered()) !== undefined) await device.update('failure')
  await scene.verify()
}
const open = `state in ('waiting', 'offered', 'downloading', 'downloaded', 'installing', 'rebooting', 'reported', 'cancelling')`

test('no device ever holds two open jobs, while several people try it again in two rollouts and all servers answer its polls', async () => {
  const rollouts = [(await everybody()).id, (await everybody()).id]
  const ids = (
    await scene.sql<{ id: number }>('select id from inventory_device where tenant_id = $1', scene.tenant.id)
  ).map((row) => Number(row.id))
  const courier = deploymentCourier(scene.parts)
  const poll = (at: number) =>
    withScope(
      at % 2 === 0 ? server.database.app : server.database.worker,
      systemScope(scene.tenant.id, 'ddi'),
      (scoped) => courier.assignments(scoped, ids),
    )
  const doubles: unknown[] = []
  let isOver = false
  const looking = (async () => {
    while (!isOver) {
      doubles.push(
        ...(await scene.sql(`select device_id from deployment_job where ${open} group by 1 having count(*) > 1`)),
      )
      await after(5)
    }
  })()
  for (let round = 0; round < 6; round++) {
    const asked = rollouts.flatMap((id) => [ask(id), ask(id), ask(id)])
    await Promise.all([...asked, ...Array.from({ length: 8 }, (_, at) => poll(at)), scene.tick()])
    await poll(0)
    await failAll()
  }
  isOver = true
  await looking
  expect(doubles).toEqual([])
  const rows = await scene.sql<{ attempts: string; jobs: number }>(
    `select rollout_id, device_id, count(*)::int as jobs, string_agg(attempt::text, ' ' order by attempt) as attempts
       from deployment_job where tenant_id = $1 group by 1, 2`,
    scene.tenant.id,
  )
  for (const { attempts } of rows) expect('1 2 3').toContain(attempts)
  expect(rows.some(({ jobs }) => jobs === 3)).toBe(true)
  const lost = await scene.sql(
    `select from deployment_job j where tenant_id = $1 and ${open} and not exists (
       select from deployment_device_slot s where s.device_id = j.device_id and s.job_id = j.id)`,
    scene.tenant.id,
  )
  expect(lost).toEqual([])
})

test('whoever was held while its poll was being answered gets nothing', async () => {
  const { id } = await everybody()
  await scene.offered()
  await failAll()
  expect(await ask(id)).toEqual({ reply: { devices: 7 } })
  const holder = new pg.Client(server.database.urls.superuser)
  await holder.connect()
  await holder.query('begin')
  await holder.query('select from deployment_rollout where id = $1 for no key update', [id])
  const answer = failing()[0]?.offered()
  const waits = `select from pg_stat_activity where wait_event_type = 'Lock' and query ilike '%deployment_rollout%for share%'`
  while ((await scene.sql(waits)).length === 0) await after(10)
  await holder.query(
    `insert into deployment_hold select tenant_id, rollout_id, model_id, hardware_revision, 'P', 'R', now()
       from deployment_stratum where rollout_id = $1`,
    [id],
  )
  await holder.query('commit')
  await holder.end()
  expect(await answer).toBeUndefined()
})

test('a retry that is asked for twice at the same time is done once', async () => {
  const { id } = await everybody()
  await scene.offered()
  await failAll()
  const [cluster] = await clusters(id)
  const body = { cluster: cluster?.key ?? '', expect: 7 }
  const answers = await Promise.all(
    Array.from({ length: 4 }, () => outcome(scene.people.operator, contract.retryCluster, { params: { id }, body })),
  )
  expect(answers.filter((each) => 'reply' in each)).toEqual([{ reply: { devices: 7 } }])
  expect((await scene.get(id)).waves[0]?.retries.asked).toBe(7)
})
