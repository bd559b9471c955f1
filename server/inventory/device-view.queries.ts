import { sql } from 'kysely'
import type { Scoped } from '#platform/database/store.ts'

interface Row {
  readonly name: string
  readonly query: string
  readonly created_by: string
  readonly created_at: Date
}

const columns = ['name', 'query', 'created_by', 'created_at'] as const
const viewOf = ({ name, query, created_by, created_at }: Row) => ({
  name,
  q: query,
  createdBy: created_by,
  createdAt: created_at,
})

/** The queries that people keep, by name. */
export const viewDeviceViews = async ({ db }: Scoped) =>
  (await db.selectFrom('inventory_device_view').select(columns).orderBy('name').execute()).map(viewOf)

/** What each name stands for. */
export const findViews = async ({ db }: Scoped): Promise<ReadonlyMap<string, string>> =>
  new Map(
    (await db.selectFrom('inventory_device_view').select(['name', 'query']).execute()).map(({ name, query }) => [
      name,
      query,
    ]),
  )

/** Keeps a view; nothing where its name is taken. */
export async function insertView(
  { db, scope }: Scoped,
  { name, q, now }: { readonly name: string; readonly q: string; readonly now: Date },
) {
  const row = await db
    .insertInto('inventory_device_view')
    .values({ tenant_id: scope.tenant, name, query: q, created_by: scope.actor.name, created_at: now })
    .onConflict((conflict) => conflict.doNothing())
    .returning(columns)
    .executeTakeFirst()
  return row && viewOf(row)
}

/** Removes a view; nothing where there is none. */
export async function deleteView({ db }: Scoped, name: string) {
  const row = await db
    .deleteFrom('inventory_device_view')
    .where('name', '=', name)
    .returning(columns)
    .executeTakeFirst()
  return row && viewOf(row)
}

/** Lets one after the other in the tenant count its views. */
export const holdViews = ({ db, scope }: Scoped) =>
  sql`select pg_advisory_xact_lock(hashtext('inventory_device_view'), ${scope.tenant})`.execute(db)
