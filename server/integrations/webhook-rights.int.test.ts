import { createToken } from '@suture/contract/auth.ts'
import { call } from '@suture/contract/client.ts'
import { listEvents } from '@suture/contract/platform.ts'
import * as contract from '@suture/contract/webhooks.ts'
import { query } from '@suture/testing/database.ts'
import type { Message } from '@suture/testing/receiver.ts'
import { verified, webhookScenes } from '@suture/testing/webhook-scene.ts'
import { outcome } from '@suture/testing/world.ts'
import { expect, test } from 'vitest'
import { systemScope, withScope } from '#platform/database/store.ts'
import { createLog } from '#platform/log.ts'
import { integrationsTasks } from './tasks.ts'
import { pauseWebhook } from './webhook.queries.ts'

const { scene, clock, server } = webhookScenes()

test('an address that this server may not reach is refused, and one that came to be so is not sent to', async () => {
  const { hook, happen, filled, send, list, admin } = await scene()
  for (const url of ['https://10.0.0.1/', 'https://169.254.169.254/', 'https://u:p@127.0.0.1/', 'http://[::1]/', 'x']) {
    const given = { body: { name: 'W', kinds: ['site'], url } }
    expect(await outcome(admin, contract.createWebhook, given)).toMatchObject({ code: 'integrations/address-refused' })
  }
  const { webhook } = await hook()
  await query(server().database.urls.superuser, 'update integrations_webhook set url = $1 where id = $2', [
    'https://10.0.0.1/',
    webhook.id,
  ])
  await happen()
  await filled(1)
  const { 'integrations/send': handle } = integrationsTasks({
    ...{ home: server().home, outward: ['public'] },
    log: createLog('fatal'),
  })
  const scope = {
    tenant: (await scene()).tenant.id,
    actor: { kind: 'system', id: 't', name: 'T' },
    sites: 'all',
  } as const
  const signal = AbortSignal.timeout(60_000)
  // As another tenant there is no such webhook, and nothing happens.
  await handle({ store: server().database.worker, clock, scope, payload: { webhook: webhook.id }, signal })
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

test('a webhook reaches no further than its maker: limited to sites or without the permission, it is paused', async () => {
  const { hook, happen, fill, send, filled, receiver, admin, tenant } = await scene()
  const made = await call(admin, createToken, {
    body: { name: 'robot', permissions: ['integrations:manage', 'integrations:read'] },
  })
  const robot = { base: server().base, headers: { authorization: `Bearer ${made.secret}` } }
  const body = { name: 'R', kinds: ['site'], url: receiver.url }
  expect(await outcome(robot, contract.createWebhook, { body })).toMatchObject({ code: 'auth/person-needed' })
  const { webhook } = await hook()
  await happen(1)
  await filled(1)
  const sql = (text: string) => query(server().database.urls.superuser, text, [tenant.people.admin.id])
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
    server().logged,
    await query(server().database.urls.superuser, `select w.*, encode(secret, 'escape') from integrations_webhook w`),
    await query(server().database.urls.superuser, 'select * from graphile_worker.jobs'),
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
    server().database.urls.superuser,
    `update integrations_webhook set overlap_until = now() - interval '1 s' where id = $1`,
    [webhook.id],
  )
  await happen()
  await filled(2)
  await send(webhook.id)
  verified(secret, receiver.messages[1] as Message)
  expect(() => verified(old, receiver.messages[1] as Message)).toThrow()
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
  const robot = { base: server().base, headers: { authorization: `Bearer ${secret}` } }
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

test('whoever has a webhook go on, or sends it elsewhere, stands for it from then on, and the record says so', async () => {
  const { hook, happen, filled, fill, send, receiver, told, admin, tenant } = await scene()
  const { webhook } = await hook()
  const params = { id: webhook.id }
  await happen(1)
  await filled(1)
  const { publisher: other } = tenant.people
  const sql = (text: string, id: string) => query(server().database.urls.superuser, text, [id])
  await sql(`update platform_user set roles = '{admin}' where id = $1`, other.id)
  await sql('update platform_user set site_ids = array[1] where id = $1', tenant.people.admin.id)
  await send(webhook.id)
  const get = () => call(other, contract.getWebhook, { params })
  expect(await get()).toMatchObject({ pausedBy: 'maker', maker: tenant.people.admin.id })
  await call(other, contract.changeWebhook, { params, ifMatch: '*', body: { state: 'active' } })
  await fill()
  await send(webhook.id)
  expect(await get()).toMatchObject({ state: 'active', maker: other.id })
  expect(told()).toEqual(['Site 0'])
  await sql('update platform_user set site_ids = null where id = $1', tenant.people.admin.id)
  const change = (body: object) => call(admin, contract.changeWebhook, { params, ifMatch: '*', body })
  expect(await change({ name: 'X' })).toMatchObject({ maker: other.id })
  expect(await change({ url: `${receiver.url}/elsewhere` })).toMatchObject({ maker: tenant.people.admin.id })
  const { items } = await call(admin, listEvents, { query: { kind: 'webhook.changed' } })
  const makers = [tenant.people.admin.id, other.id, other.id]
  expect(items.map(({ detail }) => detail)).toMatchObject(makers.map((maker) => ({ maker })))
})

test('whoever may look and not manage is told where a webhook leads, and not its address, which often stands for a login', async () => {
  const { hook, receiver, admin, tenant } = await scene()
  const url = `${receiver.url}/services/T00/B00?token=let-me-in`
  const { webhook } = await hook({ url })
  const params = { id: webhook.id }
  for (const [who, shown] of [[admin, url] as const, [tenant.people.auditor, receiver.url] as const]) {
    expect(await call(who, contract.getWebhook, { params })).toMatchObject({ url: shown })
    expect((await call(who, contract.listWebhooks, {})).items).toMatchObject([{ url: shown }])
  }
})

test('a change of something else does not undo a pause that came meanwhile', async () => {
  const { hook, admin, tenant } = await scene()
  const { webhook } = await hook()
  const { urls, worker } = server().database
  const isWaiting = async () => {
    const [row] = await query<{ n: number }>(
      urls.superuser,
      `select count(*)::int as n from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
    )
    return row?.n ?? 0
  }
  const change = await withScope(worker, systemScope(tenant.id, 'test'), async (scoped) => {
    await pauseWebhook(scoped, webhook.id, 'receiver')
    const body = { name: 'Y' }
    const made = call(admin, contract.changeWebhook, { params: { id: webhook.id }, ifMatch: '*', body })
    await expect.poll(isWaiting).toBeGreaterThan(0)
    return { made }
  })
  expect(await change.made).toMatchObject({ name: 'Y', state: 'paused', pausedBy: 'receiver' })
})
