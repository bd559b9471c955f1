import { type Scope, type Scoped, type Store, withScope } from '#platform/database/store.ts'
import { emit } from '#platform/events/event.queries.ts'
import { Refusal } from '#platform/refusal.ts'
import { readingTargets } from '../../inventory/index.ts'
import type { DeploymentParts } from '../parts.ts'
import { outcomeOf } from './compare.ts'
import { keepReadings, observeAll, type Target } from './observe.operations.ts'
import { findDevice, findUnread } from './reading.queries.ts'

interface Known {
  readonly id: number
  readonly uid: string
  readonly firmware: string
}

type Observed = Awaited<ReturnType<typeof observeAll>>[number]

/** Keeps a reading that no job asked for: whatever the device is found to run is believed at once, also when worse. */
async function take(scoped: Scoped, parts: DeploymentParts, device: Known, target: Target, observed: Observed) {
  const expected = { serial: target.serial, before: device.firmware, wanted: device.firmware }
  const outcome = outcomeOf(observed, expected)
  const kept = await keepReadings(scoped, parts, [{ deviceId: device.id, job: null, target, observed, outcome }])
  const adopted = kept.get(device.id)
  const drifted = adopted !== undefined && adopted.from !== adopted.to
  if (drifted)
    await emit(scoped, parts.clock, {
      kind: 'device.drifted',
      subject: device.uid,
      detail: { from: adopted.from, to: adopted.to },
    })
  return { outcome, drifted }
}

/** Reads a device now, because somebody asked for it. */
export async function readDevice(parts: DeploymentParts, store: Store, scope: Scope, uid: string) {
  const { device, target } = await withScope(store, scope, async (scoped) => {
    const found = await findDevice(scoped, uid)
    if (!found) throw new Refusal('deployment/device-unknown')
    return { device: found, target: (await readingTargets(scoped, [found.id])).get(found.id) }
  })
  if (!target?.allowed) throw new Refusal('deployment/no-address')
  const [observed] = await observeAll(parts, [target])
  if (!observed) throw new Error('A device was read and nothing came of it, not even silence')
  const { outcome, drifted } = await withScope(store, scope, (scoped) => take(scoped, parts, device, target, observed))
  const identity = observed.answered ? observed.identity : {}
  return {
    outcome,
    at: parts.clock.now(),
    firmware: identity.firmware ?? null,
    serial: identity.serial ?? null,
    believed: device.firmware,
    changed: drifted,
  }
}

/** As many devices as one turn reads again. */
const atOnce = 128

/**
 * Reads again devices that nobody has read for a while, the longest unread first: what runs something else than it was
 * found to run is believed at once.
 * @param unreadMs how long a reading counts, in milliseconds
 * @returns how many were read
 */
export async function rereadDevices(
  store: Store,
  scope: Scope,
  parts: DeploymentParts,
  unreadMs: number,
): Promise<number> {
  const due = await withScope(store, scope, async (scoped) => {
    const devices = await findUnread(scoped, new Date(parts.clock.now().getTime() - unreadMs), atOnce)
    const targets = await readingTargets(
      scoped,
      devices.map(({ id }) => id),
    )
    return devices.flatMap((device) => {
      const target = targets.get(device.id)
      return target?.allowed ? [{ device, target }] : []
    })
  })
  const observed = await observeAll(
    parts,
    due.map(({ target }) => target),
  )
  for (const [at, { device, target }] of due.entries()) {
    const seen = observed[at]
    if (seen) await withScope(store, scope, (scoped) => take(scoped, parts, device, target, seen))
  }
  return due.length
}
