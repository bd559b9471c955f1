import { fork } from 'node:child_process'
import { call } from '@suture/contract/client.ts'
import * as contract from '@suture/contract/webhooks.ts'
import { query } from '@suture/testing/database.ts'
import type { Message } from '@suture/testing/receiver.ts'
import { here, ids, verified, webhookScenes } from '@suture/testing/webhook-scene.ts'
import { outcome } from '@suture/testing/world.ts'
import { expect, onTestFinished, test } from 'vitest'
import { createLog } from '#platform/log.ts'
import { createMetrics } from '#platform/metrics.ts'
import { startWorker } from '#platform/tasks/worker.ts'
import { integrationsTasks } from './tasks.ts'

const { scene, wait, clock, server } = webhookScenes()

test('a webhook is told the events of its kinds in the order of the record, each signed', async () => {
  const { hook, happen, filled, send, receiver, told, list } = await scene()
  const { webhook, secret } = await hook({ kinds: ['site.created'] })
  await hook({ name: 'none', kinds: [] })
  await hook({ name: 'others', kinds: ['rollout', 'site.changed'] })
  await happen(3)
  await filled(3)
  await send(webhook.id)
  expect(told()).toEqual(['Site 0', 'Site 1', 'Site 2'])
  expect(verified(secret, receiver.messages[0] as Message)).toMatchObject({ type: 'suture.site.created' })
  expect((await list()).map(({ state, answer }) => [state, answer?.status])).toEqual(Array(3).fill(['delivered', 204]))
  const { items } = await call((await scene()).admin, contract.listWebhooks, {})
  expect(items).toEqual([])
})

test('a delivery that fails is tried again after a pause with the same id, and those behind it wait', async () => {
  const { hook, happen, filled, send, receiver, list } = await scene()
  const { webhook } = await hook()
  await happen(2)
  await filled(2)
  receiver.answer = (_message, response) => void response.writeHead(500).end()
  await send(webhook.id)
  await send(webhook.id)
  expect(receiver.messages.length).toBe(1)
  receiver.answer = (_message, response) => void response.writeHead(200).end()
  wait(7)
  await send(webhook.id)
  const [first, second, third] = ids(receiver.messages)
  expect([second, receiver.messages.length]).toEqual([first, 3])
  expect(third).not.toBe(first)
  expect(receiver.messages[1]?.body).toBe(receiver.messages[0]?.body)
  expect((await list()).map(({ tries }) => tries)).toEqual([1, 2])
})

test('a receiver that asks for a longer pause gets it', async () => {
  const { hook, happen, filled, send, receiver } = await scene()
  const { webhook } = await hook()
  await happen()
  await filled(1)
  receiver.answer = (_message, response) => void response.writeHead(429, { 'retry-after': '300' }).end()
  await send(webhook.id)
  wait(290)
  await send(webhook.id)
  expect(receiver.messages.length).toBe(1)
  wait(11)
  await send(webhook.id)
  expect(receiver.messages.length).toBe(2)
})

test('after the last try a delivery is dead and the next one goes; a replay sends it again with its id', async () => {
  const { hook, happen, filled, send, receiver, list, admin } = await scene()
  const { webhook } = await hook()
  await happen(2)
  await filled(2)
  const refused = (message: Message) => message.body.includes('Site 0')
  receiver.answer = (message, response) => void response.writeHead(refused(message) ? 422 : 200).end()
  for (let turn = 0; turn < 8; turn++) {
    await send(webhook.id)
    wait(9000)
  }
  const [delivered, dead] = await list()
  expect([dead?.state, dead?.tries, dead?.answer?.status, delivered?.state]).toEqual(['dead', 8, 422, 'delivered'])
  await send(webhook.id)
  const before = receiver.messages.length
  receiver.answer = (_message, response) => void response.writeHead(200).end()
  const params = { id: webhook.id }
  expect(await call(admin, contract.replayDeliveries, { params, body: {} })).toEqual({ replayed: 1 })
  expect(await call(admin, contract.replayDeliveries, { params, body: {} })).toEqual({ replayed: 0 })
  await send(webhook.id)
  expect(ids(receiver.messages.slice(before))).toEqual([dead?.id])
  const again = { delivery: delivered?.id ?? '' }
  expect(await call(admin, contract.replayDeliveries, { params, body: again })).toEqual({ replayed: 1 })
  await send(webhook.id)
  expect(ids(receiver.messages).at(-1)).toBe(delivered?.id)
  const unknown = { delivery: webhook.id }
  expect(await outcome(admin, contract.replayDeliveries, { params, body: unknown })).toMatchObject({
    code: 'integrations/delivery-unknown',
  })
})

test('a redirect is not followed', async () => {
  const { hook, happen, filled, send, receiver, list } = await scene()
  const { webhook } = await hook({ url: `${receiver.url}/in` })
  await happen()
  await filled(1)
  receiver.answer = (_message, response) => void response.writeHead(302, { location: '/elsewhere' }).end()
  await send(webhook.id)
  expect(receiver.messages.map(({ path }) => path)).toEqual(['/in'])
  expect(await list()).toMatchObject([{ state: 'pending', answer: { status: 302 } }])
})

test('two tenants that send to one receiver send each its own', async () => {
  const [one, other] = [await scene(), await scene()]
  const { webhook } = await one.hook()
  const { webhook: foreign } = await other.hook({ url: one.receiver.url })
  await one.happen(1)
  await one.filled(1)
  await other.fill()
  await other.send(webhook.id)
  await other.send(foreign.id)
  expect(one.receiver.messages).toEqual([])
  await one.send(webhook.id)
  expect(one.receiver.messages.length).toBe(1)
  expect(JSON.parse(one.receiver.messages[0]?.body ?? '')).toMatchObject({ source: `urn:uuid:${one.tenant.uid}` })
})

test('what does not fit into an outbox waits in the record, and nothing of it is lost', async () => {
  const { hook, happen, filled, fill, send, told, list } = await scene()
  const { webhook } = await hook()
  await happen(103)
  await filled(100)
  await fill()
  expect((await list()).length).toBe(100)
  for (let turn = 0; turn < 5; turn++) await send(webhook.id)
  await filled(103)
  await send(webhook.id)
  expect(told()).toEqual(Array.from({ length: 103 }, (_, at) => `Site ${at}`))
})

test('a worker that is killed after it sent, and before it wrote that down, sends again with the same id and in order', async () => {
  const { hook, happen, filled, receiver, told, list } = await scene()
  await hook()
  const gone = new Promise<void>((done) => {
    receiver.answer = () => {
      child.once('exit', () => done())
      child.kill('SIGKILL')
    }
  })
  const { urls, worker: store, workerPool: pool } = server().database
  const child = fork(new URL('../../testing/webhook-worker.ts', import.meta.url), [urls.worker, server().home, ...here])
  onTestFinished(() => void child.kill('SIGKILL'))
  await happen(2)
  await filled(2)
  await gone
  receiver.answer = (_message, response) => void response.writeHead(200).end()
  // Later than it had the delivery in hand for.
  wait(30)
  const log = createLog('fatal')
  const worker = await startWorker({
    ...{ pool, store, clock, log, metrics: createMetrics(), recurring: [], places: 4 },
    handlers: integrationsTasks({ home: server().home, outward: here, log }),
    tenants: async () => [],
  })
  onTestFinished(() => worker.stop())
  await expect.poll(() => receiver.messages.length, { timeout: 60_000 }).toBe(3)
  const [first, again, next] = ids(receiver.messages)
  expect(again).toBe(first)
  expect(next).not.toBe(first)
  expect(told()).toEqual(['Site 0', 'Site 0', 'Site 1'])
  await expect.poll(async () => (await list()).map(({ state }) => state)).toEqual(['delivered', 'delivered'])
}, 120_000)

test('a server that stops while it waits for an answer has not tried, and its receiver has not failed', async () => {
  const { hook, happen, filled, send, receiver, list, admin } = await scene()
  const { webhook } = await hook()
  await happen()
  await filled(1)
  const stopping = new AbortController()
  receiver.answer = () => stopping.abort()
  await send(webhook.id, stopping.signal)
  expect(await list()).toMatchObject([{ state: 'pending', tries: 0, answer: null }])
  expect((await call(admin, contract.listWebhooks, {})).items).toMatchObject([{ failingSince: null }])
  receiver.answer = (_message, response) => void response.writeHead(204).end()
  await send(webhook.id)
  const [first, again] = ids(receiver.messages)
  expect(again).toBe(first)
  expect(await list()).toMatchObject([{ state: 'delivered', tries: 1 }])
})

test('the dead of a webhook are counted by an index of their own, however many were delivered', async () => {
  const { hook, tenant } = await scene()
  const { webhook } = await hook()
  const { superuser } = server().database.urls
  await query(
    superuser,
    `insert into integrations_delivery (tenant_id, id, webhook_id, kind, subject, at, state, tries, due_at, created_at, ended_at)
     select $1, gen_random_uuid(), $2, 'webhook.tested', 'S', now(), 'delivered', 1, now(), now(), now() from generate_series(1, 5000)`,
    [tenant.id, webhook.id],
  )
  await query(superuser, 'analyze integrations_delivery')
  const plan = await query(
    superuser,
    `explain select count(*) from integrations_delivery d
      where d.tenant_id = ${tenant.id} and d.webhook_id = '${webhook.id}' and d.state = 'dead'`,
  )
  expect(JSON.stringify(plan)).toContain('integrations_delivery_dead')
})
