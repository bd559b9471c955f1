import { call } from '@suture/contract/client.ts'
import { getSignerKeys, listSigningRequests } from '@suture/contract/signing.ts'
import { query } from '@suture/testing/database.ts'
import { testCeremony } from '@suture/testing/signer-process.ts'
import { outcome, startTestServer, type TestServer, type TestTenant } from '@suture/testing/world.ts'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { systemClock } from '#platform/clock.ts'
import { systemScope, withScope } from '#platform/database/store.ts'
import { requestSignature } from './index.ts'
import { openHome } from './signer/home.ts'

let server: TestServer
let tenant: TestTenant

beforeAll(async () => {
  server = await startTestServer()
  tenant = await server.addTenant('main')
})
afterAll(() => server.stop())

const ask = (payload: string) =>
  withScope(server.database.app, systemScope(tenant.id, 'test'), (scoped) =>
    requestSignature(scoped, systemClock, { purpose: 'rollout-plan', payload: Buffer.from(payload), proofs: {} }),
  )

test('the public keys can be read once a signer has a home, and never its secrets', async () => {
  const { auditor } = tenant.people
  expect(await outcome(auditor, getSignerKeys, {})).toEqual({ code: 'signing/no-signer', status: 503 })
  openHome(server.home, testCeremony(server.home).lock)
  const { keys, lastSeen } = await call(auditor, getSignerKeys, {})
  expect(keys.map(({ purpose }) => purpose)).toEqual(['rollout-plan', 'release-publish', 'evidence'])
  for (const { publicKey } of keys) expect(publicKey).toMatch(/^-----BEGIN PUBLIC KEY-----/)
  expect(lastSeen).toBeNull()
})

test('requests are listed newest first, page by page, with the digest and without the bytes', async () => {
  for (const payload of ['{"a":1}', '{"a":2}', '{"a":3}']) await ask(payload)
  const first = await call(tenant.people.auditor, listSigningRequests, { query: { limit: 2 } })
  const second = await call(tenant.people.auditor, listSigningRequests, { query: { limit: 2, cursor: first.next } })
  const listed = [...first.items, ...second.items]
  expect(listed).toHaveLength(3)
  expect(listed.map(({ requestedAt }) => requestedAt)).toEqual(
    listed.map(({ requestedAt }) => requestedAt).toSorted((a, b) => b.getTime() - a.getTime()),
  )
  expect(JSON.stringify(listed)).not.toContain('payload')
})

test('the same bytes are one request as long as it is not refused', async () => {
  const [first, second] = [await ask('{"b":1}'), await ask('{"b":1}')]
  expect(second).toEqual(first)
})

test('the server can neither decide a request nor store a statement, and the signer can do nothing else', async () => {
  const { urls } = server.database
  const denied = async (url: string, statement: string) =>
    expect(query(url, statement), statement).rejects.toMatchObject({ code: '42501' })
  for (const url of [urls.app, urls.worker]) {
    await denied(url, `update signing_request set state = 'signed'`)
    await denied(url, 'delete from signing_request')
    await denied(url, `insert into signing_request (tenant_id, id, state) values (1, gen_random_uuid(), 'signed')`)
    await denied(url, `insert into signing_statement values (1, 'rollout-plan', sha256(''), '', now())`)
  }
  await denied(urls.signer, `update signing_request set payload = ''`)
  await denied(urls.signer, 'delete from signing_request')
  await denied(urls.signer, 'update signing_statement set envelope = envelope')
  await denied(urls.signer, 'select * from platform_user')
  expect(await query(urls.signer, 'select id from signing_request')).not.toHaveLength(0)
})
