import type { Observation, Observer } from '#adapters/port.ts'
import { readingTargets } from '#inventory/index.ts'
import type { Scoped } from '#platform/database/store.ts'

/** Who reads identities, by protocol. */
export type Observers = Readonly<Record<'http' | 'coap', Observer>>

/** Where a rig is read, and the serial that it must show; allowed only where an operator said so. */
export type Place = Awaited<ReturnType<typeof readingTargets>> extends ReadonlyMap<number, infer T> ? T : never

/** Where these devices are read. */
export const placesOf = (scoped: Scoped, devices: readonly number[]): Promise<ReadonlyMap<number, Place>> =>
  devices.length === 0 ? Promise.resolve(new Map()) : readingTargets(scoped, [...devices])

/** How long a reading is waited for, in milliseconds: less where a step is short, so that a dead rig delays no other. */
const patienceOf = (stepSeconds: number): number => Math.min(6_000, Math.max(1_000, stepSeconds * 50))

const unseen = (detail: string): Observation => ({ answered: false, why: 'no-answer', detail })

/** Reads a rig; where it may not be read, nothing is sent. Never inside a transaction. */
export async function look(observers: Observers, place: Place | undefined, stepSeconds: number): Promise<Observation> {
  if (!place) return unseen('The device has no address that somebody confirmed.')
  if (!place.allowed) return unseen('Its address is outside the networks that its site may probe.')
  const { protocol, host, port, path } = place
  const signal = AbortSignal.timeout(patienceOf(stepSeconds))
  try {
    return await observers[protocol].read({ host, port, path }, signal)
  } catch (error) {
    if (signal.aborted) return unseen('Nothing came in time.')
    throw error
  }
}
