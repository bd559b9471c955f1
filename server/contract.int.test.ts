import { type Connection, urlOf } from '@suture/contract/client.ts'
import type { AnyEndpoint } from '@suture/contract/endpoint.ts'
import { type EndpointId, endpoints } from '@suture/contract/index.ts'
import type { Permission } from '@suture/contract/permissions.ts'
import { type RefusalCode, refusals } from '@suture/contract/refusals.ts'
import { type Role, roleNames } from '@suture/contract/roles.ts'
import { query } from '@suture/testing/database.ts'
import { fillTables } from '@suture/testing/one-row-each.ts'
import { signIn, startTestServer, type TestServer, type TestTenant } from '@suture/testing/world.ts'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { permissionsOf } from './roles.ts'

/** What exists in a tenant for others to try: the ids that an example may name. */
interface Things {
  readonly person: string
  readonly token: string
  readonly site: number
  readonly device: string
  readonly gateway: string
  readonly bill: string
  /** The id of a vendor key, a release, a test and a rollout alike. */
  readonly shared: string
}
interface Example {
  readonly params?: object
  readonly query?: object
  readonly body?: unknown
  readonly bytes?: Uint8Array<ArrayBuffer>
}

const plan = {
  name: 'P',
  waves: [{ pick: 'hashed', percent: 100, soakSeconds: 0, minimumSample: 1 }],
  limits: {
    silenceSeconds: 60,
    maxFailurePercent: 5,
    perRevision: { maxFailurePercent: 5, minimumSample: 1, beyond: 'stop' },
    revisions: [],
  },
  audience: { site: 1, model: 'N', hardwareRevision: 'A', firmware: '1', manufacturer: 'M' },
  notBefore: '2026-01-01T00:00:00Z',
  notAfter: '2036-01-01T00:00:00Z',
}

let serial = 0
const deviceRow = {
  serial: 'S-1',
  name: 'Pump',
  manufacturer: 'Maker',
  model: 'N',
  type: 'plc',
  hardwareRevision: 'A',
  bootloader: '1.3',
  firmware: '6.2.5',
  area: 'Hall',
  zone: 'Line',
  owner: 'Works',
  criticality: 'high',
  exposure: 'internal',
  safetyRole: 'none',
  dataSensitivity: 'none',
  supportEnd: '2030-01-31',
  controllerId: 'pump-1',
  token: 'b'.repeat(32),
  identity: { protocol: 'coap', host: '10.20.0.7', port: 5683, path: '/identity' },
  rig: false,
}
const nothing: Things = { person: '', token: '', site: 0, device: '', gateway: '', bill: '', shared: '' }

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
  followChanges: () => ({}),
  listSigningRequests: () => ({}),
  getSignerKeys: () => ({}),
  listFeeds: () => ({}),
  listVulnerabilities: () => ({ query: { all: true } }),
  getVulnerability: () => ({ params: { id: 'CVE-1999-0001' } }),
  explainMatch: ({ device }) => ({ params: { id: 'CVE-2000-0001' }, query: { device } }),
  listFindingGroups: () => ({ query: { limit: 5 } }),
  listFindings: () => ({ query: { vulnerability: 'CVE-2000-0001', site: 1 } }),
  listDeviceClocks: ({ device }) => ({ query: { devices: device } }),
  listFixes: () => ({ query: { state: 'any' } }),
  explainDecision: ({ device }) => ({ params: { id: device, vulnerability: 'CVE-2000-0001' } }),
  createSite: () => ({ body: { name: `Works ${serial++}`, probeNetworks: ['10.20.0.0/16'] } }),
  listSites: () => ({}),
  changeSite: ({ site }) => ({ params: { id: site }, body: { probeNetworks: ['127.0.0.0/8'] } }),
  listModels: () => ({}),
  importDevices: () => ({ body: { devices: [deviceRow] } }),
  listDevices: () => ({ query: { state: 'live', text: 'S', site: 'Works', model: 'N' } }),
  getDevice: ({ device }) => ({ params: { id: device } }),
  admitDevice: ({ device }) => ({ params: { id: device }, body: { site: 'Works', name: 'N', token: 'a'.repeat(32) } }),
  retireDevice: ({ device }) => ({ params: { id: device } }),
  listBills: () => ({}),
  getBill: ({ bill }) => ({ params: { id: bill }, query: { limit: 1 } }),
  importBill: () => ({
    query: { manufacturer: deviceRow.manufacturer, model: deviceRow.model, firmware: deviceRow.firmware },
    bytes: Buffer.from('{"bomFormat":"CycloneDX","specVersion":"1.6","version":1}'),
  }),
  createGateway: () => ({ body: { name: 'Hall 3' } }),
  listGateways: () => ({}),
  revokeGateway: ({ gateway }) => ({ params: { id: gateway } }),
  addVendorKey: () => ({ body: { manufacturer: 'M', name: `K${serial++}`, publicKey: 'no key' } }),
  listVendorKeys: () => ({}),
  revokeVendorKey: ({ shared }) => ({ params: { id: shared } }),
  uploadArtifact: () => ({ query: { fileName: 'f.bin', signature: 'AA==' }, bytes: new Uint8Array(8) }),
  listArtifacts: () => ({}),
  createRelease: () => ({
    body: { name: 'R', version: '1', targets: [{ manufacturer: 'M', model: 'N', artifact: '0'.repeat(64) }] },
  }),
  listReleases: () => ({}),
  getRelease: ({ shared }) => ({ params: { id: shared } }),
  publishRelease: ({ shared }) => ({ params: { id: shared } }),
  deprecateRelease: ({ shared }) => ({ params: { id: shared } }),
  withdrawRelease: ({ shared }) => ({ params: { id: shared }, body: { reason: 'No good' } }),
  getLabKey: () => ({}),
  addRig: ({ shared }) => ({
    body: { device: shared, name: 'R', base: { artifact: '0'.repeat(64), version: '1' } },
  }),
  listRigs: () => ({}),
  testRelease: ({ shared }) => ({ body: { release: shared } }),
  listLabRuns: () => ({}),
  getLabRun: ({ shared }) => ({ params: { id: shared } }),
  previewRollout: ({ shared }) => ({ body: { ...plan, release: shared } }),
  createRollout: ({ shared }) => ({ body: { ...plan, release: shared } }),
  listRollouts: () => ({ query: { state: 'running' } }),
  getRollout: ({ shared }) => ({ params: { id: shared } }),
  getRolloutPlan: ({ shared }) => ({ params: { id: shared } }),
  approveRollout: ({ shared }) => ({ params: { id: shared }, body: { signature: 'AA==', publicKey: 'no key' } }),
  startRollout: ({ shared }) => ({ params: { id: shared } }),
  pauseRollout: ({ shared }) => ({ params: { id: shared } }),
  resumeRollout: ({ shared }) => ({ params: { id: shared } }),
  stopRollout: ({ shared }) => ({ params: { id: shared } }),
  listJobs: ({ shared, device }) => ({ query: { rollout: shared, device, state: 'offered' } }),
  readDevice: ({ device }) => ({ params: { id: device } }),
  packEvidence: () => ({ params: { rollout: '019aa000-0000-7000-8000-000000000000' } }),
  listEvidence: () => ({}),
  getEvidence: () => ({ params: { id: '019aa000-0000-7000-8000-000000000000' } }),
  getEvidencePack: () => ({ params: { id: '019aa000-0000-7000-8000-000000000000' } }),
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
  'http/database-away',
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
      ...(given.body === undefined && given.bytes === undefined ? {} : { 'content-type': endpoint.media }),
    },
    ...(given.body === undefined ? {} : { body: JSON.stringify(given.body) }),
    ...(given.bytes === undefined ? {} : { body: given.bytes }),
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
  const { admin } = tenant.people
  const made = async (id: EndpointId, example = examples[id](nothing)) =>
    JSON.parse((await ask(admin, endpoints[id], example)).text) as never
  const { token } = (await made('createToken')) as { token: { id: string } }
  const { user } = (await made('inviteUser')) as { user: { id: string } }
  const site = (await made('createSite')) as { id: number }
  const { gateway } = (await made('createGateway')) as { gateway: { id: string } }
  // Of a model that no other tenant has: bills are named by what they hold.
  const row = { ...deviceRow, serial: 'S@home', controllerId: 'at-home', model: 'Model@home' }
  await made('importDevices', { body: { devices: [row] } })
  const { items } = (await made('listDevices', { query: { model: row.model } })) as {
    items: { id: string; bill: string }[]
  }
  const [device] = items
  if (!device) throw new Error('No device was imported')
  const { shared } = await fillTables(server.database.urls.superuser, tenant.id)
  return {
    person: user.id,
    token: token.id,
    site: site.id,
    device: device.id,
    gateway: gateway.id,
    bill: device.bill,
    shared,
  }
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

/** The value as the door reads it: a URL holds nothing but text. */
const asSent = (part: Part, value: unknown): unknown =>
  part === 'body' || typeof value !== 'object' || value === null
    ? value
    : Object.fromEntries(Object.entries(value).map(([key, item]) => [key, item === undefined ? item : String(item)]))

/** The part with the oddity in one place, for every place: of a body as deep as it goes, of a URL each named parameter. */
function changesOf(part: Part, endpoint: AnyEndpoint, example: Example, odd: unknown): unknown[] {
  if (part === 'body') return example.body === undefined ? [] : [...replacedIn(example.body, odd)]
  return Object.keys(endpoint[part].shape).map((key) => ({ ...example[part], [key]: odd }))
}

/** One in so many of the bodies and queries that the contract’s own schema refuses is sent: all end at the same line of the door. */
const oneIn = 8
/** How often each oddity was refused so far, over all endpoints, so that each is sent in every eighth place of all. */
const refusedSoFar = oddities.map(() => 0)

/**
 * The example with each oddity in each of its places: all of those in a path, which the router reads before any schema
 * does, whatever the schema lets through, and a part of the rest.
 */
function* oddRequests(endpoint: AnyEndpoint, example: Example): Generator<Example> {
  for (const part of parts) {
    for (const [turn, odd] of oddities.entries()) {
      // Half of a surrogate pair cannot be written into a URL at all.
      if (part !== 'body' && odd === '\ud800') continue
      for (const changed of changesOf(part, endpoint, example, odd)) {
        const passes = endpoint[part].safeParse(asSent(part, changed)).success
        // What is uploaded is read by a process of its own each time: there, a part of what passes has to do as well.
        const always = part === 'params' || (passes && endpoint.kind === 'once')
        if (always || (refusedSoFar[turn] ?? 0) % oneIn === 0) yield { ...example, [part]: changed } as Example
        if (!always) refusedSoFar[turn] = (refusedSoFar[turn] ?? 0) + 1
      }
    }
  }
}
const parts = ['params', 'query', 'body'] as const
type Part = (typeof parts)[number]

test('no well-formed request of anybody, however odd its values, is answered with a fault', async () => {
  const session = await freshSession(home.people.admin.login)
  const met = { passed: 0, refused: 0 }
  for (const [id, endpoint] of all) {
    if (id === 'signOut' || endpoint.kind === 'events') continue
    for (const given of oddRequests(endpoint, examples[id](homeThings))) {
      const { status, text, code } = await ask(session, endpoint, given)
      expect({ id, given, status, text: code === undefined && status >= 400 ? text : '' }).toEqual({
        id,
        given,
        status,
        text: '',
      })
      expect({ id, given, code }).not.toMatchObject({ code: 'auth/not-signed-in' })
      met[code === 'http/malformed' ? 'refused' : 'passed']++
    }
  }
  // Neither way of choosing them has run dry.
  expect(met.passed).toBeGreaterThan(1_000)
  expect(met.refused).toBeGreaterThan(500)
}, 1_200_000)

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
