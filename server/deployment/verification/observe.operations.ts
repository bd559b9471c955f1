import type { Scoped } from '#platform/database/store.ts'
import { newId } from '#platform/id.ts'
import type { Identity, Observation } from '../../adapters/port.ts'
import { adoptReadings, type Reading, type readingTargets } from '../../inventory/index.ts'
import type { DeploymentParts } from '../parts.ts'
import type { ReadingOutcome } from './compare.ts'
import { insertReadings } from './reading.queries.ts'

/** The time that reading one device may take, in milliseconds, whatever its observer does. */
const mostMs = 5000
/** As many devices as are read at a time, with a socket each, and concluded in one transaction, far below five seconds. */
export const readAtOnce = 128

export type Target = Awaited<ReturnType<typeof readingTargets>> extends Map<number, infer T> ? T : never

/** Does something for each, so many at a time. */
async function each<T, R>(
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

/** What there is to keep of a reading, and what it says of the device if it is this device. */
function keptOf({ deviceId, job, target, observed, outcome }: Read, at: Date) {
  const id = newId(at)
  const host = target.host.includes(':') ? `[${target.host}]` : target.host
  const address = `${target.protocol}://${host}:${target.port}${target.path}`
  const identity = observed.answered ? observed.identity : { why: observed.why, detail: observed.detail }
  const row = { deviceId, id, job, protocol: target.protocol, address, outcome, identity }
  const isIt = observed.answered && outcome !== 'no-answer' && outcome !== 'contradicts'
  return { row, reading: isIt ? readingOf(deviceId, id, observed.identity) : undefined }
}

function readingOf(
  deviceId: number,
  ref: string,
  { firmware, hardwareRevision, bootloader }: Identity,
): Reading | undefined {
  if (firmware === undefined) return undefined
  const known = { assurance: 'observed', evidence: { source: 'reading', ref } } as const
  return { deviceId, firmware, hardwareRevision, bootloader, ...known }
}

/**
 * Keeps readings of different devices, and takes over what each device told if it is this device: whatever it was to
 * run, what we read ourselves is what it runs.
 * @returns by device, what Suture believed until now and what it believes from now on
 */
export async function keepReadings(scoped: Scoped, { clock }: DeploymentParts, reads: readonly Read[]) {
  const at = clock.now()
  const kept = reads.map((read) => keptOf(read, at))
  await insertReadings(
    scoped,
    at,
    kept.map(({ row }) => row),
  )
  return adoptReadings(
    scoped,
    clock,
    kept.flatMap(({ reading }) => reading ?? []),
  )
}
