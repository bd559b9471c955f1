import { databaseForThisTest, query } from '@suture/testing/database.ts'
import { sql } from 'kysely'
import { describe, expect, onTestFinished, test } from 'vitest'
import type { TenantId } from '#platform/id.ts'
import { openPool } from './pool.ts'
import { Names } from './prepared.ts'
import { type Scope, type Scoped, Store, systemScope, withScope } from './store.ts'

const scope = systemScope(1 as TenantId, 'test')

/** A store with one connection, so that what is prepared on it can be asked for. */
async function narrowStore(before = async (_owner: string) => {}) {
  const { urls } = await databaseForThisTest()
  await before(urls.owner)
  const store = new Store(openPool(urls.app, { max: 1, name: 'suture test', onError: () => undefined }))
  onTestFinished(() => store.close())
  const inScope = <T>(run: (scoped: Scoped) => Promise<T>) => withScope(store, scope, run)
  return Object.assign(inScope, { store, owner: urls.owner, superuser: urls.superuser })
}

const preparedLike = async ({ db }: Scoped, text: string) => {
  const found = await sql<{ text: string; used: number }>`
    select statement as text, generic_plans + custom_plans as used from pg_prepared_statements
    where statement like ${`%${text}%`} and statement not like '%pg_prepared_statements%'`.execute(db)
  return found.rows.map(({ used }) => used)
}
const double = (n: number, { db }: Scoped) => sql<{ n: number }>`select ${n}::int * 2 as n`.execute(db)

describe('a statement', () => {
  test('that comes again is prepared once on a connection, and answers what is asked each time', async () => {
    const inScope = await narrowStore()
    const answers = []
    for (let n = 1; n <= 12; n++) answers.push((await inScope((scoped) => double(n, scoped))).rows[0]?.n)
    expect(answers).toEqual([2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24])
    // The first was not prepared: it might have been the only one.
    expect(await inScope((scoped) => preparedLike(scoped, '::int * 2'))).toEqual([11])
  })

  test('that failed can be asked again', async () => {
    const inScope = await narrowStore()
    const divide = (by: number) => inScope(({ db }) => sql<{ n: number }>`select 12 / ${by}::int as n`.execute(db))
    for (let time = 0; time < 3; time++) await expect(divide(0)).rejects.toThrow('division by zero')
    expect((await divide(4)).rows).toEqual([{ n: 3 }])
  })

  test('that cannot answer any more, or was never sent, does not stay on its connection', async () => {
    const inScope = await narrowStore(async (owner) => {
      await query(owner, 'create table tale as select 1 as n')
      await query(owner, 'grant select on tale to suture_app')
    })
    const all = () => inScope(({ db }) => sql`select * from tale where n = ${1}`.execute(db))
    for (let time = 0; time < 3; time++) expect((await all()).rows).toEqual([{ n: 1 }])
    await query(inScope.owner, 'alter table tale add column more int')
    await expect(all()).rejects.toThrow('cached plan must not change result type')
    expect((await all()).rows).toEqual([{ n: 1, more: null }])

    const echo = (value: unknown) => inScope(({ db }) => sql<{ v: unknown }>`select ${value}::jsonb as v`.execute(db))
    await echo({ n: 1 })
    await expect(echo({ n: 1n })).rejects.toThrow('BigInt')
    expect((await echo({ n: 2 })).rows).toEqual([{ v: { n: 2 } }])
  })

  test('with a long list is not prepared', async () => {
    const inScope = await narrowStore()
    const list = sql.join(Array.from({ length: 65 }, (_, n) => sql`${n}::int`))
    for (let time = 0; time < 3; time++) await inScope(({ db }) => sql`select array[${list}] as long`.execute(db))
    expect(await inScope((scoped) => preparedLike(scoped, 'as long'))).toEqual([])
  })

  test('that was prepared for one tenant and its sites shows another nothing of them', async () => {
    const inScope = await narrowStore()
    const ids = await query<{ tenant: number; site: number }>(
      inScope.superuser,
      `with made as (insert into platform_tenant (uid, name, created_at) select gen_random_uuid(), 't' || n, now() from generate_series(1, 2) n returning id)
       insert into inventory_site (tenant_id, name, created_at) select id, 'S' || n, now() from made, generate_series(1, 2) n
       returning tenant_id as tenant, id as site`,
    )
    const seen = async (tenant: number, sites: Scope['sites']) => {
      const own = { ...systemScope(tenant as TenantId, 'test'), sites }
      const found = await withScope(inScope.store, own, ({ db }) =>
        sql<{ site: number }>`select id as site from inventory_site where id > ${0} order by id`.execute(db),
      )
      return found.rows.map(({ site }) => site)
    }
    const [one = 0, two = 0] = new Set(ids.map(({ tenant }) => tenant))
    const sitesOf = (tenant: number) => ids.filter((each) => each.tenant === tenant).map(({ site }) => site)
    for (let time = 0; time < 8; time++) expect(await seen(one, 'all')).toEqual(sitesOf(one))
    expect(await seen(two, 'all')).toEqual(sitesOf(two))
    expect(await seen(two, sitesOf(two).slice(1))).toEqual(sitesOf(two).slice(1))
    expect(await seen(two, sitesOf(one))).toEqual([])
    expect(await inScope((scoped) => preparedLike(scoped, 'from inventory_site'))).toEqual([10])
  })
})

describe('the names', () => {
  test('are given at the second coming, and stay', () => {
    const names = new Names()
    expect(names.of('select 1')).toBeUndefined()
    const name = names.of('select 1')
    expect(name).toMatch(/^s[\w-]{43}$/)
    expect(names.of('select 1')).toBe(name)
    expect(names.of('select 2')).toBeUndefined()
  })

  test('are no more than allowed, and texts that never come again take none', () => {
    const names = new Names(2)
    for (let n = 0; n < 5_000; n++) expect(names.of(`select ${n} once`)).toBeUndefined()
    const twice = (text: string) => [names.of(text), names.of(text)][1]
    expect([twice('a'), twice('b'), twice('c')].map((name) => name === undefined)).toEqual([false, false, true])
  })
})
