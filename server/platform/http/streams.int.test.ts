import { setTimeout as after } from 'node:timers/promises'
import * as contract from '@suture/contract/auth.ts'
import { type Connection, call, type Reply } from '@suture/contract/client.ts'
import type { Permission } from '@suture/contract/permissions.ts'
import { query } from '@suture/testing/database.ts'
import { openStream } from '@suture/testing/stream.ts'
import { password, signIn, startTestServer, type TestServer, type TestTenant } from '@suture/testing/world.ts'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'

let server: TestServer
let tenant: TestTenant
let late = 0
const clock = { now: () => new Date(Date.now() + late) }
beforeAll(async () => {
  server = await startTestServer({ clock })
  tenant = await server.addTenant('plant')
})
afterAll(() => server.stop())

let serial = 0
/** A new person with a session of their own. */
async function newPerson(role: 'auditor' | 'admin' = 'auditor') {
  const login = `person${serial++}`
  const { admin } = tenant.people
  const { user, invitation } = await call(admin, contract.inviteUser, { body: { login, name: 'N', roles: [role] } })
  await call({ ...admin, headers: {} }, contract.acceptInvitation, { body: { code: invitation.code, password } })
  return { ...(await signIn(server.base, login)), id: user.id, login }
}

async function newToken(
  maker: Connection = tenant.people.admin,
): Promise<Connection & Reply<typeof contract.createToken>> {
  const permissions: Permission[] = ['platform:read-events']
  const made = await call(maker, contract.createToken, { body: { name: 'robot', permissions } })
  return { base: server.base, headers: { authorization: `Bearer ${made.secret}` }, ...made }
}

async function followed(connection: Connection) {
  const stream = await openStream(connection)
  onTestFinished(() => stream.close())
  expect(stream.status).toBe(200)
  return stream
}

const silent = 'its session is gone without an event'
type Case = [string, () => Promise<{ reader: Connection; end: () => Promise<unknown> }>]

describe('a stream ends, and tells nothing more, when', () => {
  test.each<Case>([
    [
      'its token is revoked',
      async () => {
        const reader = await newToken()
        return {
          reader,
          end: () => call(tenant.people.admin, contract.revokeToken, { params: { id: reader.token.id } }),
        }
      },
    ],
    [
      'its reader is disabled',
      async () => {
        const reader = await newPerson()
        const change = { ifMatch: '*', params: { id: reader.id }, body: { disabled: true } }
        return { reader, end: () => call(tenant.people.admin, contract.changeUser, change) }
      },
    ],
    [
      'its reader gets other roles',
      async () => {
        const reader = await newPerson()
        const change = { ifMatch: '*', params: { id: reader.id }, body: { roles: ['viewer' as const] } }
        return { reader, end: () => call(tenant.people.admin, contract.changeUser, change) }
      },
    ],
    [
      'the maker of its token may see fewer sites',
      async () => {
        const maker = await newPerson('admin')
        const change = { ifMatch: '*', params: { id: maker.id }, body: { sites: [1] } }
        return { reader: await newToken(maker), end: () => call(tenant.people.admin, contract.changeUser, change) }
      },
    ],
    [
      'its reader signs out',
      async () => {
        const reader = await newPerson()
        return { reader, end: () => call(reader, contract.signOut, {}) }
      },
    ],
    [
      'its reader changes the password in another session',
      async () => {
        const reader = await newPerson()
        const other = await signIn(server.base, reader.login)
        const body = { current: password, next: `${password} any more` }
        return { reader, end: () => call(other, contract.changePassword, { body }) }
      },
    ],
    [
      silent,
      async () => {
        const reader = await newPerson()
        const statement = 'delete from platform_session where user_id = $1'
        return { reader, end: () => query(server.database.urls.superuser, statement, [reader.id]) }
      },
    ],
  ])('%s', async (when, prepare) => {
    const { reader, end } = await prepare()
    const [stream, other] = [await followed(reader), await followed(tenant.people.auditor)]
    await newToken()
    await expect.poll(() => stream.messages.length).toBeGreaterThan(0)
    await end()
    // Before the stream has ended: what comes after the event that ended it is not told, even so.
    const { token: next } = await newToken()
    const ended = stream.ended.then(() => 'ended')
    expect(await Promise.race([ended, after(10_000, 'goes on')])).toBe('ended')
    await expect.poll(() => other.messages.at(-1)?.data.subject).toBe(next.id)
    if (when !== silent) expect(stream.messages.map(({ data }) => data.subject)).not.toContain(next.id)
  })

  test('its reader has asked for nothing else for half an hour', async () => {
    onTestFinished(() => {
      late = 0
    })
    const stream = await followed(await newPerson())
    const ended = stream.ended.then(() => 'ended')
    // In steps, so that looking after the stream would prolong the session if it counted as a use of it.
    for (const minutes of [10, 20, 31]) {
      late = minutes * 60_000
      await after(1_500)
    }
    expect(await Promise.race([ended, after(10_000, 'goes on')])).toBe('ended')
  })

  test('its token expires', async () => {
    onTestFinished(() => {
      late = 0
    })
    const stream = await followed(await newToken())
    late = 91 * 24 * 3_600_000
    await stream.ended
  })
})

test('nobody has more than eight streams at a time, and one that ends makes room', async () => {
  const reader = await newToken()
  const open = await Promise.all(Array.from({ length: 8 }, () => followed(reader)))
  const ninth = await fetch(new URL('/api/v1/events/stream', server.base), { headers: reader.headers })
  expect([ninth.status, await ninth.json()]).toMatchObject([429, { code: 'http/too-many-streams', most: 8 }])
  await followed(await newToken())
  open[0]?.close()
  const again = async () => {
    const stream = await openStream(reader)
    stream.close()
    return stream.status
  }
  await expect.poll(again).toBe(200)
})

test('HEAD on a stream is answered at once', async () => {
  const asked = { method: 'HEAD', headers: (await newToken()).headers, signal: AbortSignal.timeout(5_000) }
  expect((await fetch(new URL('/api/v1/events/stream', server.base), asked)).status).toBe(404)
})
