import { inviteUser } from '@suture/contract/auth.ts'
import { call } from '@suture/contract/client.ts'
import { listEvents } from '@suture/contract/platform.ts'
import { startTestServer, type TestServer, type TestTenant } from '@suture/testing/world.ts'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

let server: TestServer
let tenant: TestTenant

beforeAll(async () => {
  server = await startTestServer()
  tenant = await server.addTenant('plant')
  await call(tenant.people.admin, inviteUser, { body: { login: 'late@plant', name: 'Late', roles: ['viewer'] } })
})
afterAll(() => server.stop())

const told = async (query: object) => (await call(tenant.people.auditor, listEvents, { query })).items

describe('the record', () => {
  test('is narrowed to one kind, or to everything that became of one thing', async () => {
    const all = await told({ limit: 500 })
    const kinds = new Set(all.map(({ kind }) => kind))
    expect(kinds).toContain('user.invited')
    expect(kinds).toContain('session.opened')
    for (const kind of kinds) expect(await told({ kind, limit: 500 })).toEqual(all.filter((each) => each.kind === kind))
    const ofUser = all.filter(({ kind }) => kind.startsWith('user.'))
    expect(await told({ kind: 'user', limit: 500 })).toEqual(ofUser)
    expect(await told({ kind: 'use', limit: 500 })).toEqual([])
  })

  test('is narrowed to what one person did', async () => {
    const { id } = tenant.people.admin
    const did = await told({ actor: id, limit: 500 })
    expect(did.map(({ kind }) => kind)).toEqual(['user.invited', 'session.opened'])
    expect(did.every(({ actor }) => actor.id === id)).toBe(true)
    expect(await told({ actor: id, kind: 'session' })).toHaveLength(1)
    expect(await told({ actor: 'nobody' })).toEqual([])
  })
})
