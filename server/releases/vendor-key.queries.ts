import { sql } from 'kysely'
import type { Scoped } from '#platform/database/store.ts'

const columns = [
  'id',
  'manufacturer',
  'name',
  'key_id',
  'public_key',
  'created_by',
  'created_at',
  'revoked_at',
] as const

interface Row {
  readonly id: string
  readonly manufacturer: string
  readonly name: string
  readonly key_id: string
  readonly public_key: string
  readonly created_by: string
  readonly created_at: Date
  readonly revoked_at: Date | null
}

const view = (row: Row) => ({
  id: row.id,
  manufacturer: row.manufacturer,
  name: row.name,
  keyId: row.key_id,
  publicKey: row.public_key,
  createdBy: row.created_by,
  createdAt: row.created_at,
  revokedAt: row.revoked_at,
})

/** Keeps others from adding keys while one is counted and added. */
export const lockVendorKeys = ({ db, scope }: Scoped) =>
  sql`select pg_advisory_xact_lock(hashtext('releases_vendor_key'), ${scope.tenant}::int)`.execute(db)

/** The keys that count, in PEM, each with its name and manufacturer. */
export const countingKeys = ({ db }: Scoped) =>
  db
    .selectFrom('releases_vendor_key')
    .select(['id', 'key_id', 'manufacturer', 'public_key'])
    .where('revoked_at', 'is', null)
    .orderBy('created_at')
    .execute()

/** Nothing when the key was this manufacturer's before, or is. */
export async function insertVendorKey(
  { db, scope }: Scoped,
  key: {
    readonly id: string
    readonly manufacturer: string
    readonly name: string
    readonly keyId: string
    readonly publicKey: string
    readonly at: Date
  },
) {
  const row = await db
    .insertInto('releases_vendor_key')
    .values({
      tenant_id: scope.tenant,
      id: key.id,
      manufacturer: key.manufacturer,
      name: key.name,
      key_id: key.keyId,
      public_key: key.publicKey,
      created_by: scope.actor.name,
      created_at: key.at,
      revoked_at: null,
    })
    .onConflict((conflict) => conflict.columns(['tenant_id', 'manufacturer', 'key_id']).doNothing())
    .returning(columns)
    .executeTakeFirst()
  return row && view(row)
}

export const findVendorKey = async ({ db }: Scoped, id: string) => {
  const row = await db.selectFrom('releases_vendor_key').select(columns).where('id', '=', id).executeTakeFirst()
  return row && view(row)
}

/** Revokes once; the first moment stays. */
export const markVendorKeyRevoked = async ({ db }: Scoped, id: string, at: Date) =>
  view(
    await db
      .updateTable('releases_vendor_key')
      .set({ revoked_at: sql`coalesce(revoked_at, ${at}::timestamptz)` })
      .where('id', '=', id)
      .returning(columns)
      .executeTakeFirstOrThrow(),
  )

export const viewVendorKeys = async (
  { db }: Scoped,
  limit: number,
  after: readonly [string, string, string] | undefined,
) => {
  const rows = await db
    .selectFrom('releases_vendor_key')
    .select(columns)
    .$if(after !== undefined, (query) =>
      query.where(
        sql<boolean>`(manufacturer, name, id) > (${after?.[0]}::text, ${after?.[1]}::text, ${after?.[2]}::uuid)`,
      ),
    )
    .orderBy('manufacturer')
    .orderBy('name')
    .orderBy('id')
    .limit(limit)
    .execute()
  return rows.map(view)
}
