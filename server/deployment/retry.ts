import type { JobReason } from '@suture/contract/reasons.ts'
import { sha256 } from '@suture/trust/digest.ts'
import type { Candidate } from './plan.ts'
import { explain, type Stop, stop, type Way } from './update.ts'

/** How often one rollout tries a device at the most; a plan says nothing about it. */
const mostAttempts = 3

/** A device whose last passage through a rollout failed. */
interface Failed extends Candidate {
  /** Whether it is at work, in whatever rollout. */
  readonly isBusy: boolean
  readonly attempt: number
  /** Whether somebody had it tried again, and it did not come yet. */
  readonly isAgain: boolean
}

/** Whether somebody may decide about the failed devices of a rollout in this state. */
export const decidesNow = ({ state }: Pick<Way, 'state'>): boolean => state === 'running' || state === 'paused'

/** Why a device that failed is not tried again, by the rules that hand out jobs; nothing where it may be. */
export function notAgain(device: Failed, way: Way, now: Date): Stop | undefined {
  const { state } = way
  if (!decidesNow(way)) return stop('rollout-over', { state })
  if (device.attempt >= mostAttempts) return stop('tried-often', { attempts: device.attempt })
  if (device.isBusy) return stop('busy')
  // A pause ends, and so does the time after a restore: whoever may try again waits for that like everybody.
  const asNew = { ...way, state: 'running' }
  const { code, figures } = explain({ ...device, lastSeen: null }, [asNew], {
    offer: undefined,
    now,
    settles: undefined,
  })
  if (code !== 'not-asked') return stop(code, figures)
  return device.isAgain ? stop('retry-waits') : undefined
}

/** What the failures of one cluster have in common. */
export interface Signature {
  readonly class: JobReason | null
  readonly manufacturer: string
  readonly model: string
  readonly hardwareRevision: string
}

/** The name of a cluster, short enough to be typed. */
export const keyOf = ({ class: reason, manufacturer, model, hardwareRevision }: Signature): string =>
  sha256(Buffer.from(JSON.stringify([reason, manufacturer, model, hardwareRevision]))).slice(0, 8)
