import type { Role } from '@suture/contract/roles.ts'
import { sql } from 'kysely'
import type { Scoped } from '#platform/database/store.ts'
import { userView } from './view.ts'

const columns = ['id', 'login', 'name', 'password', 'roles', 'site_ids', 'created_at', 'disabled_at'] as const

export const findUser = ({ db }: Scoped, id: string) =>
  db.selectFrom('platform_user').select(columns).where('id', '=', id).executeTakeFirst()

export async function viewUser(scoped: Scoped, id: string) {
  const row = await findUser(scoped, id)
  return row && userView(row)
}

export const viewUsers = async ({ db }: Scoped, limit: number, after: string | undefined) => {
  const rows = await db
    .selectFrom('platform_user')
    .select(columns)
    .$if(after !== undefined, (query) => query.where('login', '>', after as string))
    .orderBy('login')
    .limit(limit)
    .execute()
  return rows.map(userView)
}

/**
 * Everybody of the tenant, locked: two admins who disable each other at the same moment wait for one another.
 * Small by nature: people, not devices.
 */
export const lockUsers = ({ db }: Scoped) =>
  db.selectFrom('platform_user').select(columns).orderBy('id').forUpdate().execute()

/**
 * Locks a person if they may still sign in with the password that was checked; false when something changed meanwhile.
 * Rows are locked in the order person, session, credential everywhere, so that nobody waits in a circle.
 */
export async function lockUser({ db }: Scoped, id: string, password: string | null): Promise<boolean> {
  const row = await db
    .selectFrom('platform_user')
    .select('id')
    .where('id', '=', id)
    .where('password', 'is not distinct from', password)
    .where('disabled_at', 'is', null)
    .forUpdate()
    .executeTakeFirst()
  return row !== undefined
}

export const insertUser = (
  { db, scope }: Scoped,
  user: {
    readonly id: string
    readonly login: string
    readonly name: string
    readonly password: string | null
    readonly roles: readonly Role[]
    readonly siteIds: readonly number[] | null
    readonly now: Date
  },
) =>
  db
    .insertInto('platform_user')
    .values({
      tenant_id: scope.tenant,
      id: user.id,
      login: user.login,
      name: user.name,
      password: user.password,
      roles: [...user.roles],
      site_ids: user.siteIds && [...user.siteIds],
      created_at: user.now,
      disabled_at: null,
    })
    .returning(columns)
    .executeTakeFirstOrThrow()

export const updateUser = (
  { db }: Scoped,
  id: string,
  change: { roles?: string[]; site_ids?: number[] | null; disabled_at?: Date | null; password?: string | null | null },
) => db.updateTable('platform_user').set(change).where('id', '=', id).returning(columns).executeTakeFirstOrThrow()

/** Whether anybody has an account here yet. */
export const hasUsers = async ({ db }: Scoped): Promise<boolean> =>
  (await db.selectFrom('platform_user').select(sql<number>`1`.as('one')).limit(1).executeTakeFirst()) !== undefined
