import type { Connection } from '@suture/contract/client.ts'
import type { AnyEndpoint } from '@suture/contract/endpoint.ts'
import type { Permission } from '@suture/contract/permissions.ts'
import { type RefusalCode, refusals } from '@suture/contract/refusals.ts'
import { type Role, roleNames } from '@suture/contract/roles.ts'
import { ask, thingsOf } from '@suture/testing/contract-scene.ts'
import { query } from '@suture/testing/database.ts'
import { everyEndpoint, examples, type Things } from '@suture/testing/request-examples.ts'
import { signIn, startTestServer, type TestServer, type TestTenant } from '@suture/testing/world.ts'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { permissionsOf } from './roles.ts'

/** What any endpoint may refuse, whatever its contract lists. */
const common: readonly RefusalCode[] = [
  'auth/not-signed-in',
  'auth/not-permitted',
  'auth/cross-site',
  'http/malformed',
  'http/too-many-requests',
  'http/not-ready',
  'http/database-away',
  'http/no-precondition',
  'http/changed-meanwhile',
]

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
  homeThings = await thingsOf(server, home)
})
afterAll(() => server.stop())

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
  test.each(everyEndpoint)(
    '%s turns strangers and forged secrets away, unless anyone may call it',
    async (id, endpoint) => {
      for (const headers of [
        {},
        { authorization: `Bearer sut_${'x'.repeat(43)}` },
        { cookie: `suture=sus_${'x'.repeat(43)}` },
      ]) {
        const answer = await ask({ base: server.base, headers }, endpoint, examples[id](homeThings))
        if (endpoint.may === 'anyone') expect(answer.code).not.toBe('auth/not-signed-in')
        else expect(answer).toMatchObject({ status: 401, code: 'auth/not-signed-in' })
      }
    },
  )

  test.each(everyEndpoint)(
    '%s tells another tenant’s roles nothing and changes nothing there',
    async (id, endpoint) => {
      const before = await rowsOf(home)
      for (const role of roleNames) {
        const answer = await ask(foreign.people[role], endpoint, examples[id](homeThings))
        const names = /\{id\}/.test(endpoint.path)
        if (!mayCall(endpoint, role)) expect(answer).toMatchObject({ status: 403, code: 'auth/not-permitted' })
        else if (names) expect(answer.status).toBe(404)
        for (const secret of ['@home', homeThings.person, homeThings.token]) expect(answer.text).not.toContain(secret)
      }
      expect(await rowsOf(home)).toEqual(before)
    },
  )

  test.each(everyEndpoint)(
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

  test.each(everyEndpoint)(
    '%s refuses a parameter, field or body that its schema does not name',
    async (id, endpoint) => {
      const example = examples[id](homeThings)
      const stray =
        example.body === undefined
          ? { ...example, query: { ...example.query, stray: '1' } }
          : { ...example, body: { ...(example.body as object), stray: 1 } }
      const { login } = home.people.admin
      const fresh = endpoint.may === 'anyone' ? { base: server.base, headers: {} } : await freshSession(login)
      expect(await ask(fresh, endpoint, stray)).toMatchObject({ status: 400, code: 'http/malformed' })
    },
  )
})

let admin: Connection | undefined
async function freshSession(login: string): Promise<Connection> {
  admin ??= await signIn(server.base, login)
  return admin
}

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
