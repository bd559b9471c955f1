import { listTenants } from '#platform/auth/index.ts'
import type { Clock } from '#platform/clock.ts'
import { directory, type Store } from '#platform/database/store.ts'
import type { TenantId } from '#platform/id.ts'

type Names = ReadonlyMap<string, TenantId>

/** How often a name that nobody knows makes the list of tenants be read again, in milliseconds. */
const patienceMs = 1000

/** Finds a tenant by the name in a device's path; a name is never given to another tenant. */
export function tenantByName(store: Store, clock: Clock): (name: string) => Promise<TenantId | undefined> {
  let reading: Promise<Names> = Promise.resolve(new Map())
  let readAt = Number.NEGATIVE_INFINITY
  const read = async (): Promise<Names> =>
    new Map((await listTenants(directory(store))).map(({ name, id }) => [name, id]))
  return async (name) => {
    // Whoever comes while the list is read waits for it, and is not told that there is no such tenant.
    const found = (await reading).get(name)
    const now = clock.now().getTime()
    // A clock that was set back is no reason to wait for the time that it came from.
    if (found !== undefined || Math.abs(now - readAt) < patienceMs) return found ?? (await reading).get(name)
    readAt = now
    const before = reading
    reading = read()
    // A list that cannot be read is no list: the one before stays.
    return (
      await reading.catch((error) => {
        reading = before
        throw error
      })
    ).get(name)
  }
}
