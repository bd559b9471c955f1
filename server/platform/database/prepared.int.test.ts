import { databaseForThisTest } from '@suture/testing/database.ts'
import { sql } from 'kysely'
import { describe, expect, onTestFinished, test } from 'vitest'
import type { TenantId } from '#platform/id.ts'
import { openPool } from './pool.ts'
import { Names } from './prepared.ts'
import { type Scoped, Store, systemScope, withScope } from './store.ts'

const scope = systemScope(1 as TenantId, 'test')

/** A store with one connection, so that what is prepared on it can be asked for. */
async function narrowStore() {
  const { urls } = await databaseForThisTest()
  const store = new Store(openPool(urls.app, { max: 1, name: 'suture test', onError: () => undefined }))
  onTestFinished(() => store.close())
  return <T>(run: (scoped: Scoped) => Promise<T>) => withScope(store, scope, run)
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

  test('that another tenant prepared shows nothing of theirs', async () => {
    const { urls } = await databaseForThisTest()
    const store = new Store(openPool(urls.app, { max: 1, name: 'suture test', onError: () => undefined }))
    onTestFinished(() => store.close())
    const seen = (tenant: number) =>
      withScope(store, systemScope(tenant as TenantId, 'test'), ({ db }) =>
        sql<{ tenant: string }>`select current_setting('app.tenant_id') as tenant, ${1}::int as n`.execute(db),
      )
    for (const tenant of [1, 1, 1, 1, 1, 1, 1, 2]) expect((await seen(tenant)).rows[0]?.tenant).toBe(String(tenant))
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
