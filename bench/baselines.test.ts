import { openPool, type Pool } from '@suture/server/platform/database/pool.ts'
import { createTestDatabase, query, type TestDatabase } from '@suture/testing/database.ts'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { differenceOf, median, mustBeFair, noiseIn, oneCommit, Rejected } from './baselines.ts'

describe('the noise guard', () => {
  test('lets a run pass whose machine was nearly the same at its end, and names both times when it was not', () => {
    expect(noiseIn({ before: 100, after: 119 })).toBeUndefined()
    expect(noiseIn({ before: 119, after: 100 })).toBeUndefined()
    expect(noiseIn({ before: 100, after: 121 })).toMatch('100.0 ms before and 121.0 ms after, 21 % apart')
    expect(noiseIn({ before: 121, after: 100 })).toMatch('21 % apart')
  })

  test('takes the quicker of the two for the whole', () => {
    expect(differenceOf({ before: 50, after: 100 })).toBe(1)
    expect(differenceOf({ before: 100, after: 50 })).toBe(1)
  })
})

test('the median is a value that was measured, whatever the order', () => {
  expect(median([3, 1, 2])).toBe(2)
  expect(median([4, 1, 3, 2])).toBe(2)
  expect(() => median([])).toThrow('no middle of nothing')
})

describe('a denominator', () => {
  let database: TestDatabase
  let pools: Readonly<Record<'app' | 'owner' | 'superuser', Pool>>
  beforeAll(async () => {
    database = await createTestDatabase()
    const open = (url: string) => openPool(url, { max: 1, name: 'bench test', onError: () => undefined })
    const { app, owner, superuser } = database.urls
    pools = { app: open(app), owner: open(owner), superuser: open(superuser) }
    await query(
      superuser,
      `insert into platform_tenant (uid, name, created_at) values (gen_random_uuid(), 'bench', now())`,
    )
    await query(superuser, 'vacuum inventory_device')
  })
  afterAll(async () => {
    for (const pool of Object.values(pools)) await pool.close()
    await database.drop()
  })

  /** What is said against measuring on a connection that was set up like this. */
  async function against(
    role: 'app' | 'superuser',
    settings: Readonly<Record<string, string>>,
    table = 'inventory_device',
  ) {
    const client = await pools[role].pg.connect()
    try {
      await client.query('begin')
      const all = { 'app.tenant_id': '1', max_parallel_workers_per_gather: '0', ...settings }
      for (const [name, value] of Object.entries(all))
        await client.query('select set_config($1, $2, true)', [name, value])
      return await mustBeFair(client, table).then(
        () => 'nothing',
        (error: unknown) => (error instanceof Rejected ? error.message : error),
      )
    } finally {
      await client.query('rollback')
      client.release()
    }
  }

  test('is measured as the application’s role, inside a tenant, without parallel workers', async () => {
    // An empty table has no page that anybody saw; what it holds is vacuumed first.
    expect(await against('app', {})).toBe('This is no denominator: inventory_device was not vacuumed.')
    expect(await against('superuser', {})).toMatch('its role passes by row-level security')
    expect(await against('app', { 'app.tenant_id': '' })).toMatch('it is in no tenant')
    expect(await against('app', { max_parallel_workers_per_gather: '2' })).toMatch('it may use 2 parallel workers')
  })

  test('is never taken from a table whose row-level security is off', async () => {
    expect(await against('app', {}, 'platform_tenant')).toMatch('platform_tenant has no forced row-level security')
    await query(database.urls.superuser, 'create table loose (id int); grant select on loose to suture_app')
    await query(database.urls.superuser, 'alter table loose enable row level security')
    expect(await against('app', {}, 'loose')).toMatch('loose has no forced row-level security')
    expect(await against('app', {}, 'loose')).toMatch('loose was not vacuumed')
  })

  test('of what is written is one commit of one row, which costs some log and some time', async () => {
    const { walBytes, ms } = await oneCommit(pools.owner.pg, pools.app.pg, 1)
    expect(walBytes).toBeGreaterThan(50)
    expect(walBytes).toBeLessThan(20_000)
    expect(ms).toBeGreaterThan(0)
  })
})
