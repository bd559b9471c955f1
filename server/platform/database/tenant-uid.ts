import type { Scoped } from './store.ts'

/** The tenant's name for everyone outside this database: what signed documents call it. */
export const tenantUid = async ({ db, scope }: Scoped): Promise<string> =>
  (await db.selectFrom('platform_tenant').select('uid').where('id', '=', scope.tenant).executeTakeFirstOrThrow()).uid
