import { randomUUID } from 'node:crypto'
import type { AddressInfo } from 'node:net'
import { connect, createServer, type Socket } from 'node:net'
import * as contract from '@suture/contract/auth.ts'
import { type Connection, call, urlOf } from '@suture/contract/client.ts'
import { type AnyEndpoint, creates } from '@suture/contract/endpoint.ts'
import { endpoints } from '@suture/contract/index.ts'
import * as inventory from '@suture/contract/inventory.ts'
import { query } from '@suture/testing/database.ts'
import { signIn, startTestServer, type TestServer, type TestTenant } from '@suture/testing/world.ts'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { withScope } from '#platform/database/store.ts'
import { removeExpired } from '../auth/expiry.operations.ts'
import { findAnswer, keepAnswer, mostAnswers } from './answer.queries.ts'

let server: TestServer
let tenant: TestTenant
let late = 0
const clock = { now: () => new Date(Date.now() + late) }
beforeAll(async () => {
  server = await startTestServer({ clock })
  tenant = await server.addTenant('plant')
})
afterAll(() => server.stop())

const sql = <Row extends object>(text: string, ...values: unknown[]) =>
  query<Row>(server.database.urls.superuser, text, values)

interface Sent {
  readonly to?: Connection
  readonly key?: string
  readonly params?: object
  readonly body?: unknown
}

async function send(endpoint: AnyEndpoint, { to = tenant.people.admin, key, params = {}, body }: Sent) {
  const response = await fetch(urlOf(endpoint, to.base, { params }), {
    method: endpoint.method,
    headers: {
      ...to.headers,
      'suture-client': '1',
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...(key === undefined ? {} : { 'idempotency-key': key }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  const text = await response.text()
  const { code } = JSON.parse(text) as { code?: string }
  return { status: response.status, text, code, wait: response.headers.get('retry-after') }
}

let serial = 0
const newSite = () => ({ name: `Works ${serial++}` })
const sitesNamed = async (name: string) =>
  (await sql<{ n: number }>('select count(*)::int as n from inventory_site where name = $1', name))[0]?.n

/** A person with a session of their own, who makes sites. */
async function operator(name: string): Promise<Connection> {
  const { admin } = tenant.people
  const body = { login: name, name, roles: ['operator' as const] }
  const { invitation } = await call(admin, contract.inviteUser, { body })
  const password = 'a sentence nobody guesses'
  await call({ ...admin, headers: {} }, contract.acceptInvitation, { body: { code: invitation.code, password } })
  return signIn(server.base, name)
}

test('the calls that take a key are those that make something new for somebody who is known', () => {
  const ids = Object.values(endpoints as Record<string, AnyEndpoint>)
    .filter(creates)
    .map(({ id }) => id)
  expect(ids).toEqual([
    'inviteUser',
    'inviteAgain',
    'createToken',
    'draftDeviceAction',
    'createDeviceView',
    'createSite',
    'createGateway',
    'holdCluster',
    'retryCluster',
    'createRollout',
    'packEvidence',
    'addVendorKey',
    'createRelease',
    'addRig',
    'testRelease',
    'createWebhook',
    'rotateWebhookSecret',
    'testWebhook',
  ])
})

describe('a creating call that is sent again with its key', () => {
  test('is answered with the same bytes, and done once', async () => {
    const [key, body] = [randomUUID(), newSite()]
    const first = await send(inventory.createSite, { key, body })
    const again = await send(inventory.createSite, { key: `"${key}"`, body })
    expect(first.status).toBe(201)
    expect(again).toEqual(first)
    expect(await sitesNamed(body.name)).toBe(1)
  })

  test('is done once however many come at the same time, and those that come too early are told to come again', async () => {
    const [key, body] = [randomUUID(), { name: 'robot', permissions: ['platform:read-users'] }]
    const all = await Promise.all(Array.from({ length: 12 }, () => send(contract.createToken, { key, body })))
    const made = all.filter(({ status }) => status === 201)
    expect(made.length).toBeGreaterThan(0)
    expect(new Set(made.map(({ text }) => text)).size).toBe(1)
    for (const { code, wait } of all.filter(({ status }) => status !== 201))
      expect({ code, wait }).toEqual({ code: 'http/still-working', wait: '1' })
    const { token } = JSON.parse(made[0]?.text ?? '') as { token: { id: string } }
    expect(await sql('select id from platform_token')).toEqual([{ id: token.id }])
    expect(await send(contract.createToken, { key, body })).toEqual(made[0])
  })

  test('is told so while the first is at work', async () => {
    const [key, body] = [randomUUID(), newSite()]
    // The first waits in the middle of its work for a name that another transaction holds.
    const holder = new pg.Client(server.database.urls.superuser)
    await holder.connect()
    await holder.query('begin')
    await holder.query('insert into inventory_site (tenant_id, name, created_at) values ($1, $2, now())', [
      tenant.id,
      body.name,
    ])
    const first = send(inventory.createSite, { key, body })
    const waits = async () =>
      (
        await sql<{ n: number }>(
          `select count(*)::int as n from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
        )
      )[0]?.n
    await expect.poll(waits).toBe(1)
    expect(await send(inventory.createSite, { key, body })).toMatchObject({ status: 409, code: 'http/still-working' })
    await holder.query('rollback')
    await holder.end()
    const done = await first
    expect(done.status).toBe(201)
    expect(await send(inventory.createSite, { key, body })).toEqual(done)
  })

  test('is refused when it asks for something else', async () => {
    const key = randomUUID()
    await send(inventory.createSite, { key, body: newSite() })
    const other = newSite()
    expect(await send(inventory.createSite, { key, body: other })).toMatchObject({
      status: 422,
      code: 'http/key-reused',
    })
    expect(await sitesNamed(other.name)).toBe(0)
  })

  test('is refused when the path names something else', async () => {
    const [key, { admin, viewer }] = [randomUUID(), tenant.people]
    await send(contract.inviteAgain, { key, params: { id: viewer.id } })
    const before = await sql('select password from platform_user where id = $1', admin.id)
    const answer = await send(contract.inviteAgain, { key, params: { id: tenant.people.auditor.id } })
    expect(answer.code).toBe('http/key-reused')
    expect(await sql('select password from platform_user where id = $1', admin.id)).toEqual(before)
  })

  test('is another call at another endpoint, of another person and in another tenant', async () => {
    const [key, body] = [randomUUID(), newSite()]
    await send(inventory.createSite, { key, body })
    const other = await server.addTenant(`pier${serial++}`)
    expect(await send(inventory.createGateway, { key, body })).toMatchObject({ status: 201 })
    expect(await send(inventory.createSite, { key, body, to: other.people.admin })).toMatchObject({ status: 201 })
    const again = await send(inventory.createSite, { key, body, to: tenant.people.operator })
    expect(again).toMatchObject({ status: 409, code: 'inventory/site-name-taken' })
  })

  test('is tried afresh when the first was refused, because that changed nothing', async () => {
    const [key, taken] = [randomUUID(), newSite()]
    await send(inventory.createSite, { body: taken })
    expect(await send(inventory.createSite, { key, body: taken })).toMatchObject({ code: 'inventory/site-name-taken' })
    await sql(`update inventory_site set name = name || ' old' where name = $1`, taken.name)
    expect(await send(inventory.createSite, { key, body: taken })).toMatchObject({ status: 201 })
  })

  test('tells a secret again to the session that was told it, and to no other of the same person', async () => {
    const [key, body] = [randomUUID(), { name: 'Hall' }]
    const first = await send(inventory.createGateway, { key, body })
    const other = await signIn(server.base, tenant.people.admin.login)
    const again = await send(inventory.createGateway, { key, body, to: other })
    expect(again).toMatchObject({ status: 409, code: 'http/answer-sealed' })
    expect(await send(inventory.createGateway, { key, body })).toEqual(first)
    expect(await sql(`select from inventory_gateway where name = 'Hall'`)).toHaveLength(1)
  })

  test('is not answered any more once the permission is gone', async () => {
    const who = await operator('eve')
    const [key, body] = [randomUUID(), newSite()]
    expect(await send(inventory.createSite, { key, body, to: who })).toMatchObject({ status: 201 })
    await sql(`update platform_user set roles = '{viewer}' where login = 'eve'`)
    expect(await send(inventory.createSite, { key, body, to: who })).toMatchObject({ code: 'auth/not-permitted' })
  })

  test.each(['', '"', 'x'.repeat(201), 'ä', 'a b', '"a"b"'])(
    'is refused with the key %j, which is none',
    async (key) => {
      expect(
        await send(inventory.createSite, { key: Buffer.from(key).toString('latin1'), body: newSite() }),
      ).toMatchObject({
        status: 400,
        code: 'http/malformed',
      })
    },
  )
})

/** A way to the server that loses the first answers: the request arrives, and the connection ends before the reply. */
async function losing(answers: number) {
  const { hostname, port } = new URL(server.base)
  const sockets = new Set<Socket>()
  let lost = 0
  const way = createServer((near) => {
    const far = connect(Number(port), hostname)
    for (const each of [near, far]) {
      sockets.add(each)
      each.on('error', () => undefined)
    }
    near.pipe(far)
    far.on('data', (chunk) => {
      if (lost >= answers) return void near.write(chunk)
      lost++
      near.destroy()
    })
    far.on('end', () => near.end())
  })
  await new Promise<void>((done) => way.listen(0, '127.0.0.1', done))
  onTestFinished(() => {
    for (const each of sockets) each.destroy()
    way.close()
  })
  const base = `http://127.0.0.1:${(way.address() as AddressInfo).port}`
  return { to: { ...tenant.people.admin, base }, lost: () => lost }
}

test('a client of ours whose answers are lost on the way makes one thing, and is told of it', async () => {
  const { to, lost } = await losing(2)
  const made = await call(to, contract.createToken, { body: { name: 'lost', permissions: ['platform:read-users'] } })
  expect(lost()).toBe(2)
  expect(await sql(`select id from platform_token where name = 'lost'`)).toEqual([{ id: made.token.id }])
  const robot = { base: server.base, headers: { authorization: `Bearer ${made.secret}` } }
  expect(await call(robot, contract.whoAmI, {})).toMatchObject({ name: 'lost' })
})

test('the same loss makes two without a key', async () => {
  const { to } = await losing(1)
  const body = { name: 'twice', permissions: ['platform:read-users'] }
  await expect(send(contract.createToken, { to, body })).rejects.toThrow('fetch failed')
  await send(contract.createToken, { to, body })
  expect(await sql(`select id from platform_token where name = 'twice'`)).toHaveLength(2)
})

test('what was created is not there without its answer: neither is, when the answer cannot be kept', async () => {
  await sql(`alter table platform_answer add constraint never check (endpoint <> 'createSite') not valid`)
  const [key, body] = [randomUUID(), newSite()]
  expect(await send(inventory.createSite, { key, body })).toMatchObject({ status: 500 })
  expect(await sitesNamed(body.name)).toBe(0)
  expect(
    await sql(`select from platform_event where kind = 'site.created' and detail ->> 'name' = $1`, body.name),
  ).toEqual([])
  await sql('alter table platform_answer drop constraint never')
  expect(await send(inventory.createSite, { key, body })).toMatchObject({ status: 201 })
})

test('no answer is stored in clear, nor its key', async () => {
  const key = 'a-key-that-somebody-made-up'
  const { text } = await send(contract.createToken, {
    key,
    body: { name: 'robot', permissions: ['platform:read-users'] },
  })
  const { secret } = JSON.parse(text) as { secret: string }
  const [{ all } = { all: '' }] = await sql<{ all: string }>(
    `select coalesce(string_agg(encode(answer, 'escape') || encode(key, 'escape') || a::text, ''), '') as all from platform_answer a`,
  )
  expect(all.length).toBeGreaterThan(100)
  for (const word of [secret, secret.slice(4, 30), key, 'robot']) expect(all).not.toContain(word)
  expect(server.logged.join('')).not.toContain(secret)
})

test('an answer is forgotten after a day, and a thousand are kept for one actor and not for all of them', async () => {
  const scope = { tenant: tenant.id, actor: { kind: 'token', id: 'busy', name: 'busy' }, sites: 'all' } as const
  const other = { ...scope, actor: { ...scope.actor, id: 'calm' } }
  const place = (n: number) => ({ endpoint: 'createSite', key: Buffer.alloc(32, String(n).padStart(32, '0')) })
  const hourAgo = clock.now().getTime() - 3_600_000
  const at = (n: number) => new Date(hourAgo + n)
  const keep = (who: typeof scope, n: number) =>
    withScope(server.database.app, who, (scoped) =>
      keepAnswer(scoped, place(n), { request: Buffer.alloc(32), answer: Buffer.from('x'), at: at(n) }),
    )
  await keep(other as typeof scope, 0)
  await sql(
    `insert into platform_answer select $1, 'token busy', 'createSite', sha256(n::text::bytea), sha256('r'), 'x', $2::timestamptz + n * interval '1 ms'
     from generate_series(1, $3::int) n`,
    tenant.id,
    at(0),
    mostAnswers,
  )
  await keep(scope, mostAnswers + 1)
  const counted = () =>
    sql(
      `select actor, count(*)::int as n, min(at) as oldest from platform_answer where actor like 'token %' group by actor order by actor`,
    )
  expect(await counted()).toEqual([
    { actor: 'token busy', n: mostAnswers, oldest: at(2) },
    { actor: 'token calm', n: 1, oldest: at(0) },
  ])
  const find = (since: Date) => withScope(server.database.app, other, (scoped) => findAnswer(scoped, place(0), since))
  expect(await find(at(-1))).toBeDefined()
  expect(await find(at(0))).toBeUndefined()
  await removeExpired(server.database.worker, { now: () => new Date(at(0).getTime() + 24 * 3_600_000) }, scope)
  expect(await counted()).toMatchObject([{ actor: 'token busy', n: mostAnswers }])
  await removeExpired(server.database.worker, { now: () => new Date(at(5_000).getTime() + 24 * 3_600_000) }, scope)
  expect(await counted()).toEqual([])
})

test('a key is free again after a day', async () => {
  const [key, body] = [randomUUID(), { name: 'robot', permissions: ['platform:read-users'] }]
  const { login } = tenant.people.admin
  const to = await signIn(server.base, login)
  const first = await send(contract.createToken, { key, body, to })
  late = 24 * 3_600_000 + 1_000
  const fresh = await signIn(server.base, login)
  const second = await send(contract.createToken, { key, body, to: fresh })
  late = 0
  expect([first.status, second.status]).toEqual([201, 201])
  expect(second.text).not.toBe(first.text)
})
