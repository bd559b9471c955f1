import * as auth from '@suture/contract/auth.ts'
import { type Connection, call, see, urlOf } from '@suture/contract/client.ts'
import type { AnyEndpoint } from '@suture/contract/endpoint.ts'
import { endpoints } from '@suture/contract/index.ts'
import * as inventory from '@suture/contract/inventory.ts'
import { outcome, startTestServer, type TestServer, type TestTenant } from '@suture/testing/world.ts'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

let server: TestServer
let tenant: TestTenant
let admin: Connection
beforeAll(async () => {
  server = await startTestServer()
  tenant = await server.addTenant('plant')
  admin = tenant.people.admin
})
afterAll(() => server.stop())

let serial = 0
const newSite = () => call(admin, inventory.createSite, { body: { name: `Works ${serial++}` } })

async function raw(endpoint: AnyEndpoint, params: object, headers: Record<string, string>, body?: object) {
  const response = await fetch(urlOf(endpoint, server.base, { params }), {
    method: endpoint.method,
    headers: {
      ...admin.headers,
      'suture-client': '1',
      ...(body ? { 'content-type': 'application/json' } : {}),
      ...headers,
    },
    ...(body ? { body: JSON.stringify(body) } : {}),
  })
  const text = await response.text()
  const code = text && !response.ok ? (JSON.parse(text) as { code?: string }).code : undefined
  return { status: response.status, etag: response.headers.get('etag') ?? '', text, code }
}

test('every change of fields that a person edits says what it edits', () => {
  const all = Object.values(endpoints as Record<string, AnyEndpoint>)
  const patches = all.filter(({ method }) => method === 'PATCH')
  expect(patches.map(({ id, edits }) => [id, edits?.id])).toEqual([
    ['changeUser', 'getUser'],
    ['changeSite', 'getSite'],
    ['changePlanDefaults', 'getPlanDefaults'],
    ['changeWebhook', 'getWebhook'],
  ])
  for (const { path, edits } of patches) expect(edits).toMatchObject({ method: 'GET', path })
})

describe('an edit', () => {
  test('is made to what was seen, and tells what it is now', async () => {
    const { id } = await newSite()
    const seen = await see(admin, inventory.getSite, { params: { id } })
    const done = await raw(inventory.changeSite, { id }, { 'if-match': seen.etag }, { probeNetworks: ['10.0.0.0/8'] })
    expect(done.status).toBe(200)
    expect(done.etag).not.toBe(seen.etag)
    expect(done.etag).toBe((await see(admin, inventory.getSite, { params: { id } })).etag)
  })

  test('is refused when somebody else was faster, and changes nothing', async () => {
    const { id, name } = await newSite()
    const { etag } = await see(admin, inventory.getSite, { params: { id } })
    const edit = (probeNetworks: string[]) =>
      outcome(admin, inventory.changeSite, { params: { id }, ifMatch: etag, body: { probeNetworks } })
    const both = await Promise.all([edit(['10.0.0.0/8']), edit(['10.1.0.0/16'])])
    expect(both.filter((each) => 'reply' in each)).toHaveLength(1)
    expect(both.filter((each) => 'code' in each)).toEqual([{ status: 412, code: 'http/changed-meanwhile' }])
    const [won] = both.flatMap((each) => ('reply' in each ? [each.reply.probeNetworks] : []))
    expect((await see(admin, inventory.getSite, { params: { id } })).reply).toMatchObject({ name, probeNetworks: won })
  })

  test('does not give back a role that somebody took away meanwhile', async () => {
    const { id } = tenant.people.publisher
    const { etag } = await see(admin, auth.getUser, { params: { id } })
    await call(admin, auth.changeUser, { params: { id }, ifMatch: etag, body: { roles: ['viewer'] } })
    const late = { params: { id }, ifMatch: etag, body: { roles: ['publisher' as const], sites: [1] } }
    expect(await outcome(admin, auth.changeUser, late)).toEqual({ status: 412, code: 'http/changed-meanwhile' })
    expect((await see(admin, auth.getUser, { params: { id } })).reply.roles).toEqual(['viewer'])
  })

  test('is not made stale by what changes beside the thing', async () => {
    const { id } = await newSite()
    const { etag } = await see(admin, inventory.getSite, { params: { id } })
    await newSite()
    expect((await see(admin, inventory.getSite, { params: { id } })).etag).toBe(etag)
  })

  test.each([
    ['no If-Match', {}, 428, 'http/no-precondition'],
    ['another tag', { 'if-match': '"x"' }, 412, 'http/changed-meanwhile'],
    ['a tag that is none', { 'if-match': 'x' }, 412, 'http/changed-meanwhile'],
  ])('with %s is refused', async (_what, headers, status, code) => {
    const { id } = await newSite()
    expect(await raw(inventory.changeSite, { id }, headers as Record<string, string>, { name: 'Other' })).toMatchObject(
      { status, code },
    )
  })

  test('with the right tag marked as weak is refused, and among others it holds', async () => {
    const { id } = await newSite()
    const { etag } = await see(admin, inventory.getSite, { params: { id } })
    const edit = (ifMatch: string) => raw(inventory.changeSite, { id }, { 'if-match': ifMatch }, { probeNetworks: [] })
    expect((await edit(`W/${etag}`)).status).toBe(412)
    expect((await edit(`"x", ${etag}`)).status).toBe(200)
    expect((await edit('*')).status).toBe(200)
  })

  test('of what is not there is refused as when it is looked at', async () => {
    for (const ifMatch of ['*', '"x"'])
      expect(await raw(inventory.changeSite, { id: 999_999 }, { 'if-match': ifMatch }, { name: 'X' })).toMatchObject({
        status: 404,
        code: 'inventory/site-unknown',
      })
  })
})

describe('an answer that the client has already', () => {
  test('is not sent again, until it is another one', async () => {
    const { id } = await newSite()
    for (const [endpoint, params] of [
      [inventory.getSite, { id }],
      [inventory.listSites, {}],
      [auth.listRoles, {}],
    ] as const) {
      const { etag, status } = await raw(endpoint, params, {})
      expect({ status, etag }).toEqual({ status: 200, etag: expect.stringMatching(/^"[\w-]{43}"$/) })
      for (const header of [etag, `W/${etag}`, `"x", ${etag}`, '*'])
        expect(await raw(endpoint, params, { 'if-none-match': header })).toEqual({
          status: 304,
          etag,
          text: '',
          code: undefined,
        })
      expect(await raw(endpoint, params, { 'if-none-match': '"x"' })).toMatchObject({ status: 200, etag })
    }
    const { etag } = await raw(inventory.listSites, {}, {})
    await newSite()
    expect(await raw(inventory.listSites, {}, { 'if-none-match': etag })).toMatchObject({ status: 200 })
  })

  test('is not asked for from whoever lost the right to it', async () => {
    const { etag } = await raw(inventory.listSites, {}, {})
    const response = await fetch(urlOf(inventory.listSites, server.base, {}), { headers: { 'if-none-match': etag } })
    expect(response.status).toBe(401)
  })
})
