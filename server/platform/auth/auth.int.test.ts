import * as contract from '@suture/contract/auth.ts'
import { call } from '@suture/contract/client.ts'
import { listEvents } from '@suture/contract/platform.ts'
import { query } from '@suture/testing/database.ts'
import { outcome, password, signIn, startTestServer, type TestServer, type TestTenant } from '@suture/testing/world.ts'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { ensureTenant } from '#platform/database/tenant.ts'
import { Buckets } from '#platform/http/buckets.ts'
import { issueSetupCode } from './setup.operations.ts'

let now = new Date('2026-11-22T12:00:00Z')
const clock = { now: () => now }
const later = (minutes: number) => {
  now = new Date(now.getTime() + minutes * 60_000)
}

let server: TestServer
let tenant: TestTenant
beforeAll(async () => {
  server = await startTestServer({ clock })
  tenant = await server.addTenant('plant')
})
afterAll(() => server.stop())

const anyone = () => ({ base: server.base, headers: {} })

describe('the first admin', () => {
  test('is made with the setup code, once', async () => {
    const mill = await ensureTenant(server.database.urls.owner, clock, 'mill')
    const { code } = await issueSetupCode(server.database.app, clock, mill)
    const body = { code, login: 'first@mill', name: 'First', password }
    expect((await call(anyone(), contract.completeSetup, { body })).roles).toEqual(['admin'])
    expect(await outcome(anyone(), contract.completeSetup, { body: { ...body, login: 'second@mill' } })).toEqual({
      code: 'auth/code-invalid',
      status: 422,
    })
  })

  test('is not made with a code that expired or was replaced by a newer one', async () => {
    const yard = await ensureTenant(server.database.urls.owner, clock, 'yard')
    const older = await issueSetupCode(server.database.app, clock, yard)
    const newer = await issueSetupCode(server.database.app, clock, yard)
    const body = { login: 'first@yard', name: 'First', password }
    expect(await outcome(anyone(), contract.completeSetup, { body: { ...body, code: older.code } })).toMatchObject({
      code: 'auth/code-invalid',
    })
    later(24 * 60 + 1)
    expect(await outcome(anyone(), contract.completeSetup, { body: { ...body, code: newer.code } })).toMatchObject({
      code: 'auth/code-invalid',
    })
    tenant = {
      ...tenant,
      people: { ...tenant.people, admin: { ...tenant.people.admin, ...(await signIn(server.base, 'admin@plant')) } },
    }
  })

  test('is not made with a weak password or a login name that somebody has, and the code stays good', async () => {
    const dock = await ensureTenant(server.database.urls.owner, clock, 'dock')
    const { code } = await issueSetupCode(server.database.app, clock, dock)
    const body = { code, login: 'first@dock', name: 'First', password }
    expect(await outcome(anyone(), contract.completeSetup, { body: { ...body, password: 'short' } })).toMatchObject({
      code: 'auth/password-too-weak',
    })
    expect(await outcome(anyone(), contract.completeSetup, { body: { ...body, login: 'admin@plant' } })).toMatchObject({
      code: 'auth/login-taken',
    })
    expect(await outcome(anyone(), contract.completeSetup, { body })).toMatchObject({ reply: { login: 'first@dock' } })
  })
})

describe('a session', () => {
  test('is refused in the same words for a wrong password, an unknown name and an account that never set a password', async () => {
    await call(tenant.people.admin, contract.inviteUser, {
      body: { login: 'invited@plant', name: 'I', roles: ['viewer'] },
    })
    for (const body of [
      { login: 'admin@plant', password: 'wrong' },
      { login: 'nobody@plant', password },
      { login: 'invited@plant', password },
    ]) {
      expect(await outcome(anyone(), contract.signIn, { body })).toEqual({
        code: 'auth/wrong-credentials',
        status: 401,
      })
    }
  })

  test('ends at sign-out, after half an hour without a request, and after twelve hours', async () => {
    const out = await signIn(server.base, 'viewer@plant')
    await call(out, contract.signOut, {})
    expect(await outcome(out, contract.whoAmI, {})).toMatchObject({ code: 'auth/not-signed-in' })

    const idle = await signIn(server.base, 'viewer@plant')
    later(31)
    expect(await outcome(idle, contract.whoAmI, {})).toMatchObject({ code: 'auth/not-signed-in' })

    const busy = await signIn(server.base, 'viewer@plant')
    for (let quarter = 0; quarter < 4 * 12 - 1; quarter++) {
      later(15)
      await call(busy, contract.whoAmI, {})
    }
    later(16)
    expect(await outcome(busy, contract.whoAmI, {})).toMatchObject({ code: 'auth/not-signed-in' })
  })

  test('changes nothing when the request may come from another site’s page', async () => {
    const { headers } = await signIn(server.base, 'admin@plant')
    const ask = (extra: Record<string, string>) =>
      fetch(new URL('/api/v1/session', server.base), { method: 'DELETE', headers: { ...headers, ...extra } }).then(
        ({ status }) => status,
      )
    expect(await ask({})).toBe(403)
    expect(await ask({ 'suture-client': '1', 'sec-fetch-site': 'cross-site' })).toBe(403)
    expect(await ask({ 'suture-client': '1', origin: 'https://evil.example' })).toBe(403)
    expect(await ask({ 'suture-client': '1', origin: server.base })).toBe(204)
  })

  test('is stored as a hash, and its cookie cannot be read by a script', async () => {
    const response = await fetch(new URL('/api/v1/session', server.base), {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ login: 'viewer@plant', password }),
    })
    const [cookie = ''] = response.headers.getSetCookie()
    const secret = /suture=([^;]+)/.exec(cookie)?.[1] ?? ''
    expect(secret).toMatch(/^sus_[\w-]{43}$/)
    expect(cookie).toMatch(/; HttpOnly; SameSite=Lax/)
    const rows = await query<{ text: string }>(
      server.database.urls.superuser,
      `select platform_session::text || platform_user::text as text from platform_session join platform_user on true`,
    )
    expect(rows.some(({ text }) => text.includes(secret) || text.includes(password))).toBe(false)
  })
})

describe('a change to a person', () => {
  const admin = async () => signIn(server.base, 'admin@plant')

  test('ends their sessions, so that it holds at once', async () => {
    const { user, invitation } = await call(await admin(), contract.inviteUser, {
      body: { login: 'mover@plant', name: 'M', roles: ['auditor'] },
    })
    await call(anyone(), contract.acceptInvitation, { body: { code: invitation.code, password } })
    const mover = await signIn(server.base, 'mover@plant')
    await call(mover, listEvents, {})
    await call(await admin(), contract.changeUser, {
      ifMatch: '*',
      params: { id: user.id },
      body: { roles: ['viewer'] },
    })
    expect(await outcome(mover, listEvents, {})).toMatchObject({ code: 'auth/not-signed-in' })
    expect(await outcome(await signIn(server.base, 'mover@plant'), listEvents, {})).toMatchObject({
      code: 'auth/not-permitted',
    })
  })

  test('disables the machine tokens that they made', async () => {
    const { user, invitation } = await call(await admin(), contract.inviteUser, {
      body: { login: 'maker@plant', name: 'M', roles: ['admin'] },
    })
    await call(anyone(), contract.acceptInvitation, { body: { code: invitation.code, password } })
    const { secret } = await call(await signIn(server.base, 'maker@plant'), contract.createToken, {
      body: { name: 'robot', permissions: ['platform:read-users', 'platform:read-events'] },
    })
    const robot = { base: server.base, headers: { authorization: `Bearer ${secret}` } }
    await call(robot, contract.listUsers, {})
    await call(await admin(), contract.changeUser, {
      ifMatch: '*',
      params: { id: user.id },
      body: { roles: ['auditor'] },
    })
    await call(robot, listEvents, {})
    await call(await admin(), contract.changeUser, {
      ifMatch: '*',
      params: { id: user.id },
      body: { roles: ['viewer'] },
    })
    expect(await outcome(robot, listEvents, {})).toMatchObject({ code: 'auth/not-permitted' })
    await call(await admin(), contract.changeUser, { ifMatch: '*', params: { id: user.id }, body: { disabled: true } })
    expect(await outcome(robot, contract.whoAmI, {})).toMatchObject({ code: 'auth/not-signed-in' })
  })

  test('never leaves a tenant without an admin, even when two admins disable each other at once', async () => {
    const pier = await server.addTenant('pier')
    const { user, invitation } = await call(pier.people.admin, contract.inviteUser, {
      body: { login: 'two@pier', name: 'Two', roles: ['admin'] },
    })
    await call(anyone(), contract.acceptInvitation, { body: { code: invitation.code, password } })
    const second = await signIn(server.base, 'two@pier')
    const results = await Promise.all([
      outcome(pier.people.admin, contract.changeUser, {
        ifMatch: '*',
        params: { id: user.id },
        body: { disabled: true },
      }),
      outcome(second, contract.changeUser, {
        ifMatch: '*',
        params: { id: pier.people.admin.id },
        body: { disabled: true },
      }),
    ])
    expect(results.filter((result) => 'reply' in result)).toHaveLength(1)
    const admins = await query(
      server.database.urls.superuser,
      `select 1 from platform_user where tenant_id = $1 and 'admin' = any(roles) and disabled_at is null`,
      [pier.id],
    )
    expect(admins).toHaveLength(1)
  })
})

describe('whoever may manage people', () => {
  const join = async (login: string, invitation: { code: string }) => {
    await call(anyone(), contract.acceptInvitation, { body: { code: invitation.code, password } })
    return signIn(server.base, login)
  }

  test('gives away no site and takes over no person beyond their own', async () => {
    const admin = await signIn(server.base, 'admin@plant')
    const made = await call(admin, contract.inviteUser, {
      body: { login: 'line1@plant', name: 'L', roles: ['admin'], sites: [1] },
    })
    const sited = await join('line1@plant', made.invitation)
    const wide = { login: 'wide@plant', name: 'W', roles: ['viewer' as const] }
    expect(await outcome(sited, contract.inviteUser, { body: wide })).toMatchObject({ code: 'auth/too-broad' })
    for (const id of [tenant.people.admin.id, tenant.people.viewer.id]) {
      expect(await outcome(sited, contract.inviteAgain, { params: { id } })).toMatchObject({ code: 'auth/too-broad' })
      expect(
        await outcome(sited, contract.changeUser, { ifMatch: '*', params: { id }, body: { disabled: true } }),
      ).toMatchObject({
        code: 'auth/too-broad',
      })
    }
    await call(sited, contract.inviteUser, { body: { ...wide, sites: [1] } })
  })

  test('is a person: a machine token keeps none, whatever it holds', async () => {
    const admin = await signIn(server.base, 'admin@plant')
    const { secret } = await call(admin, contract.createToken, {
      body: { name: 'robot', permissions: ['platform:manage-users'] },
    })
    const robot = { base: server.base, headers: { authorization: `Bearer ${secret}` } }
    const { id } = tenant.people.viewer
    const body = { login: 'made@plant', name: 'M', roles: ['admin' as const] }
    expect(await outcome(robot, contract.inviteUser, { body })).toMatchObject({ code: 'auth/person-needed' })
    expect(await outcome(robot, contract.inviteAgain, { params: { id } })).toMatchObject({ code: 'auth/person-needed' })
    expect(
      await outcome(robot, contract.changeUser, { ifMatch: '*', params: { id }, body: { roles: ['admin'] } }),
    ).toMatchObject({
      code: 'auth/person-needed',
    })
  })

  test('takes a password away for good, whatever was under way with it', async () => {
    const admin = await signIn(server.base, 'admin@plant')
    for (let round = 0; round < 5; round++) {
      const login = `round${round}@plant`
      const { user, invitation } = await call(admin, contract.inviteUser, {
        body: { login, name: 'R', roles: ['viewer'] },
      })
      const thief = await join(login, invitation)
      const next = 'a password of the thief'
      const under = [
        outcome(thief, contract.changePassword, { body: { current: password, next } }),
        outcome(anyone(), contract.signIn, { body: { login, password } }),
      ]
      await call(admin, contract.inviteAgain, { params: { id: user.id } })
      await Promise.all(under)
      for (const known of [password, next]) {
        expect(await outcome(anyone(), contract.signIn, { body: { login, password: known } })).toMatchObject({
          code: 'auth/wrong-credentials',
        })
      }
      const open = await query(server.database.urls.superuser, 'select 1 from platform_session where user_id = $1', [
        user.id,
      ])
      expect(open).toEqual([])
    }
  })
})

describe('a password', () => {
  test('is changed by whoever knows the old one, and ends every other session', async () => {
    const [here, elsewhere] = [
      await signIn(server.base, 'publisher@plant'),
      await signIn(server.base, 'publisher@plant'),
    ]
    const next = 'another sentence to remember'
    expect(await outcome(here, contract.changePassword, { body: { current: 'wrong', next } })).toMatchObject({
      code: 'auth/wrong-credentials',
    })
    expect(await outcome(here, contract.changePassword, { body: { current: password, next: 'short' } })).toMatchObject({
      code: 'auth/password-too-weak',
    })
    await call(elsewhere, contract.whoAmI, {})
    await call(here, contract.changePassword, { body: { current: password, next } })
    await call(here, contract.whoAmI, {})
    expect(await outcome(elsewhere, contract.whoAmI, {})).toMatchObject({ code: 'auth/not-signed-in' })
    expect(await outcome(anyone(), contract.signIn, { body: { login: 'publisher@plant', password } })).toMatchObject({
      code: 'auth/wrong-credentials',
    })
    await signIn(server.base, 'publisher@plant', next)
  })

  test('that was lost is set anew with another invitation, and the old one stops working at once', async () => {
    const admin = await signIn(server.base, 'admin@plant')
    const lost = await signIn(server.base, 'approver@plant')
    const { id } = tenant.people.approver
    const first = await call(admin, contract.inviteAgain, { params: { id } })
    const second = await call(admin, contract.inviteAgain, { params: { id } })
    expect(await outcome(lost, contract.whoAmI, {})).toMatchObject({ code: 'auth/not-signed-in' })
    expect(await outcome(anyone(), contract.signIn, { body: { login: 'approver@plant', password } })).toMatchObject({
      code: 'auth/wrong-credentials',
    })
    expect(
      await outcome(anyone(), contract.acceptInvitation, { body: { code: first.invitation.code, password } }),
    ).toMatchObject({ code: 'auth/code-invalid' })
    await call(anyone(), contract.acceptInvitation, { body: { code: second.invitation.code, password } })
    await signIn(server.base, 'approver@plant')
  })

  test('of the only admin is not taken away', async () => {
    const quay = await server.addTenant('quay')
    const { admin } = quay.people
    expect(await outcome(admin, contract.inviteAgain, { params: { id: admin.id } })).toMatchObject({
      code: 'auth/last-admin',
    })
  })
})

describe('a machine token', () => {
  test('cannot hold what its maker does not hold, nor make another token', async () => {
    const admin = await signIn(server.base, 'admin@plant')
    const { user, invitation } = await call(admin, contract.inviteUser, {
      body: { login: 'sited@plant', name: 'S', roles: ['admin'], sites: [1, 2] },
    })
    await call(anyone(), contract.acceptInvitation, { body: { code: invitation.code, password } })
    const sited = await signIn(server.base, 'sited@plant')
    const body = { name: 'robot', permissions: ['platform:manage-tokens' as const], sites: [2, 3] }
    expect(await outcome(sited, contract.createToken, { body })).toMatchObject({ code: 'auth/too-broad' })
    expect(
      await outcome(sited, contract.changeUser, { ifMatch: '*', params: { id: user.id }, body: { sites: 'all' } }),
    ).toMatchObject({ code: 'auth/too-broad' })
    const made = await call(sited, contract.createToken, { body: { ...body, sites: [2] } })
    const robot = { base: server.base, headers: { authorization: `Bearer ${made.secret}` } }
    expect((await call(robot, contract.whoAmI, {})).sites).toEqual([2])
    expect(await outcome(robot, contract.createToken, { body })).toMatchObject({ code: 'auth/person-needed' })
  })

  test('stops working when it is revoked or expires', async () => {
    const admin = await signIn(server.base, 'admin@plant')
    const make = () =>
      call(admin, contract.createToken, {
        body: { name: 'robot', permissions: ['platform:read-users'], expiresInDays: 1 },
      })
    const [revoked, expired] = [await make(), await make()]
    const as = (secret: string) => ({ base: server.base, headers: { authorization: `Bearer ${secret}` } })
    await call(admin, contract.revokeToken, { params: { id: revoked.token.id } })
    expect(await outcome(as(revoked.secret), contract.listUsers, {})).toMatchObject({ code: 'auth/not-signed-in' })
    await call(as(expired.secret), contract.listUsers, {})
    later(24 * 60 + 1)
    expect(await outcome(as(expired.secret), contract.listUsers, {})).toMatchObject({ code: 'auth/not-signed-in' })
  })
})

test('lists come in pages that join without a gap or a repeat', async () => {
  const admin = await signIn(server.base, 'admin@plant')
  const all = (await call(admin, contract.listUsers, {})).items.map(({ login }) => login)
  const joined: string[] = []
  for (let cursor: string | undefined, more = true; more; more = cursor !== undefined) {
    const page = await call(admin, contract.listUsers, {
      query: { limit: 3, ...(cursor === undefined ? {} : { cursor }) },
    })
    joined.push(...page.items.map(({ login }) => login))
    cursor = page.next
  }
  expect(all.length).toBeGreaterThan(6)
  expect(joined).toEqual(all)
  expect(await outcome(admin, contract.listUsers, { query: { cursor: 'forged' } })).toEqual({
    code: 'http/bad-cursor',
    status: 400,
  })
})

test('guessing the password behind a stolen session is slowed down, whatever else the thief sends along', async () => {
  const held = await startTestServer({ buckets: new Buckets(() => 0) })
  onTestFinished(() => held.stop())
  const stolen = (await held.addTenant('plant')).people.operator
  const statuses = []
  for (let tries = 0; tries < 24; tries++) {
    const headers = {
      ...stolen.headers,
      cookie: `${stolen.headers.cookie}; x=${tries}`,
      authorization: `Basic ${tries}`,
    }
    const answer = await outcome({ ...stolen, headers }, contract.changePassword, {
      body: { current: `guess ${tries}`, next: password },
    })
    statuses.push('status' in answer ? answer.status : 200)
  }
  expect(statuses.at(-1)).toBe(429)
})

test('a flood of sign-ins with ever new names is bounded, and an honest sign-in gets through', async () => {
  const flood = Array.from({ length: 200 }, (_, at) =>
    outcome(anyone(), contract.signIn, { body: { login: `flood${at}`, password } }),
  )
  const answers = await Promise.all(flood)
  expect(answers.filter((answer) => 'status' in answer && answer.status === 429).length).toBeGreaterThan(50)
  await signIn(server.base, 'auditor@plant')
})

test('guessing passwords of one account is slowed down without touching another account', async () => {
  const held = await startTestServer({ buckets: new Buckets(() => 0) })
  onTestFinished(() => held.stop())
  await held.addTenant('plant')
  const to = { base: held.base, headers: {} }
  const guess = (login: string) => outcome(to, contract.signIn, { body: { login, password: 'wrong' } })
  const answers = []
  for (let tries = 0; tries < 24; tries++) answers.push(await guess('approver@plant'))
  expect(answers.at(-1)).toMatchObject({ status: 429, code: 'http/too-many-requests' })
  expect(await guess('publisher@plant')).toMatchObject({ code: 'auth/wrong-credentials' })
})

test('no password, code, token or cookie reaches the log', async () => {
  const admin = await signIn(server.base, 'admin@plant')
  const { invitation } = await call(admin, contract.inviteUser, {
    body: { login: 'logged@plant', name: 'L', roles: ['viewer'] },
  })
  await outcome(anyone(), contract.acceptInvitation, { body: { code: invitation.code, password: 'tiny' } })
  await outcome(
    { base: server.base, headers: { authorization: 'Bearer sut_thisisnotatokenatall' } },
    contract.whoAmI,
    {},
  )
  const text = server.logged.join('')
  expect(text).toContain('auth/password-too-weak')
  for (const secret of [
    password,
    invitation.code,
    'tiny',
    'sut_thisisnotatokenatall',
    admin.headers.cookie ?? 'no cookie',
  ])
    expect(text).not.toContain(secret)
})
