import type { Generated } from 'kysely'
import type { Scoped } from '#platform/database/store.ts'
import type { Position } from '#platform/events/position.ts'
import type { TenantId } from '#platform/id.ts'

declare module '#platform/database/schema.ts' {
  interface TenantTables {
    platform_reactor: {
      tenant_id: TenantId
      epoch: Generated<number>
      xid: Generated<string>
      id: Generated<number>
      moved_at: Date
    }
  }
}

/** How far reactions have come, locked; nothing when another process is at it. Before the first time it is before all. */
export async function lockReactor({ db, scope }: Scoped, now: Date): Promise<Position | undefined> {
  await db
    .insertInto('platform_reactor')
    .values({ tenant_id: scope.tenant, moved_at: now })
    .onConflict((conflict) => conflict.doNothing())
    .execute()
  return db.selectFrom('platform_reactor').select(['epoch', 'xid', 'id']).forUpdate().skipLocked().executeTakeFirst()
}

export const moveReactor = async ({ db }: Scoped, { epoch, xid, id }: Position, now: Date): Promise<void> => {
  await db.updateTable('platform_reactor').set({ epoch, xid, id, moved_at: now }).execute()
}
