import { listTenants } from '#platform/auth/index.ts'
import type { Clock } from '#platform/clock.ts'
import { directory, type Store } from '#platform/database/store.ts'
import type { TenantId } from '#platform/id.ts'

/** How often a name that nobody knows makes the list of tenants be read again, in milliseconds. */
const patienceMs = 1000

/** Finds a tenant by the name in a device's path; a name is never given to another tenant. */
export function tenantByName(store: Store, clock: Clock): (name: string) => Promise<TenantId | undefined> {
  let known: ReadonlyMap<string, TenantId> = new Map()
  let readAt = Number.NEGATIVE_INFINITY
  return async (name) => {
    const found = known.get(name)
    const now = clock.now().getTime()
    if (found !== undefined || now - readAt < patienceMs) return found
    readAt = now
    known = new Map((await listTenants(directory(store))).map((tenant) => [tenant.name, tenant.id]))
    return known.get(name)
  }
}
