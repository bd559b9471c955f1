import { sql } from 'kysely'
import { anywhere } from '#platform/database/pattern.ts'
import type { Scoped } from '#platform/database/store.ts'

const columns = ['s.id', 's.name', 's.probe_networks', 's.created_at'] as const
const devices = sql<number>`(select count(*)::int from inventory_device d where d.site_id = s.id and d.state <> 'retired')`

const selectSites = ({ db }: Scoped) =>
  db.selectFrom('inventory_site as s').select(columns).select(devices.as('devices'))

type SiteRow = Awaited<ReturnType<ReturnType<typeof selectSites>['executeTakeFirstOrThrow']>>

const siteView = ({ id, name, probe_networks, created_at, devices }: SiteRow) => ({
  id,
  name,
  probeNetworks: probe_networks,
  createdAt: created_at,
  devices,
})

interface Wanted {
  readonly after: number | undefined
  /** Part of the name. */
  readonly text: string | undefined
}

/** The sites that the scope may see, in the order in which they came. */
export const viewSites = async (scoped: Scoped, limit: number, { after, text }: Wanted) => {
  const rows = await selectSites(scoped)
    .$if(after !== undefined, (query) => query.where('s.id', '>', after as number))
    .$if(text !== undefined, (query) => query.where('s.name', 'ilike', anywhere(text ?? '')))
    .orderBy('s.id')
    .limit(limit)
    .execute()
  return rows.map(siteView)
}

export const viewSite = async (scoped: Scoped, id: number) => {
  const row = await selectSites(scoped).where('s.id', '=', id).executeTakeFirst()
  return row && siteView(row)
}

export const findSites = ({ db }: Scoped, names: readonly string[]) =>
  db
    .selectFrom('inventory_site')
    .select(['id', 'name'])
    .where('name', '=', sql<string>`any(${names}::text[])`)
    .execute()

export const findSiteById = ({ db }: Scoped, id: number) =>
  db.selectFrom('inventory_site').select(['id', 'name']).where('id', '=', id).executeTakeFirst()

/** Stores a site; undefined when another one has its name. */
export const insertSite = ({ db, scope }: Scoped, name: string, networks: readonly string[], now: Date) =>
  db
    .insertInto('inventory_site')
    .values({ tenant_id: scope.tenant, name, probe_networks: [...networks], created_at: now })
    .onConflict((conflict) => conflict.columns(['tenant_id', 'name']).doNothing())
    .returning('id')
    .executeTakeFirst()

/** Changes a site. The name may be one that the scope cannot see: then PostgreSQL says no, see `isNameTaken`. */
export const updateSite = ({ db }: Scoped, id: number, name: string, networks: readonly string[]) =>
  db
    .updateTable('inventory_site')
    .set({ name, probe_networks: [...networks] })
    .where('id', '=', id)
    .execute()

/** Whether PostgreSQL said no because another row has the same name (SQLSTATE 23505, unique_violation). */
export const isNameTaken = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === '23505'
