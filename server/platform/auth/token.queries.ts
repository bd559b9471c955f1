import type { Permission } from '@suture/contract/permissions.ts'
import { sql } from 'kysely'
import type { Scoped } from '#platform/database/store.ts'
import { tokenView } from './view.ts'

const columns = [
  'id',
  'name',
  'permissions',
  'site_ids',
  'created_by',
  'created_at',
  'expires_at',
  'revoked_at',
] as const

export const findToken = ({ db }: Scoped, id: string) =>
  db.selectFrom('platform_token').select(columns).where('id', '=', id).executeTakeFirst()

/** A token that may be used, with the person who made it: it never reaches further than they do. */
export const findUsableToken = ({ db }: Scoped, id: string, now: Date) =>
  db
    .selectFrom('platform_token as t')
    .innerJoin('platform_user as u', (join) =>
      join.onRef('u.id', '=', 't.created_by').onRef('u.tenant_id', '=', 't.tenant_id'),
    )
    .select(['t.id', 't.name', 't.permissions', 't.site_ids', 'u.roles as maker_roles', 'u.site_ids as maker_site_ids'])
    .where('t.id', '=', id)
    .where('t.revoked_at', 'is', null)
    .where('t.expires_at', '>', now)
    .where('u.disabled_at', 'is', null)
    .executeTakeFirst()

export const viewTokens = async ({ db }: Scoped, limit: number, before: readonly [Date, string] | undefined) => {
  const rows = await db
    .selectFrom('platform_token')
    .select(columns)
    .$if(before !== undefined, (query) =>
      query.where(sql<boolean>`(created_at, id) < (${before?.[0]}::timestamptz, ${before?.[1]}::uuid)`),
    )
    .orderBy('created_at', 'desc')
    .orderBy('id', 'desc')
    .limit(limit)
    .execute()
  return rows.map(tokenView)
}

export const insertToken = (
  { db, scope }: Scoped,
  token: {
    readonly id: string
    readonly name: string
    readonly permissions: readonly Permission[]
    readonly siteIds: readonly number[] | null
    readonly createdBy: string
    readonly now: Date
    readonly expires: Date
  },
) =>
  db
    .insertInto('platform_token')
    .values({
      tenant_id: scope.tenant,
      id: token.id,
      name: token.name,
      permissions: [...token.permissions],
      site_ids: token.siteIds && [...token.siteIds],
      created_by: token.createdBy,
      created_at: token.now,
      expires_at: token.expires,
      revoked_at: null,
    })
    .returning(columns)
    .executeTakeFirstOrThrow()

export const markRevoked = ({ db }: Scoped, id: string, now: Date) =>
  db
    .updateTable('platform_token')
    .set({ revoked_at: sql`coalesce(revoked_at, ${now}::timestamptz)` })
    .where('id', '=', id)
    .returning(columns)
    .executeTakeFirstOrThrow()
