import type { Clock } from '#platform/clock.ts'
import { fenceOf } from '#platform/database/epoch.ts'
import { directory, type Store, systemScope, withScope } from '#platform/database/store.ts'
import type { TenantId } from '#platform/id.ts'
import { emit } from './event.queries.ts'

declare module './event.ts' {
  interface Events {
    'database.restored': { restoredAt: string }
  }
}

/**
 * Tells every tenant that what it sees came from a backup, and what was said after that is gone. To be called before the
 * database begins to settle: a start that is cut off between the two, or another one at the same time,
 * tells it once more.
 */
export async function tellRestored(
  store: Store,
  clock: Clock,
  tenants: readonly { readonly id: TenantId; readonly uid: string }[],
): Promise<void> {
  const fence = await fenceOf(directory(store))
  if (!fence || fence.hasStarted) return
  const detail = { restoredAt: fence.restoredAt.toISOString() }
  for (const { id, uid } of tenants)
    await withScope(store, systemScope(id, 'restore'), (scoped) =>
      emit(scoped, clock, { kind: 'database.restored', subject: uid, detail }),
    )
}
