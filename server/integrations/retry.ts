/** How long after a try that failed the next one comes, in seconds; after the last one a delivery is dead. */
export const pauses: readonly number[] = [5, 30, 120, 600, 1800, 3600, 7200]

/** As many times is a delivery tried. */
export const mostTries = pauses.length + 1

/** A receiver can ask for a longer pause, but not for one without an end, in seconds. */
const longestAsked = 24 * 3600

/** A pause that a receiver asks for, in seconds: a number of them, or a date (RFC 9110 section 10.2.3). */
export function askedPause(retryAfter: string | undefined, now: Date): number {
  if (retryAfter === undefined) return 0
  const seconds = /^\d{1,9}$/.test(retryAfter.trim())
    ? Number(retryAfter)
    : (Date.parse(retryAfter) - now.getTime()) / 1000
  return Number.isFinite(seconds) ? Math.min(Math.max(0, seconds), longestAsked) : 0
}

/**
 * When a delivery is tried again that failed as often as `tries` says; undefined when it is not. Up to a fifth is added by
 * chance, so that those that failed together do not come back together.
 * @param chance from 0 to 1
 */
export function nextTry(
  tries: number,
  now: Date,
  { retryAfter, chance }: { readonly retryAfter: string | undefined; readonly chance: number },
): Date | undefined {
  const pause = pauses[tries - 1]
  if (pause === undefined) return undefined
  const seconds = Math.max(pause * (1 + chance / 5), askedPause(retryAfter, now))
  return new Date(now.getTime() + seconds * 1000)
}
