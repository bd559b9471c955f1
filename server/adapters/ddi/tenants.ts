import { listTenants } from '#platform/auth/index.ts'
import type { Clock } from '#platform/clock.ts'
import { directory, type Store } from '#platform/database/store.ts'
import type { TenantId } from '#platform/id.ts'

type Names = ReadonlyMap<string, TenantId>

/**
 * How often names that nobody knows make the list of tenants be read again: so many times in so many milliseconds.
 * Strangers who try names cost no more than that, and the devices of a tenant that was just made are known at once.
 */
const most = 5
const withinMs = 1000

/** Finds a tenant by the name in a device's path; a name is never given to another tenant. */
export function tenantByName(store: Store, clock: Clock): (name: string) => Promise<TenantId | undefined> {
  let reading: Promise<Names> = Promise.resolve(new Map())
  let readAt: readonly number[] = []
  const read = async (): Promise<Names> =>
    new Map((await listTenants(directory(store))).map(({ name, id }) => [name, id]))
  return async (name) => {
    // Whoever comes while the list is read waits for it, and is not told that there is no such tenant.
    const found = (await reading).get(name)
    const now = clock.now().getTime()
    // A clock that was set back is no reason to wait for the time that it came from.
    const lately = readAt.filter((at) => Math.abs(now - at) < withinMs)
    if (found !== undefined || lately.length >= most) return found ?? (await reading).get(name)
    readAt = [...lately, now]
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
