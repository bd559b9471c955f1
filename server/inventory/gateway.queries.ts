import { sql } from 'kysely'
import type { Scoped } from '#platform/database/store.ts'

const columns = ['id', 'name', 'created_at', 'revoked_at'] as const

interface GatewayRow {
  readonly id: string
  readonly name: string
  readonly created_at: Date
  readonly revoked_at: Date | null
}

const gatewayView = (row: GatewayRow) => ({
  id: row.id,
  name: row.name,
  createdAt: row.created_at,
  revokedAt: row.revoked_at,
})

/** The gateways, newest first; never their secrets. */
export const viewGateways = async ({ db }: Scoped, limit: number, before: string | undefined) => {
  const rows = await db
    .selectFrom('inventory_gateway')
    .select(columns)
    .$if(before !== undefined, (query) => query.where('id', '<', before as string))
    .orderBy('id', 'desc')
    .limit(limit)
    .execute()
  return rows.map(gatewayView)
}

export const insertGateway = async (
  { db, scope }: Scoped,
  { id, name, hash, now }: { readonly id: string; readonly name: string; readonly hash: Buffer; readonly now: Date },
) => {
  const row = await db
    .insertInto('inventory_gateway')
    .values({ tenant_id: scope.tenant, id, name, hash, created_at: now, revoked_at: null })
    .returning(columns)
    .executeTakeFirstOrThrow()
  return gatewayView(row)
}

/** Revokes a gateway, and says whether it was in force until now; undefined when there is none. */
export const markGatewayRevoked = async ({ db }: Scoped, id: string, now: Date) => {
  const before = await db
    .selectFrom('inventory_gateway')
    .select('revoked_at')
    .where('id', '=', id)
    .forUpdate()
    .executeTakeFirst()
  if (!before) return undefined
  const row = await db
    .updateTable('inventory_gateway')
    .set({ revoked_at: sql`coalesce(revoked_at, ${now}::timestamptz)` })
    .where('id', '=', id)
    .returning(columns)
    .executeTakeFirstOrThrow()
  return { gateway: gatewayView(row), wasInForce: before.revoked_at === null }
}

/** The gateway of this secret, if it is in force. */
export const gatewayOf = ({ db }: Scoped, hash: Buffer): Promise<{ id: string; name: string } | undefined> =>
  db
    .selectFrom('inventory_gateway')
    .select(['id', 'name'])
    .where('hash', '=', hash)
    .where('revoked_at', 'is', null)
    .executeTakeFirst()
