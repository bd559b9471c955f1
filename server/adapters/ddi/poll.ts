import type { Clock } from '#platform/clock.ts'
import { coalesce } from '#platform/coalesce.ts'
import { fenceOf, heldSince } from '#platform/database/epoch.ts'
import { type Scoped, type Store, systemScope, withScope } from '#platform/database/store.ts'
import type { TenantId } from '#platform/id.ts'
import type { Metrics } from '#platform/metrics.ts'
import type { Claimant, Edge } from '../../edge/index.ts'
import { identifyDevices, type KnownDevice, noteSeen } from '../../inventory/index.ts'
import type { Assignment, Courier } from '../port.ts'
import { lastKnownToRun, lastTold } from './facts.queries.ts'

/** What a poll comes to. */
export interface Polled {
  readonly device: KnownDevice
  readonly assignment: Assignment | undefined
  /** Whether the device is asked to tell what it is. */
  readonly wantsFacts: boolean
  /** Whether more may come to it with nothing but time. */
  readonly waits: boolean
}

interface Parts {
  readonly store: Store
  readonly clock: Clock
  readonly couriers: readonly Courier[]
  readonly edge: Edge
  readonly metrics: Pick<Metrics, 'polls'>
}

/** How long a device's word about itself counts before it is asked again, in milliseconds. */
const askAgainMs = 7 * 24 * 3600 * 1000

/** Whether a device may be given anything to do: nobody has let a quarantined one in. */
export const mayWork = ({ state }: KnownDevice): boolean => state !== 'quarantined' && state !== 'retired'

/**
 * Splits claimants so that no controller id is twice in a group: the inventory answers by controller id, and whoever
 * shows a wrong secret is not to be taken for the device beside them in the same batch.
 */
export function apart(claimants: readonly Claimant[]): Claimant[][] {
  const groups: Map<string, Claimant>[] = []
  for (const claimant of claimants) {
    const free = groups.find((group) => {
      const there = group.get(claimant.controllerId)
      return there === undefined || there.hash.equals(claimant.hash)
    })
    const group = free ?? new Map<string, Claimant>()
    if (!free) groups.push(group)
    group.set(claimant.controllerId, claimant)
  }
  return groups.map((group) => [...group.values()])
}

const keyOf = ({ controllerId, hash }: Claimant): string => `${controllerId} ${hash.toString('base64')}`

/** The devices that showed their own secret, by claimant. */
export async function identify(
  scoped: Scoped,
  claimants: readonly Claimant[],
): Promise<(claimant: Claimant) => KnownDevice | undefined> {
  const found = new Map<string, KnownDevice>()
  for (const group of apart(claimants)) {
    const known = await identifyDevices(scoped, group)
    for (const claimant of group) {
      const device = known.get(claimant.controllerId)
      if (device) found.set(keyOf(claimant), device)
    }
  }
  return (claimant) => found.get(keyOf(claimant))
}

/** Asks the couriers in turn; the first that has something for a device gives it. */
async function assignmentsOf(scoped: Scoped, couriers: readonly Courier[], devices: readonly number[]) {
  const given = new Map<number, Assignment>()
  for (const courier of couriers) {
    const left = devices.filter((id) => !given.has(id))
    if (left.length === 0) break
    for (const [id, assignment] of await courier.assignments(scoped, left)) given.set(id, assignment)
  }
  return given
}

/** Whether nothing comes to a device but by news: a lab's trials go on with time, and who has told nothing is asked. */
const isIdle = ({ device, assignment, wantsFacts, waits }: Polled): boolean =>
  assignment === undefined && !wantsFacts && !waits && !device.isRig

/** Answers from the database, and has the edge remember who there is nothing for. */
function answerTenant(
  parts: Parts,
  tenant: TenantId,
  claimants: readonly Claimant[],
): Promise<(claimant: Claimant) => Polled | undefined> {
  return parts.edge.learn(
    tenant,
    () => answerFromDatabase(parts, tenant, claimants),
    (answer) =>
      claimants.flatMap((claimant) => {
        const polled = answer(claimant)
        return polled && isIdle(polled) ? [[claimant, polled.device] as const] : []
      }),
  )
}

function answerFromDatabase(
  { store, clock, couriers }: Parts,
  tenant: TenantId,
  claimants: readonly Claimant[],
): Promise<(claimant: Claimant) => Polled | undefined> {
  return withScope(store, systemScope(tenant, 'ddi'), async (scoped) => {
    const deviceOf = await identify(scoped, claimants)
    const devices = new Map(
      claimants.flatMap((claimant) => {
        const device = deviceOf(claimant)
        return device ? [[device.id, device] as const] : []
      }),
    )
    const ids = [...devices.keys()].sort((a, b) => a - b)
    if (ids.length === 0) return () => undefined
    const now = clock.now()
    await noteSeen(scoped, now, ids)
    const told = await lastTold(scoped, ids)
    const hasTold = (id: number, since: Date): boolean => (told.get(id) ?? new Date(0)) > since
    // After a restore nobody gets anything before they told what they run: they may have done what nobody knows of.
    const fence = await fenceOf(scoped)
    const waits = fence !== undefined && now < fence.settledAt
    const held = heldSince(fence, now)
    const runs = held ? await lastKnownToRun(scoped, ids) : new Map<number, Date>()
    const isHeld = (id: number): boolean => held !== undefined && !((runs.get(id) ?? new Date(0)) > held)
    const able = ids.filter((id) => {
      const device = devices.get(id)
      return device !== undefined && mayWork(device) && !isHeld(id)
    })
    const given = await assignmentsOf(scoped, couriers, able)
    return (claimant) => {
      const device = deviceOf(claimant)
      if (!device) return undefined
      const wantsFacts = isHeld(device.id) || !hasTold(device.id, new Date(now.getTime() - askAgainMs))
      return { device, assignment: given.get(device.id), wantsFacts, waits }
    }
  })
}

/**
 * As many polls as one transaction answers, and for how long the first of them waits for others, in milliseconds: a
 * device that sleeps for seconds does not notice it, and 500 of them at one poll a second come in 40 batches, not 100.
 */
const most = 500
const waitMs = 25

/**
 * Answers polls: from memory those of devices that there is nothing for, and the others from the database, those that
 * come together in one transaction of each tenant.
 */
export function createPoll(parts: Parts): (claimant: Claimant) => Promise<Polled | undefined> {
  const ask = coalesce<Claimant, Polled | undefined>({
    waitMs,
    most,
    atOnce: 3,
    waiting: 20_000,
    partOf: ({ tenant }) => tenant,
    answer: async (claimants) => claimants.map(await answerTenant(parts, claimants[0].tenant, claimants)),
  })
  return async (claimant) => {
    const device = parts.edge.find(claimant)
    parts.metrics.polls.inc({ from: device ? 'memory' : 'database' })
    return device ? { device, assignment: undefined, wantsFacts: false, waits: false } : ask(claimant)
  }
}
