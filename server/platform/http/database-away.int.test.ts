import { listUsers } from '@suture/contract/auth.ts'
import { call } from '@suture/contract/client.ts'
import { listSites } from '@suture/contract/inventory.ts'
import { query } from '@suture/testing/database.ts'
import { startTestServer, type TestServer, type TestTenant } from '@suture/testing/world.ts'
import { Client } from 'pg'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'

let server: TestServer
let tenant: TestTenant
beforeAll(async () => {
  server = await startTestServer()
  tenant = await server.addTenant('plant')
})
afterAll(() => server.stop())

const ours = `from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid() and usename = 'suture_app'`
const end = () => query(server.database.urls.superuser, `select pg_terminate_backend(pid) ${ours}`)
const users = () => call(tenant.people.admin, listUsers, {})
const away = { status: 503, code: 'http/database-away', remedy: expect.stringContaining('Try again') }

/** Asks while another connection holds a table, and goes on once the request waits for it. */
async function askAndWait(
  table = 'platform_user',
  ask: () => Promise<unknown> = users,
): Promise<{ readonly asked: Promise<unknown>; release(): Promise<unknown> }> {
  const holder = new Client(server.database.urls.superuser)
  await holder.connect()
  await holder.query(`begin; lock table ${table} in access exclusive mode`)
  const asked = ask().catch((error: unknown) => error)
  const waiting = () => query(server.database.urls.superuser, `select pid ${ours} and wait_event_type = 'Lock'`)
  await expect.poll(async () => (await waiting()).length).toBe(1)
  return { asked, release: () => holder.end() }
}

test('a connection that is ended under a request is told as such, the log holds the cause, and what comes afterwards is answered', async () => {
  const { asked, release } = await askAndWait()
  server.logged.length = 0
  await end()
  expect(await asked).toMatchObject({ name: 'ProblemError', problem: away })
  await release()
  const said = server.logged
    .filter((line) => line.includes('"msg":"http/database-away"'))
    .map((line) => JSON.parse(line))
  expect(said).toMatchObject([{ level: 'error', err: { message: expect.stringMatching(/terminat/) } }])
  expect(await (await fetch(new URL('/metrics', server.base))).text()).toContain('code="http/database-away"} 1')
  // The pool may learn of its other connections, which ended too, only when it takes one.
  await expect.poll(async () => (await users().catch(() => ({ items: [] }))).items.length).toBeGreaterThan(1)
})

test('what the database works on for too long is undone and told as such, and what comes afterwards is answered', async () => {
  const { asked, release } = await askAndWait('inventory_site', () => call(tenant.people.admin, listSites, {}))
  // A transaction may last five seconds; the lock is kept for longer.
  expect(await asked).toMatchObject({ problem: { status: 503, code: 'http/database-slow' } })
  await release()
  expect((await users()).items.length).toBeGreaterThan(1)
})

test('a database that takes nobody in is told as such, and what comes afterwards is answered', async () => {
  const { superuser } = server.database.urls
  const [{ name } = { name: '' }] = await query<{ name: string }>(superuser, 'select current_database() as name')
  const elsewhere = new URL(superuser)
  elsewhere.pathname = '/postgres'
  onTestFinished(() => query(elsewhere.href, `alter database ${name} connection limit -1`).then(() => undefined))
  await query(elsewhere.href, `alter database ${name} connection limit 0`)
  await query(elsewhere.href, `select pg_terminate_backend(pid) from pg_stat_activity where datname = '${name}'`)
  await expect.poll(() => users().catch((error: unknown) => error)).toMatchObject({ problem: away })
  await query(elsewhere.href, `alter database ${name} connection limit -1`)
  expect((await users()).items.length).toBeGreaterThan(1)
})
