import type { DeviceExclusion } from '@suture/contract/device-actions.ts'
import type { Clock } from '#platform/clock.ts'
import { allOrNothing } from '#platform/database/part.ts'
import type { Scoped } from '#platform/database/store.ts'
import type { LockedDevice } from './device.queries.ts'
import { reasonOf } from './device-action.ts'
import { admit } from './registration.operations.ts'
import { findSiteById } from './site.queries.ts'

/** Lets devices in to a site one after the other; says why some stay where they are. */
export async function admitOrReason(
  scoped: Scoped,
  clock: Clock,
  devices: readonly LockedDevice[],
  siteId: number | null,
): Promise<ReadonlyMap<number, DeviceExclusion>> {
  const site = siteId === null ? undefined : await findSiteById(scoped, siteId)
  if (!site) return new Map(devices.map(({ id }) => [id, 'site-gone']))
  const left = new Map<number, DeviceExclusion>()
  for (const device of devices) {
    const refused = await allOrNothing(scoped, () => admit(scoped, clock, device, { site }))
    const reason = refused && reasonOf(refused.code)
    if (reason) left.set(device.id, reason)
    else if (refused) throw refused
  }
  return left
}
