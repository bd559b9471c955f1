import { type Connection, urlOf } from '@suture/contract/client.ts'
import type { AnyEndpoint } from '@suture/contract/endpoint.ts'
import { type EndpointId, endpoints } from '@suture/contract/index.ts'
import type { Permission } from '@suture/contract/permissions.ts'
import { type RefusalCode, refusals } from '@suture/contract/refusals.ts'
import { type Role, roleNames } from '@suture/contract/roles.ts'
import { query } from '@suture/testing/database.ts'
import { signIn, startTestServer, type TestServer, type TestTenant } from '@suture/testing/world.ts'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { permissionsOf } from './roles.ts'

/** What exists in a tenant for others to try: the ids that an example may name. */
interface Things {
  readonly person: string
  readonly token: string
}
interface Example {
  readonly params?: object
  readonly query?: object
  readonly body?: unknown
}

let serial = 0
/** One well-formed request for every endpoint; an endpoint without an example does not compile. */
const examples: Readonly<Record<EndpointId, (things: Things) => Example>> = {
  completeSetup: () => ({
    body: { code: 'suc_unknown', login: `setup${serial++}`, name: 'N', password: 'long enough to pass' },
  }),
  acceptInvitation: () => ({ body: { code: 'sui_unknown', password: 'long enough to pass' } }),
  signIn: () => ({ body: { login: `nobody${serial++}`, password: 'wrong' } }),
  whoAmI: () => ({}),
  changePassword: () => ({ body: { current: 'wrong', next: 'long enough to pass' } }),
  listUsers: () => ({}),
  getUser: ({ person }) => ({ params: { id: person } }),
  inviteUser: () => ({ body: { login: `invited${serial++}`, name: 'N', roles: ['viewer'] } }),
  inviteAgain: ({ person }) => ({ params: { id: person } }),
  changeUser: ({ person }) => ({ params: { id: person }, body: { roles: ['viewer'] } }),
  listTokens: () => ({}),
  createToken: () => ({ body: { name: 'robot', permissions: ['platform:read-users'] } }),
  revokeToken: ({ token }) => ({ params: { id: token } }),
  listRoles: () => ({}),
  listRefusals: () => ({}),
  listEvents: () => ({}),
  followEvents: () => ({}),
  listSigningRequests: () => ({}),
  getSignerKeys: () => ({}),
  listFeeds: () => ({}),
  listVulnerabilities: () => ({ query: { all: true } }),
  getVulnerability: () => ({ params: { id: 'CVE-2000-0001' } }),
  explainMatch: () => ({ params: { id: 'CVE-2000-0001' }, query: { bill: '0'.repeat(64) } }),
  listFindings: () => ({ query: { vulnerability: 'CVE-2000-0001', site: 1 } }),
  listFixes: () => ({ query: { state: 'any' } }),
  explainDecision: ({ person }) => ({ params: { id: person, vulnerability: 'CVE-2000-0001' } }),
  // Last: it ends the session that the others need.
  signOut: () => ({}),
}
const all: [EndpointId, AnyEndpoint][] = (Object.keys(examples) as EndpointId[]).map((id) => [
  id,
  endpoints[id] as AnyEndpoint,
])

/** What any endpoint may refuse, whatever its contract lists. */
const common: readonly RefusalCode[] = [
  'auth/not-signed-in',
  'auth/not-permitted',
  'auth/cross-site',
  'http/malformed',
  'http/too-many-requests',
  'http/not-ready',
]

interface Answer {
  readonly status: number
  readonly text: string
  readonly code: string | undefined
}

async function ask(to: Connection, endpoint: AnyEndpoint, given: Example): Promise<Answer> {
  const gone = new AbortController()
  const response = await fetch(urlOf(endpoint, to.base, given), {
    method: endpoint.method,
    headers: {
      ...to.headers,
      'suture-client': '1',
      ...(given.body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(given.body === undefined ? {} : { body: JSON.stringify(given.body) }),
    signal: gone.signal,
  })
  const streams = response.headers.get('content-type') === 'text/event-stream'
  const text = streams ? '' : await response.text()
  if (streams) gone.abort()
  const code = response.ok || text === '' ? undefined : (JSON.parse(text) as { code?: string }).code
  return { status: response.status, text, code }
}

const mayCall = (endpoint: AnyEndpoint, role: Role): boolean =>
  endpoint.may === 'anyone' || endpoint.may === 'signed-in' || permissionsOf([role]).has(endpoint.may as Permission)

let server: TestServer
let home: TestTenant
let foreign: TestTenant
let homeThings: Things
beforeAll(async () => {
  server = await startTestServer()
  home = await server.addTenant('home')
  foreign = await server.addTenant('foreign')
  homeThings = await thingsOf(home)
})
afterAll(() => server.stop())

async function thingsOf(tenant: TestTenant): Promise<Things> {
  const { text } = await ask(
    tenant.people.admin,
    endpoints.createToken,
    examples.createToken({ person: '', token: '' }),
  )
  const invited = await ask(tenant.people.admin, endpoints.inviteUser, examples.inviteUser({ person: '', token: '' }))
  const { user } = JSON.parse(invited.text) as { user: { id: string } }
  return { person: user.id, token: (JSON.parse(text) as { token: { id: string } }).token.id }
}

const rowsOf = (tenant: TestTenant): Promise<{ table: string; digest: string }[]> =>
  query(
    server.database.urls.superuser,
    `select c.relname as "table", (xpath('//digest/text()', query_to_xml(format(
       'select md5(coalesce(string_agg(t::text, chr(10) order by t::text), '''')) as digest from %I t where tenant_id = %s', c.relname, $1::int),
       false, true, '')))[1]::text as digest
     from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attname = 'tenant_id'
     where c.relkind = 'r' and c.relnamespace = 'public'::regnamespace order by 1`,
    [tenant.id],
  )

describe('every endpoint', () => {
  test.each(all)('%s turns strangers and forged secrets away, unless anyone may call it', async (id, endpoint) => {
    for (const headers of [
      {},
      { authorization: `Bearer sut_${'x'.repeat(43)}` },
      { cookie: `suture=sus_${'x'.repeat(43)}` },
    ]) {
      const answer = await ask({ base: server.base, headers }, endpoint, examples[id](homeThings))
      if (endpoint.may === 'anyone') expect(answer.code).not.toBe('auth/not-signed-in')
      else expect(answer).toMatchObject({ status: 401, code: 'auth/not-signed-in' })
    }
  })

  test.each(all)('%s tells another tenant’s roles nothing and changes nothing there', async (id, endpoint) => {
    const before = await rowsOf(home)
    for (const role of roleNames) {
      const answer = await ask(foreign.people[role], endpoint, examples[id](homeThings))
      const names = /\{id\}/.test(endpoint.path)
      if (!mayCall(endpoint, role)) expect(answer).toMatchObject({ status: 403, code: 'auth/not-permitted' })
      else if (names) expect(answer.status).toBe(404)
      for (const secret of ['@home', homeThings.person, homeThings.token]) expect(answer.text).not.toContain(secret)
    }
    expect(await rowsOf(home)).toEqual(before)
  })

  test.each(all)(
    '%s lets in exactly the roles that hold its permission, and answers only what its contract says',
    async (id, endpoint) => {
      for (const role of roleNames) {
        const answer = await ask(home.people[role], endpoint, examples[id](homeThings))
        if (mayCall(endpoint, role)) expect(answer.code).not.toBe('auth/not-permitted')
        else expect(answer).toMatchObject({ status: 403, code: 'auth/not-permitted' })
        if (answer.code === undefined) expect(answer.status).toBe(endpoint.status)
        else expect([...common, ...endpoint.refusals]).toContain(answer.code)
      }
    },
  )

  test.each(all)('%s refuses a parameter, field or body that its schema does not name', async (id, endpoint) => {
    const example = examples[id](homeThings)
    const stray =
      example.body === undefined
        ? { ...example, query: { ...example.query, stray: '1' } }
        : { ...example, body: { ...(example.body as object), stray: 1 } }
    const { login } = home.people.admin
    const fresh = endpoint.may === 'anyone' ? { base: server.base, headers: {} } : await freshSession(login)
    expect(await ask(fresh, endpoint, stray)).toMatchObject({ status: 400, code: 'http/malformed' })
  })
})

let admin: Connection | undefined
async function freshSession(login: string): Promise<Connection> {
  admin ??= await signIn(server.base, login)
  return admin
}

/** What people, scripts and attackers put where something else is meant. */
const oddities: readonly unknown[] = [
  '\u0000',
  'a\u0000b',
  '\ud800',
  '\u202e',
  'x'.repeat(5_000),
  '',
  ' ',
  '𝕏',
  `'; drop table platform_user; --`,
  '__proto__',
  -1,
  0,
  2 ** 31,
  2 ** 32,
  2 ** 53,
  1e308,
  null,
  true,
  [],
  {},
  [null],
  '99999999999999999999',
  '1.18446744073709551616.1',
  '..%2f..',
  '%00',
]

/** The example with one leaf replaced, for every leaf. */
function* replacedIn(value: unknown, odd: unknown): Generator<unknown> {
  if (Array.isArray(value)) {
    for (const [at, item] of value.entries()) for (const changed of replacedIn(item, odd)) yield value.with(at, changed)
  } else if (typeof value === 'object' && value !== null) {
    for (const [key, item] of Object.entries(value))
      for (const changed of replacedIn(item, odd)) yield { ...value, [key]: changed }
  }
  yield odd
}

test('no well-formed request of anybody, however odd its values, is answered with a fault', async () => {
  const session = await freshSession(home.people.admin.login)
  for (const [id, endpoint] of all) {
    if (id === 'signOut' || endpoint.kind === 'events') continue
    const example = examples[id](homeThings)
    const queried = { ...example, query: { cursor: 'x', kind: 'x', subject: 'x', state: 'x', limit: 1, after: 'x' } }
    for (const odd of oddities) {
      for (const part of ['params', 'query', 'body'] as const) {
        const base = part === 'query' ? queried : example
        if (base[part] === undefined) continue
        for (const changed of replacedIn(base[part], odd)) {
          const given = { ...base, [part]: changed } as Example
          if (
            part !== 'body' &&
            (typeof changed !== 'object' || changed === null || !JSON.stringify(changed).isWellFormed())
          )
            continue
          // Half of a surrogate pair cannot be written into a URL at all.
          if (part !== 'body' && odd === '\ud800') continue
          const { status, text, code } = await ask(session, endpoint, given)
          expect({ id, given, status, text: code === undefined && status >= 400 ? text : '' }).toEqual({
            id,
            given,
            status,
            text: '',
          })
          expect({ id, given, code }).not.toMatchObject({ code: 'auth/not-signed-in' })
        }
      }
    }
  }
})

test('the comparison of a tenant’s rows notices a change', async () => {
  const before = await rowsOf(home)
  await query(server.database.urls.superuser, 'update platform_user set name = name || $2 where tenant_id = $1', [
    home.id,
    '!',
  ])
  const changed = (await rowsOf(home)).filter(({ digest }, at) => digest !== before[at]?.digest)
  expect(changed.map(({ table }) => table)).toEqual(['platform_user'])
})

test('every refusal says what, why and what to do, and no code is used that the catalogue lacks', () => {
  for (const [code, { says, remedy, status }] of Object.entries(refusals)) {
    expect(code).toMatch(/^[a-z]+\/[a-z-]+$/)
    expect(says.length).toBeGreaterThan(15)
    expect(remedy.length).toBeGreaterThan(5)
    expect(status).toBeGreaterThanOrEqual(400)
  }
})
