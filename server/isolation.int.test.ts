import { createToken } from '@suture/contract/auth.ts'
import { call } from '@suture/contract/client.ts'
import { query } from '@suture/testing/database.ts'
import { fillTables } from '@suture/testing/one-row-each.ts'
import { startTestServer, type TestServer, type TestTenant } from '@suture/testing/world.ts'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { rules } from '../testing/architecture/rules.ts'
import { systemClock } from './platform/clock.ts'
import { systemScope, withScope } from './platform/database/store.ts'
import { requestSignature } from './signing/index.ts'

let server: TestServer
let home: TestTenant
let foreign: TestTenant
let tables: { name: string; enabled: boolean; forced: boolean; policies: string[]; columns: string[] }[]

beforeAll(async () => {
  server = await startTestServer()
  home = await server.addTenant('home')
  foreign = await server.addTenant('foreign')
  await fillEveryTable()
  tables = await query(
    server.database.urls.superuser,
    `select c.relname as name, c.relrowsecurity as enabled, c.relforcerowsecurity as forced,
            array(select pg_get_expr(p.polqual, p.polrelid) from pg_policy p
                   where p.polrelid = c.oid and p.polroles = '{0}' and p.polpermissive) as policies,
            array(select a.attname::text from pg_attribute a where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and a.attidentity = '' and a.attgenerated = '') as columns
     from pg_class c where c.relkind in ('r', 'p') and c.relnamespace = 'public'::regnamespace and c.relname <> 'platform_migration' order by 1`,
  )
})
afterAll(() => server.stop())

/** Tables that the world of tenants leaves empty get a row each, so that seeing none means being kept out. */
async function fillEveryTable(): Promise<void> {
  for (const tenant of [home, foreign]) {
    await call(tenant.people.admin, createToken, { body: { name: 'robot', permissions: ['platform:read-users'] } })
    const request = { purpose: 'rollout-plan', payload: Buffer.from('{}'), proofs: {} } as const
    await withScope(server.database.app, systemScope(tenant.id, 'test'), (scoped) =>
      requestSignature(scoped, systemClock, request),
    )
    await query(
      server.database.urls.superuser,
      `insert into signing_statement (tenant_id, purpose, digest, envelope, signed_at)
       values ($1, 'rollout-plan', sha256('{}'), '{}', now())`,
      [tenant.id],
    )
    await fillTables(server.database.urls.superuser, tenant.id)
  }
}

const protectedTables = () => tables.filter(({ name }) => !rules.directory.includes(name))

/** Runs statements as a role in one transaction that is rolled back, in the scope of a tenant or of none. */
async function as<T>(
  role: 'app' | 'worker' | 'owner',
  tenant: TestTenant | undefined,
  run: (client: pg.Client) => Promise<T>,
  sites = '*',
): Promise<T> {
  const client = new pg.Client({ connectionString: server.database.urls[role] })
  await client.connect()
  try {
    await client.query('begin')
    if (tenant)
      await client.query(`select set_config('app.tenant_id', $1, true), set_config('app.site_ids', $2, true)`, [
        String(tenant.id),
        sites,
      ])
    return await run(client)
  } finally {
    await client.query('rollback').catch(() => undefined)
    await client.end()
  }
}

const count = async (client: pg.Client, table: string): Promise<number> =>
  (await client.query<{ n: number }>(`select count(*)::int as n from ${table}`)).rows[0]?.n ?? -1

describe('every table of a tenant', () => {
  test('is found, is filled for the test, and forces row-level security with the one policy', async () => {
    expect(protectedTables().length).toBeGreaterThanOrEqual(4)
    const policy = `(tenant_id = ( SELECT (NULLIF(current_setting('app.tenant_id'::text, true), ''::text))::integer AS "nullif"))`
    for (const { name, enabled, forced, policies } of protectedTables()) {
      expect({ name, enabled, forced, policies }).toEqual({ name, enabled: true, forced: true, policies: [policy] })
      const rows = await query<{ n: number }>(
        server.database.urls.superuser,
        `select count(*)::int as n from ${name} where tenant_id = $1`,
        [home.id],
      )
      expect({ name, filled: (rows[0]?.n ?? 0) > 0 }).toEqual({ name, filled: true })
    }
  })

  test('shows no row to any role that names no tenant', async () => {
    for (const { name } of protectedTables()) {
      for (const role of ['app', 'worker', 'owner'] as const) {
        const seen = await as(role, undefined, (client) => count(client, name)).catch(
          (error: pg.DatabaseError) => error.code,
        )
        // 42501: the role has no business with this table at all.
        expect({ name, role, seen: seen === '42501' ? 0 : seen }).toEqual({ name, role, seen: 0 })
      }
    }
  })

  test('shows, changes and deletes nothing of another tenant, and takes no row for it', async () => {
    for (const { name, columns } of protectedTables()) {
      const attempts = {
        seen: `select count(*)::int as n from ${name} where tenant_id = ${home.id}`,
        updated: `with x as (update ${name} set tenant_id = ${foreign.id} where tenant_id = ${home.id} returning 1) select count(*)::int as n from x`,
        deleted: `with x as (delete from ${name} where tenant_id = ${home.id} returning 1) select count(*)::int as n from x`,
      }
      for (const [attempt, statement] of Object.entries(attempts)) {
        const n = await as(
          'app',
          foreign,
          async (client) => (await client.query<{ n: number }>(statement)).rows[0]?.n,
        ).catch((error: pg.DatabaseError) => error.code)
        expect({ name, attempt, n: n === '42501' ? 0 : n }).toEqual({ name, attempt, n: 0 })
      }
      const copied = columns.map((column) => (column === 'tenant_id' ? String(home.id) : column)).join(', ')
      const insert = `insert into ${name} (${columns.join(', ')}) select ${copied} from ${name}`
      const stored = await as('app', foreign, (client) => client.query(insert)).catch(
        (error: pg.DatabaseError) => error.code,
      )
      expect({ name, stored }).toEqual({ name, stored: '42501' })
    }
  })

  test('shows no row of a device to whoever is limited to other sites, or names no sites at all', async () => {
    const ofDevices = tables.filter(
      ({ name, columns }) => ['inventory_device', 'inventory_site'].includes(name) || columns.includes('device_id'),
    )
    expect(ofDevices.length).toBeGreaterThanOrEqual(14)
    const [site] = await query<{ id: number }>(
      server.database.urls.superuser,
      'select id from inventory_site where tenant_id = $1',
      [home.id],
    )
    for (const { name } of ofDevices) {
      const seen = async (sites: string) => as('app', home, (client) => count(client, name), sites)
      expect({ name, own: await seen(`{${site?.id}}`) }).toEqual({ name, own: 1 })
      for (const sites of ['', '{}', '{999999}'])
        expect({ name, sites, n: await seen(sites) }).toEqual({ name, sites, n: 0 })
    }
  })

  test('turns this test red when its policy is loosened or no longer forced', async () => {
    const superuser = server.database.urls.superuser
    await query(superuser, 'alter table platform_token no force row level security')
    expect(await as('owner', undefined, (client) => count(client, 'platform_token'))).toBeGreaterThan(0)
    await query(superuser, 'alter table platform_token force row level security')
    await query(superuser, 'create policy loose on platform_token using (true)')
    expect(await as('app', undefined, (client) => count(client, 'platform_token'))).toBeGreaterThan(0)
    await query(superuser, 'drop policy loose on platform_token')
    expect(await as('app', undefined, (client) => count(client, 'platform_token'))).toBe(0)
  })
})

test('the tables without row-level security are exactly the directory', () => {
  const open = tables.filter(({ enabled }) => !enabled).map(({ name }) => name)
  expect(open).toEqual([...rules.directory].sort())
})

test('no role of the server is superuser or may pass row-level security by', async () => {
  const roles = await query<{ rolname: string; rolsuper: boolean; rolbypassrls: boolean }>(
    server.database.urls.superuser,
    `select rolname, rolsuper, rolbypassrls from pg_roles where rolname like 'suture_%' order by 1`,
  )
  expect(roles.map(({ rolname }) => rolname)).toEqual(['suture_app', 'suture_owner', 'suture_signer', 'suture_worker'])
  for (const role of roles) expect(role).toMatchObject({ rolsuper: false, rolbypassrls: false })
})

test('the record of events cannot be edited by the server', async () => {
  for (const statement of ['update platform_event set kind = kind', 'delete from platform_event']) {
    for (const role of ['app', 'worker'] as const) {
      await expect(as(role, home, (client) => client.query(statement))).rejects.toMatchObject({ code: '42501' })
    }
  }
})
