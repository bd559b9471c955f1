import { request } from 'node:http'
import { Problem } from '@suture/contract/problem.ts'
import { query } from '@suture/testing/database.ts'
import { changesBetween, fingerprint } from '@suture/testing/fingerprint.ts'
import { startTestServer, type TestServer, type TestTenant } from '@suture/testing/world.ts'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

let server: TestServer
let tenant: TestTenant
beforeAll(async () => {
  server = await startTestServer()
  tenant = await server.addTenant('plant')
})
afterAll(() => server.stop())

interface Sent {
  readonly method?: string
  readonly path?: string
  readonly type?: string
  readonly encoding?: string
  readonly body?: string
}

async function send({ method = 'POST', path = '/api/v1/users', type = 'application/json', encoding, body }: Sent) {
  const response = await fetch(new URL(path, server.base), {
    method,
    headers: {
      ...tenant.people.admin.headers,
      'suture-client': '1',
      ...(body === undefined ? {} : { 'content-type': type }),
      ...(encoding === undefined ? {} : { 'content-encoding': encoding }),
    },
    ...(body === undefined ? {} : { body }),
  })
  const text = await response.text()
  const problem = response.headers.get('content-type')?.startsWith('application/problem+json')
    ? Problem.parse(JSON.parse(text))
    : undefined
  return { status: response.status, code: problem?.code, problem, text, headers: response.headers }
}

describe('a request that is refused changes nothing and says what, why and what to do', () => {
  test.each<[string, Sent, number, string]>([
    ['half a JSON document', { body: '{"login":' }, 400, 'http/malformed'],
    ['no body where one is needed', {}, 400, 'http/malformed'],
    ['a field of the wrong type', { body: '{"login":7,"name":"x","roles":["viewer"]}' }, 400, 'http/malformed'],
    [
      'a way to an object’s prototype',
      { body: '{"__proto__":{"admin":true},"login":"x1","name":"x","roles":["viewer"]}' },
      400,
      'http/malformed',
    ],
    ['JSON nested a hundred thousand times', { body: `{"login":${'['.repeat(100_000)}` }, 400, 'http/too-deep'],
    ['more than a mebibyte', { body: `"${'x'.repeat(1024 * 1024)}"` }, 413, 'http/too-large'],
    ['another media type', { type: 'text/plain', body: '{}' }, 415, 'http/media-type'],
    ['bytes that are packed', { encoding: 'gzip', body: '{}' }, 415, 'http/media-type'],
    ['a path that does not exist', { method: 'GET', path: '/api/v1/nothing' }, 404, 'http/no-such-endpoint'],
    ['a method that the path does not take', { method: 'PUT' }, 404, 'http/no-such-endpoint'],
    ['an id that is none', { method: 'GET', path: '/api/v1/users/1%20or%201=1' }, 400, 'http/malformed'],
    ['a path that cannot be decoded', { method: 'GET', path: '/api/v1/users/%zz' }, 400, 'http/malformed'],
    [
      'an id of a thousand letters',
      { method: 'GET', path: `/api/v1/users/${'x'.repeat(1000)}` },
      400,
      'http/malformed',
    ],
    ['a cursor that is none', { method: 'GET', path: '/api/v1/events?cursor=e30' }, 400, 'http/bad-cursor'],
    [
      'a position that is none',
      { method: 'GET', path: '/api/v1/events/stream?after=yesterday' },
      400,
      'http/bad-cursor',
    ],
  ])('%s', async (_what, sent, status, code) => {
    const before = await fingerprint(server)
    const answer = await send(sent)
    expect(answer).toMatchObject({ status, code })
    expect(answer.problem).toMatchObject({ type: `/api/v1/refusals#${code}`, status })
    expect(answer.problem?.title.length).toBeGreaterThan(10)
    expect(answer.problem?.remedy.length).toBeGreaterThan(5)
    expect(changesBetween(before, await fingerprint(server))).toEqual([])
  })

  test('a field that is wrong is named', async () => {
    const { problem } = await send({ body: '{"login":"ok1","name":"x","roles":["king"]}' })
    expect(JSON.stringify(problem)).toContain('/roles/0')
  })
})

test('a fault tells the outside nothing but an incident id, which the log explains', async () => {
  const broken = await startTestServer()
  const person = (await broken.addTenant('plant')).people.admin
  await query(broken.database.urls.superuser, 'alter table platform_user rename column name to nam')
  const response = await fetch(new URL('/api/v1/users', broken.base), { headers: person.headers })
  const body = (await response.json()) as { incident: string }
  expect(response.status).toBe(500)
  expect(Object.keys(body).sort()).toEqual(['incident', 'remedy', 'status', 'title', 'type'])
  const line = broken.logged.find((text) => text.includes(body.incident) && text.includes('"fault"'))
  expect(line).toContain('does not exist')
  await broken.stop()
})

test('a name that is not ours is refused, so that no foreign page can make a browser take our answers for its own', async () => {
  const asking = (host: string) =>
    new Promise<number | undefined>((done, fail) => {
      const asked = request(new URL('/health', server.base), { headers: { host } }, (response) =>
        done(response.resume().statusCode),
      )
      asked.on('error', fail)
      asked.end()
    })
  expect(await asking('evil.example')).toBe(421)
  expect(await asking('127.0.0.1.evil.example')).toBe(421)
  expect(await asking('localhost:8470')).toBe(200)
})

test('behind a public address with TLS the cookie is bound to the host and to TLS, and only its pages may change something', async () => {
  const behind = await startTestServer({ origin: new URL('https://suture.example') })
  const { code } = await behind.setupCode('plant')
  const host = new URL(behind.base).host
  const post = (path: string, headers: Record<string, string>, body: object) =>
    fetch(new URL(path, behind.base), {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify(body),
    })
  await post('/api/v1/setup', {}, { code, login: 'ada', name: 'Ada', password: 'a sentence nobody guesses' })
  const opened = await post('/api/v1/session', {}, { login: 'ada', password: 'a sentence nobody guesses' })
  const [cookie = ''] = opened.headers.getSetCookie()
  expect(cookie).toMatch(/^__Host-suture=[^;]+; Path=\/; Expires=[^;]+; HttpOnly; Secure; SameSite=Lax$/)
  expect(opened.headers.get('strict-transport-security')).toMatch(/max-age=/)
  const invite = (origin: string, login: string) =>
    post(
      '/api/v1/users',
      { cookie: cookie.split(';')[0] ?? '', 'suture-client': '1', origin },
      { login, name: 'N', roles: ['viewer'] },
    ).then(({ status }) => status)
  expect(await invite('https://suture.example', 'one')).toBe(201)
  expect(await invite('https://evil.example', 'two')).toBe(403)
  expect(await invite(`https://${host}`, 'three')).toBe(403)
  await behind.stop()
})

test('the API’s description tells what a stream carries, and that some answers are empty', async () => {
  const { paths } = JSON.parse((await send({ method: 'GET', path: '/openapi.json' })).text) as {
    paths: Record<string, Record<string, { responses: Record<string, { content?: Record<string, unknown> }> }>>
  }
  const stream = paths['/api/v1/events/stream']?.get?.responses['200']?.content
  expect(stream).toMatchObject({ 'text/event-stream': { schema: { properties: { position: { type: 'string' } } } } })
  const ended = paths['/api/v1/session']?.delete?.responses['204']
  expect(ended).toEqual({ description: expect.any(String) })
})

test('reading the metrics asks the database nothing', async () => {
  const superuser = server.database.urls.superuser
  await query(superuser, 'alter table platform_tenant rename to away')
  const { status } = await send({ method: 'GET', path: '/metrics' })
  await query(superuser, 'alter table away rename to platform_tenant')
  expect(status).toBe(200)
})

test('health, metrics and the API’s description answer without a session, and tell nothing of a tenant', async () => {
  const plain = (path: string) =>
    fetch(new URL(path, server.base)).then(async (response) => ({
      status: response.status,
      text: await response.text(),
    }))
  expect(await plain('/health')).toEqual({ status: 200, text: '{"database":"ok"}' })
  const metrics = await plain('/metrics')
  expect(metrics.text).toMatch(/suture_http_request_duration_seconds_count\{operation="signIn",status="201"\} \d+/)
  expect(metrics.text).toContain('suture_event_lag_seconds 0')
  const description = JSON.parse((await plain('/openapi.json')).text) as { openapi: string; paths: object }
  expect(description.openapi).toMatch(/^3\.1/)
  for (const text of [metrics.text, JSON.stringify(description)]) expect(text).not.toContain('@plant')
})

test('every page forbids foreign scripts, frames and sniffing', async () => {
  const { headers } = await send({ method: 'GET', path: '/reference/' })
  expect(headers.get('content-security-policy')).toMatch(/script-src 'self' 'nonce-[\w+/=]{20,}'/)
  const api = await send({ method: 'GET', path: '/api/v1/roles' })
  expect(api.headers.get('content-security-policy')).toContain("default-src 'none'")
  expect(api.headers.get('x-content-type-options')).toBe('nosniff')
})

test('the reference page gives its nonce to its own scripts and to no other answer', async () => {
  const page = await send({ method: 'GET', path: '/reference/' })
  const nonce = /'nonce-([^']+)'/.exec(page.headers.get('content-security-policy') ?? '')?.[1]
  expect(page.text).toContain(`<script nonce="${nonce}"`)
  expect((await send({ method: 'GET', path: '/reference/' })).headers.get('content-security-policy')).not.toContain(
    nonce,
  )
})
