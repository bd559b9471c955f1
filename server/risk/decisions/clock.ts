import { type Outcome, urgency } from './table.ts'

const dayMs = 24 * 3_600_000

/** How the days are counted, and when they begin: what the policy of every decision here is called. */
export const clockPolicy = 'latest-knowledge, calendar-days-utc-end-of-day'

/** How long there is, from when, until when; no end when the next upgrade is early enough. */
export interface DueClock {
  readonly outcome: Outcome['key']
  readonly days: number | null
  readonly start: Date
  readonly due: Date | null
}

/** The last millisecond of the day (UTC) that is so many days after the day of a moment. */
export const endOfDay = (start: Date, days: number): Date =>
  new Date((Math.floor(start.getTime() / dayMs) + days + 1) * dayMs - 1)

export const latest = (...moments: readonly Date[]): Date =>
  new Date(Math.max(...moments.map((each) => each.getTime())))

const earlier = (a: Date | null, b: Date | null) => (a !== null && (b === null || a <= b) ? a : b)

/** A clock that begins. */
export const startClock = (outcome: Pick<Outcome, 'key' | 'days'>, start: Date): DueClock => ({
  outcome: outcome.key,
  days: outcome.days,
  start,
  due: outcome.days === null ? null : endOfDay(start, outcome.days),
})

/**
 * A clock after its match was decided again. Unchanged, it does not move. Stricter, it begins when that became known
 * here, and never ends later than before. Milder, it keeps its beginning.
 */
export function moveClock(before: DueClock, outcome: Pick<Outcome, 'key' | 'days'>, knownAt: Date): DueClock {
  const change = urgency(outcome.key) - urgency(before.outcome)
  if (change === 0) return before
  if (change < 0) return startClock(outcome, before.start)
  const after = startClock(outcome, latest(before.start, knownAt))
  return { ...after, due: earlier(before.due, after.due) }
}
