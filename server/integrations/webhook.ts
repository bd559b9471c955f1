import type { WebhookPause } from '@suture/contract/states.ts'

/** Whether one of these kinds is an event's: its own, or the thing that stands for all of its kinds. */
export const takes = (kinds: readonly string[], kind: string): boolean =>
  kinds.includes(kind) || kinds.includes(kind.split('.')[0] ?? '')

/** Where a webhook sends, without what may be a secret: the rest of such an address often stands for a login. */
export const placeOf = (url: string): string => new URL(url).origin

/** So long does a webhook fail without one delivery before it is paused, in milliseconds. */
const patienceMs = 24 * 3_600_000

/**
 * Who pauses a webhook after a delivery has failed; nobody while there is hope. 410 is how a receiver says that it does
 * not want any more (RFC 9110 section 15.5.11).
 */
export function pausedBy(status: number | null, failingSince: Date, now: Date): WebhookPause | undefined {
  if (status === 410) return 'receiver'
  return now.getTime() - failingSince.getTime() >= patienceMs ? 'failures' : undefined
}

/** Whether a receiver took a message. A redirect is no acceptance: it would lead to where nobody permitted us to go. */
export const isAccepted = (status: number): boolean => status >= 200 && status < 300
