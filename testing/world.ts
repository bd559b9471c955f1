import { argon2Sync } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Arguments, type Connection, call, ProblemError, type Reply } from '@suture/contract/client.ts'
import type { AnyEndpoint } from '@suture/contract/endpoint.ts'
import { artifactBytes, sbomBytes } from '@suture/contract/limits.ts'
import { type Role, roleNames } from '@suture/contract/roles.ts'
import { createApp, crewsWith } from '@suture/server/app.ts'
import type { Mailing } from '@suture/server/integrations/index.ts'
import { issueSetupCode } from '@suture/server/platform/auth/index.ts'
import { inviteUser } from '@suture/server/platform/auth/people.operations.ts'
import { openBlobStore } from '@suture/server/platform/blob/store.ts'
import type { Clock } from '@suture/server/platform/clock.ts'
import { systemClock } from '@suture/server/platform/clock.ts'
import { ensureTenant } from '@suture/server/platform/database/tenant.ts'
import type { Buckets } from '@suture/server/platform/http/buckets.ts'
import type { Tls } from '@suture/server/platform/http/tls.ts'
import { newId, type TenantId } from '@suture/server/platform/id.ts'
import { createLog } from '@suture/server/platform/log.ts'
import { createMetrics } from '@suture/server/platform/metrics.ts'
import { startWorker } from '@suture/server/platform/tasks/worker.ts'
import { permissionsOf } from '@suture/server/roles.ts'
import { signerHome } from '@suture/server/signing/index.ts'
import { createTestDatabase, query, type TestDatabase } from './database.ts'

/** A person of a tenant with an open session. */
interface Person extends Connection {
  readonly id: string
  readonly login: string
}

export interface TestTenant {
  readonly id: TenantId
  readonly uid: string
  readonly name: string
  readonly people: Readonly<Record<Role, Person>>
}

/** A real server on a real database, listening on loopback. */
export interface TestServer {
  readonly database: TestDatabase
  readonly base: string
  readonly logged: string[]
  /** Where a signer may live; none does until a test starts it. */
  readonly home: string
  /** The code for the first admin of a tenant of this name. */
  setupCode(name: string): Promise<{ readonly code: string }>
  addTenant(name: string): Promise<TestTenant>
  stop(): Promise<void>
}

export const password = 'a sentence nobody guesses'

/** Starts a server; its log lines are kept in `logged`. */
export async function startTestServer({
  clock = systemClock,
  origin,
  tls,
  console,
  buckets,
  works = false,
  outward = [],
  mailing,
}: {
  clock?: Clock
  /** How often callers may ask, counted by a time that the test holds. */
  buckets?: Buckets
  origin?: URL
  /** Given when it is to speak TLS. */
  tls?: Tls
  /** The folder of a built console. */
  console?: string
  /** Whether the tasks that are asked for are done as well. */
  works?: boolean
  /** Where webhooks may go. */
  outward?: readonly string[]
  /** How mail is sent, if it is. */
  mailing?: Mailing
} = {}): Promise<TestServer> {
  const database = await createTestDatabase()
  const logged: string[] = []
  const log = createLog('debug', { write: (line) => void logged.push(line) })
  const health = async () => ({ database: 'ok' }) as const
  const home = mkdtempSync(join(tmpdir(), 'suture-home-'))
  const blobs = await openBlobStore(join(home, 'blobs'))
  const parts = {
    clock,
    log,
    metrics: createMetrics(),
    signerKeys: signerHome(home).public,
    blobs,
    sbomBytes,
    home,
    outward,
    mailing,
  }
  const app = await createApp({
    ...parts,
    ...{ store: database.app, health, artifactBytes, pollSeconds: 1, origin, tls, console, buckets },
  })
  const workers = works ? await workFor(database, parts) : []
  const base = await app.listen({ host: '127.0.0.1', port: 0 })
  return {
    database,
    base,
    logged,
    home,
    setupCode: async (name) =>
      issueSetupCode(database.app, clock, await ensureTenant(database.urls.owner, clock, name)),
    addTenant: (name) => addTenant(database, clock, base, name),
    stop: async () => {
      await app.close()
      for (const each of workers) await each.stop()
      await blobs.close()
      await database.drop()
      rmSync(home, { recursive: true, force: true })
    },
  }
}

/** Does the tasks of a database. */
const workFor = (
  { worker: store, workerPool: pool }: TestDatabase,
  parts: Parameters<typeof crewsWith>[0] & Pick<Parameters<typeof startWorker>[0], 'clock' | 'log' | 'metrics'>,
) =>
  Promise.all(
    crewsWith(parts).map((crew) =>
      startWorker({ ...parts, ...crew, store, pool, recurring: [], tenants: async () => [] }),
    ),
  )

/** Signs in and keeps the cookie, as a browser would. */
export async function signIn(base: string, login: string, secret = password): Promise<Connection> {
  const response = await fetch(new URL('/api/v1/session', base), {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ login, password: secret }),
  })
  const cookie = response.headers.getSetCookie()[0]?.split(';')[0]
  if (response.status !== 201 || cookie === undefined)
    throw new Error(`sign-in of ${login} answered ${response.status}`)
  return { base, headers: { cookie } }
}

/** The usual password as the product stores it, with settings that cost nothing: its settings are part of it. */
const cheaply = ((): string => {
  const [nonce, memory] = [Buffer.from('the same for all'), 8]
  const tag = argon2Sync('argon2id', { message: password, nonce, memory, passes: 1, parallelism: 1, tagLength: 32 })
  const text = (bytes: Buffer) => bytes.toString('base64').replace(/=+$/, '')
  return `$argon2id$v=19$m=${memory},t=1,p=1$${text(nonce)}$${text(tag)}`
})()

/**
 * A tenant with one person for each role. Deriving their passwords would be half of what a tenant costs, so the usual one
 * is put in place of the invitations' answers; what is tested of setting up and of signing in does without it.
 */
export async function addTenant(database: TestDatabase, clock: Clock, base: string, name: string): Promise<TestTenant> {
  const tenant = await ensureTenant(database.urls.owner, clock, name)
  const founder: Parameters<typeof inviteUser>[2] = {
    scope: { tenant: tenant.id, actor: { kind: 'user', id: newId(clock.now()), name: 'Founder' }, sites: 'all' },
    permissions: permissionsOf(roleNames),
  }
  const made = await Promise.all(
    roleNames.map((role) =>
      inviteUser(database.app, clock, founder, { login: `${role}@${name}`, name: role, roles: [role], sites: 'all' }),
    ),
  )
  const ids = made.map(({ user }) => user.id)
  await query(database.urls.superuser, 'update platform_user set password = $1 where id = any($2)', [cheaply, ids])
  const people = await Promise.all(
    made.map(async ({ user: { id, login } }) => ({ ...(await signIn(base, login)), id, login })),
  )
  const byRole = Object.fromEntries(roleNames.map((role, at) => [role, people[at]]))
  return { ...tenant, name, people: byRole as Record<Role, Person> }
}

/** What a call is answered: the status, and the code of the refusal if it is one. */
export async function outcome<E extends AnyEndpoint>(
  to: Connection,
  endpoint: E,
  given: Arguments<E>,
): Promise<{ reply: Reply<E> } | { code: string | undefined; status: number }> {
  try {
    return { reply: await call(to, endpoint, given) }
  } catch (error) {
    if (!(error instanceof ProblemError)) throw error
    return { code: error.problem.code, status: error.problem.status }
  }
}
