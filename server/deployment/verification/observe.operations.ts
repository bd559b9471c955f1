import type { Scoped } from '#platform/database/store.ts'
import { newId } from '#platform/id.ts'
import type { Observation } from '../../adapters/port.ts'
import { adoptReading, type readingTargets } from '../../inventory/index.ts'
import type { DeploymentParts } from '../parts.ts'
import type { ReadingOutcome } from './compare.ts'
import { insertReading } from './reading.queries.ts'

/** The time that reading one device may take, in milliseconds, whatever its observer does. */
const mostMs = 5000
/** As many devices as are read at a time; reading waits for devices, and takes a socket each. */
export const readAtOnce = 32

export type Target = Awaited<ReturnType<typeof readingTargets>> extends Map<number, infer T> ? T : never

/** Does something for each, so many at a time. */
export async function each<T, R>(
  items: readonly T[],
  atOnce: number,
  work: (item: T, at: number) => Promise<R>,
): Promise<R[]> {
  const results: R[] = []
  const waiting = items.entries()
  const worker = async () => {
    for (const [at, item] of waiting) results[at] = await work(item, at)
  }
  await Promise.all(Array.from({ length: Math.min(atOnce, items.length) }, worker))
  return results
}

async function observe({ observers }: Pick<DeploymentParts, 'observers'>, target: Target): Promise<Observation> {
  const signal = AbortSignal.timeout(mostMs)
  try {
    return await observers[target.protocol].read(target, signal)
  } catch (error) {
    if (!signal.aborted) throw error
    return { answered: false, why: 'no-answer', detail: 'The device did not answer in time.' }
  }
}

/** Reads devices, outside of any transaction: a slow device holds a socket and nothing else. */
export const observeAll = (
  parts: Pick<DeploymentParts, 'observers'>,
  targets: readonly Target[],
): Promise<Observation[]> => each(targets, readAtOnce, (target) => observe(parts, target))

/** What was read from a device, and what that was taken for. */
export interface Read {
  readonly deviceId: number
  readonly job: string | null
  readonly target: Target
  readonly observed: Observation
  readonly outcome: ReadingOutcome
}

/**
 * Keeps a reading, and takes over what the device told if it is this device: whatever it was to run, what we read
 * ourselves is what it runs.
 * @returns whether Suture believed something else until now
 */
export async function keepReading(
  scoped: Scoped,
  { clock }: DeploymentParts,
  { deviceId, job, target, observed, outcome }: Read,
): Promise<{ readonly changed: boolean; readonly from: string; readonly to: string } | undefined> {
  const at = clock.now()
  const id = newId(at)
  const identity = observed.answered ? observed.identity : { why: observed.why, detail: observed.detail }
  const host = target.host.includes(':') ? `[${target.host}]` : target.host
  const address = `${target.protocol}://${host}:${target.port}${target.path}`
  await insertReading(scoped, { deviceId, id, job, at, protocol: target.protocol, address, outcome, identity })
  if (!observed.answered || outcome === 'no-answer' || outcome === 'contradicts') return undefined
  const { firmware, hardwareRevision, bootloader } = observed.identity
  if (firmware === undefined) return undefined
  const reading = { firmware, hardwareRevision, bootloader }
  const evidence = { source: 'reading', ref: id }
  return adoptReading(scoped, clock, deviceId, reading, { assurance: 'observed', evidence })
}
