import { fork } from 'node:child_process'
import { createToken } from '@suture/contract/auth.ts'
import { call } from '@suture/contract/client.ts'
import { listEvents } from '@suture/contract/platform.ts'
import * as contract from '@suture/contract/webhooks.ts'
import { query } from '@suture/testing/database.ts'
import type { Message } from '@suture/testing/receiver.ts'
import { here, webhookScene } from '@suture/testing/webhook-scene.ts'
import { outcome, startTestServer, type TestServer } from '@suture/testing/world.ts'
import { Webhook } from 'standardwebhooks'
import { afterAll, beforeAll, beforeEach, expect, onTestFinished, test } from 'vitest'
import { createLog } from '#platform/log.ts'
import { createMetrics } from '#platform/metrics.ts'
import { startWorker } from '#platform/tasks/worker.ts'
import { integrationsTasks } from './tasks.ts'

let server: TestServer
/** By how much the sender's time is ahead of the server's, whose sessions would end. */
let late = 0
const clock = { now: () => new Date(Date.now() + late) }
const wait = (seconds: number) => {
  late += seconds * 1000
}
beforeAll(async () => {
  server = await startTestServer({ outward: here })
})
beforeEach(() => wait(-late / 1000))
afterAll(() => server.stop())

let tenants = 0
const scene = () => webhookScene(server, clock, `plant-${tenants++}`)
const ids = (messages: readonly Message[]) => messages.map(({ headers }) => headers['webhook-id'])
/** Verifies as a receiver does; the scene's clock is not the machine's, and the library knows only that one. */
const verified = (secret: string, { body, headers }: Message) =>
  new Webhook(secret).verify(body, headers as Record<string, string>)

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

test('410 pauses a webhook and the record says so; once it goes on, it does from where it stopped', async () => {
  const { hook, happen, filled, fill, send, receiver, told, admin } = await scene()
  const { webhook } = await hook()
  await happen(1)
  await filled(1)
  receiver.answer = (_message, response) => void response.writeHead(410).end()
  await send(webhook.id)
  const get = () => call(admin, contract.getWebhook, { params: { id: webhook.id } })
  expect(await get()).toMatchObject({ state: 'paused', pausedBy: 'receiver' })
  const { items } = await call(admin, listEvents, { query: { kind: 'webhook.paused' } })
  expect(items).toMatchObject([{ subject: webhook.id, detail: { by: 'receiver' } }])
  await happen(2)
  await fill()
  await send(webhook.id)
  expect(receiver.messages.length).toBe(1)
  receiver.answer = (_message, response) => void response.writeHead(200).end()
  await call(admin, contract.changeWebhook, { params: { id: webhook.id }, ifMatch: '*', body: { state: 'active' } })
  await filled(3)
  await send(webhook.id)
  expect(told()).toEqual(['Site 0', 'Site 1', 'Site 2'])
})

test('a webhook of which nothing arrived for a day is paused, and a person is told in the record', async () => {
  const { hook, happen, filled, send, receiver, admin } = await scene()
  const { webhook } = await hook()
  await happen(8)
  await filled(8)
  receiver.answer = (_message, response) => void response.writeHead(500).end()
  const pausedBy = async () => (await call(admin, contract.getWebhook, { params: { id: webhook.id } })).pausedBy
  await send(webhook.id)
  for (let hours = 0; hours < 22; hours += 2) {
    wait(2 * 3600 + 1500)
    await send(webhook.id)
    if (hours < 16) expect(await pausedBy()).toBeNull()
  }
  expect(await pausedBy()).toBe('failures')
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

test('an address that this server may not reach is refused, and one that came to be so is not sent to', async () => {
  const { hook, happen, filled, send, list, admin } = await scene()
  for (const url of ['https://10.0.0.1/', 'https://169.254.169.254/', 'https://u:p@127.0.0.1/', 'http://[::1]/', 'x']) {
    const given = { body: { name: 'W', kinds: ['site'], url } }
    expect(await outcome(admin, contract.createWebhook, given)).toMatchObject({ code: 'integrations/address-refused' })
  }
  const { webhook } = await hook()
  await query(server.database.urls.superuser, 'update integrations_webhook set url = $1 where id = $2', [
    'https://10.0.0.1/',
    webhook.id,
  ])
  await happen()
  await filled(1)
  const { 'integrations/send': handle } = integrationsTasks({ home: server.home, outward: ['public'] })
  const scope = {
    tenant: (await scene()).tenant.id,
    actor: { kind: 'system', id: 't', name: 'T' },
    sites: 'all',
  } as const
  const signal = AbortSignal.timeout(60_000)
  // As another tenant there is no such webhook, and nothing happens.
  await handle({ store: server.database.worker, clock, scope, payload: { webhook: webhook.id }, signal })
  expect(await list()).toMatchObject([{ tries: 0 }])
  await send(webhook.id)
  expect(await list()).toMatchObject([
    { tries: 1, answer: { status: null, says: expect.stringMatching(/^not sent: /) } },
  ])
})

test('no kind of event means none, and a kind about nothing is refused', async () => {
  const { admin } = await scene()
  const given = { body: { name: 'W', url: 'http://127.0.0.1/', kinds: ['rolout'] } }
  expect(await outcome(admin, contract.createWebhook, given)).toMatchObject({ code: 'http/malformed' })
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

test('a webhook reaches no further than its maker: limited to sites or without the permission, it is paused', async () => {
  const { hook, happen, fill, send, filled, receiver, admin, tenant } = await scene()
  const made = await call(admin, createToken, {
    body: { name: 'robot', permissions: ['integrations:manage', 'integrations:read'] },
  })
  const robot = { base: server.base, headers: { authorization: `Bearer ${made.secret}` } }
  const body = { name: 'R', kinds: ['site'], url: receiver.url }
  expect(await outcome(robot, contract.createWebhook, { body })).toMatchObject({ code: 'auth/person-needed' })
  const { webhook } = await hook()
  await happen(1)
  await filled(1)
  const sql = (text: string) => query(server.database.urls.superuser, text, [tenant.people.admin.id])
  await sql('update platform_user set site_ids = array[1] where id = $1')
  await send(webhook.id)
  await fill()
  expect(receiver.messages).toEqual([])
  expect(await outcome(admin, contract.listWebhooks, {})).toMatchObject({ code: 'auth/all-sites-needed' })
  expect(await outcome(admin, contract.listDeliveries, {})).toMatchObject({ code: 'auth/all-sites-needed' })
  await sql('update platform_user set site_ids = null where id = $1')
  const get = () => call(admin, contract.getWebhook, { params: { id: webhook.id } })
  expect(await get()).toMatchObject({ state: 'paused', pausedBy: 'maker' })
})

test('while somebody else reads the record, a person who may not is refused', async () => {
  const { tenant, hook } = await scene()
  const { webhook } = await hook()
  const params = { id: webhook.id }
  expect(await call(tenant.people.auditor, contract.getWebhook, { params })).toMatchObject({ name: 'W' })
  expect(await outcome(tenant.people.auditor, contract.testWebhook, { params })).toMatchObject({ status: 403 })
  expect(await outcome(tenant.people.operator, contract.listWebhooks, {})).toMatchObject({ status: 403 })
})

test('a secret is told once: no list, no record, no log and no table has it', async () => {
  const { hook, happen, filled, send, admin } = await scene()
  const { webhook, secret } = await hook()
  const rotated = await call(admin, contract.rotateWebhookSecret, { params: { id: webhook.id } })
  await happen()
  await filled(1)
  await send(webhook.id)
  const told = JSON.stringify([
    await call(admin, contract.listWebhooks, {}),
    await call(admin, listEvents, { query: { limit: 500 } }),
    server.logged,
    await query(server.database.urls.superuser, `select w.*, encode(secret, 'escape') from integrations_webhook w`),
    await query(server.database.urls.superuser, 'select * from graphile_worker.jobs'),
  ])
  for (const each of [secret, rotated.secret]) {
    expect(told).not.toContain(each)
    expect(told).not.toContain(each.slice('whsec_'.length))
  }
})

test('a new secret signs at once, and the one before it for a day', async () => {
  const { hook, happen, filled, send, admin, receiver } = await scene()
  const { webhook, secret: old } = await hook()
  const { secret, webhook: after } = await call(admin, contract.rotateWebhookSecret, { params: { id: webhook.id } })
  expect(after.overlapUntil?.getTime()).toBeGreaterThan(Date.now() + 23 * 3_600_000)
  await happen()
  await filled(1)
  await send(webhook.id)
  for (const each of [old, secret]) verified(each, receiver.messages[0] as Message)
  await query(
    server.database.urls.superuser,
    `update integrations_webhook set overlap_until = now() - interval '1 s' where id = $1`,
    [webhook.id],
  )
  await happen()
  await filled(2)
  await send(webhook.id)
  verified(secret, receiver.messages[1] as Message)
  expect(() => verified(old, receiver.messages[1] as Message)).toThrow()
})

test('a webhook whose secret does not open here, as after a restore into another home, is paused until it has a new one', async () => {
  const { hook, happen, filled, send, admin, receiver } = await scene()
  const { webhook } = await hook()
  const params = { id: webhook.id }
  const spoil = `update integrations_webhook set secret = sha256(secret) || sha256(id::text::bytea) where id = $1`
  await query(server.database.urls.superuser, spoil, [webhook.id])
  await happen()
  await filled(1)
  await send(webhook.id)
  expect(receiver.messages).toEqual([])
  expect(await call(admin, contract.getWebhook, { params })).toMatchObject({ pausedBy: 'secret' })
  const { secret } = await call(admin, contract.rotateWebhookSecret, { params })
  await call(admin, contract.changeWebhook, { params, ifMatch: '*', body: { state: 'active' } })
  await send(webhook.id)
  verified(secret, receiver.messages[0] as Message)
})

test('a test goes out before all else even while paused, once, and its failure pauses nothing', async () => {
  const { hook, happen, filled, send, admin, receiver, list } = await scene()
  const { webhook } = await hook()
  const params = { id: webhook.id }
  await happen()
  await filled(1)
  await call(admin, contract.changeWebhook, { params, ifMatch: '*', body: { state: 'paused' } })
  receiver.answer = (_message, response) => void response.writeHead(410).end()
  await call(admin, contract.testWebhook, { params })
  await send(webhook.id)
  expect(receiver.messages.map(({ body }) => JSON.parse(body).type)).toEqual(['suture.webhook.tested'])
  expect((await list()).map(({ isTest, state, tries }) => [isTest, state, tries])).toEqual([
    [true, 'dead', 1],
    [false, 'pending', 0],
  ])
  expect(await call(admin, contract.getWebhook, { params })).toMatchObject({ pausedBy: 'person' })
  const { webhook: other } = await hook({ name: 'other' })
  await call(admin, contract.testWebhook, { params: { id: other.id } })
  await send(other.id)
  expect(receiver.messages.length).toBe(2)
  expect(await call(admin, contract.getWebhook, { params: { id: other.id } })).toMatchObject({ state: 'active' })
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

test('a change is made to what was seen, and to nothing else', async () => {
  const { hook, admin } = await scene()
  const { webhook } = await hook()
  await hook({ name: 'taken' })
  const params = { id: webhook.id }
  const change = (body: object, ifMatch = '*') => outcome(admin, contract.changeWebhook, { params, ifMatch, body })
  expect(await change({ name: 'X' }, '"old"')).toMatchObject({ code: 'http/changed-meanwhile' })
  expect(await change({ name: 'taken' })).toMatchObject({ code: 'integrations/name-taken' })
  expect(await change({ url: 'https://10.0.0.1/' })).toMatchObject({ code: 'integrations/address-refused' })
  expect(await change({ kinds: ['rollout'], name: 'Y' })).toMatchObject({ reply: { name: 'Y', kinds: ['rollout'] } })
  expect(await call(admin, contract.removeWebhook, { params })).toMatchObject({ name: 'Y' })
  expect(await outcome(admin, contract.getWebhook, { params })).toMatchObject({ status: 404 })
})

test('whoever may not read the record cannot have it sent elsewhere by a change, nor does the record tell a whole address', async () => {
  const { hook, admin } = await scene()
  const { webhook } = await hook()
  const { secret } = await call(admin, createToken, { body: { name: 'robot', permissions: ['integrations:manage'] } })
  const robot = { base: server.base, headers: { authorization: `Bearer ${secret}` } }
  const change = (body: object) =>
    outcome(robot, contract.changeWebhook, { params: { id: webhook.id }, ifMatch: '*', body })
  for (const body of [{ url: `${webhook.url}/mine` }, { kinds: ['site'] }, { state: 'active' }])
    expect([body, await change(body)]).toMatchObject([body, { code: expect.stringMatching(/^auth\//) }])
  expect(await change({ state: 'paused' })).toMatchObject({ reply: { state: 'paused' } })
  const { items } = await call(admin, listEvents, { query: { kind: 'webhook' } })
  expect(items.map(({ detail }) => detail)).toMatchObject([
    { to: new URL(webhook.url).origin, state: 'paused' },
    { to: new URL(webhook.url).origin },
  ])
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
  const { urls, worker: store, workerPool: pool } = server.database
  const child = fork(new URL('../../testing/webhook-worker.ts', import.meta.url), [urls.worker, server.home, ...here])
  onTestFinished(() => void child.kill('SIGKILL'))
  await happen(2)
  await filled(2)
  await gone
  receiver.answer = (_message, response) => void response.writeHead(200).end()
  // Later than it had the delivery in hand for.
  wait(30)
  const worker = await startWorker({
    ...{ pool, store, clock, log: createLog('fatal'), metrics: createMetrics(), recurring: [], places: 4 },
    handlers: integrationsTasks({ home: server.home, outward: here }),
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
