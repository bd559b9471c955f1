import { sql } from 'kysely'
import type { Scoped } from '#platform/database/store.ts'

/** Lets one registration of a tenant after another through, so that none counts past another. */
export const lockQuarantine = ({ db, scope }: Scoped) =>
  sql`select pg_advisory_xact_lock(hashtext('inventory_quarantine'), ${scope.tenant}::int)`.execute(db)

export const countQuarantined = async ({ db }: Scoped): Promise<number> => {
  const { n } = await db
    .selectFrom('inventory_quarantine')
    .select(sql<number>`count(*)::int`.as('n'))
    .executeTakeFirstOrThrow()
  return n
}

export const insertQuarantine = ({ db, scope }: Scoped, deviceId: number, at: Date) =>
  db.insertInto('inventory_quarantine').values({ tenant_id: scope.tenant, device_id: deviceId, at }).execute()

/** The device of a controller id, and whether it has a secret of its own. */
export const findByControllerId = ({ db }: Scoped, controllerId: string) =>
  db
    .selectFrom('inventory_device_key as k')
    .innerJoin('inventory_device as d', 'd.id', 'k.device_id')
    .leftJoin('inventory_device_secret as s', 's.device_id', 'd.id')
    .select(['d.id', 'd.uid', 'd.state', 'd.is_rig', 'd.model_id', 'd.hardware_revision', 's.device_id as with_secret'])
    .where('k.kind', '=', 'controller-id')
    .where('k.value', '=', controllerId)
    .executeTakeFirst()
