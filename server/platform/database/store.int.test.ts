import { setTimeout as after } from 'node:timers/promises'
import { databaseForThisTest, query } from '@suture/testing/database.ts'
import { sql } from 'kysely'
import { expect, onTestFinished, test } from 'vitest'
import type { TenantId } from '#platform/id.ts'
import { DatabaseAway } from './away.ts'
import { openPool } from './pool.ts'
import { Store, systemScope, withScope } from './store.ts'

const scope = systemScope(1 as TenantId, 'test')

test('a transaction that goes on for more than five seconds is ended, and the process and the store go on', async () => {
  const { urls } = await databaseForThisTest()
  const app = new Store(openPool(urls.app, { max: 3, name: 'suture test', onError: () => undefined }))
  onTestFinished(() => app.close())
  const busy = withScope(app, scope, async ({ db }) => {
    for (let n = 0; n < 20; n++) await sql`select pg_sleep(0.5)`.execute(db)
  })
  const pausing = withScope(app, scope, async ({ db }) => {
    await after(8_000)
    await sql`select 1`.execute(db)
  })
  const [version] = await query<{ number: number }>(
    urls.superuser,
    `select current_setting('server_version_num')::int as number`,
  )
  const [one, other] = await Promise.allSettled([busy, pausing])
  // PostgreSQL before 17 bounds each statement and each pause alone, and this one makes many short ones.
  const bounded = (version?.number ?? 0) >= 170_000 ? [one, other] : [other]
  for (const end of bounded) {
    expect(end).toMatchObject({ status: 'rejected', reason: { message: expect.stringMatching(/timeout/) } })
    // It is this server that was too slow, not the database that is away.
    expect((end as PromiseRejectedResult).reason).not.toBeInstanceOf(DatabaseAway)
  }
  const { rows } = await withScope(app, scope, ({ db }) => sql<{ n: number }>`select 1 as n`.execute(db))
  expect(rows).toEqual([{ n: 1 }])
})
