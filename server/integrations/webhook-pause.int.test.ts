import { call } from '@suture/contract/client.ts'
import { listEvents } from '@suture/contract/platform.ts'
import * as contract from '@suture/contract/webhooks.ts'
import { query } from '@suture/testing/database.ts'
import type { Message } from '@suture/testing/receiver.ts'
import { verified, webhookScenes } from '@suture/testing/webhook-scene.ts'
import { expect, test } from 'vitest'

const { scene, wait, server } = webhookScenes()

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

test('a webhook whose secret does not open here, as after a restore into another home, is paused until it has a new one', async () => {
  const { hook, happen, filled, send, admin, receiver } = await scene()
  const { webhook } = await hook()
  const params = { id: webhook.id }
  const spoil = `update integrations_webhook set secret = sha256(secret) || sha256(id::text::bytea) where id = $1`
  await query(server().database.urls.superuser, spoil, [webhook.id])
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

test('a test of a webhook whose secret does not open is over at once and says why, paused or not', async () => {
  const { hook, happen, filled, send, admin, list } = await scene()
  const { webhook } = await hook()
  const params = { id: webhook.id }
  await query(server().database.urls.superuser, 'update integrations_webhook set secret = $1 where id = $2', [
    Buffer.alloc(60),
    webhook.id,
  ])
  await happen()
  await filled(1)
  const over = { isTest: true, state: 'dead', tries: 0, answer: { status: null, says: 'its secret does not open' } }
  const waits = { isTest: false, state: 'pending', tries: 0 }
  await call(admin, contract.testWebhook, { params })
  await send(webhook.id)
  expect(await list()).toMatchObject([over, waits])
  await send(webhook.id)
  expect(await call(admin, contract.getWebhook, { params })).toMatchObject({ pausedBy: 'secret' })
  await call(admin, contract.testWebhook, { params })
  await send(webhook.id)
  expect(await list()).toMatchObject([over, over, waits])
})

test('once nothing waits any more, what failed counts no more: a hiccup days later pauses nothing', async () => {
  const { hook, happen, filled, send, receiver, admin } = await scene()
  const { webhook } = await hook()
  const going = async () => (await call(admin, contract.listWebhooks, {})).items[0]
  receiver.answer = (_message, response) => void response.writeHead(500).end()
  await happen()
  await filled(1)
  await send(webhook.id)
  expect(await going()).toMatchObject({ waiting: 1, failingSince: expect.any(Date) })
  for (let turn = 0; turn < 7; turn++) {
    wait(9000)
    await send(webhook.id)
  }
  expect(await going()).toMatchObject({ waiting: 0, dead: 1, state: 'active', failingSince: null })
  wait(3 * 24 * 3600)
  await happen()
  await filled(2)
  await send(webhook.id)
  expect(await going()).toMatchObject({ waiting: 1, dead: 1, state: 'active', failingSince: expect.any(Date) })
})
