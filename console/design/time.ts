const minute = 60_000
const hour = 60 * minute
const dayMs = 24 * hour

/** A span as people say it: two units at the most, and seconds only below a minute. */
export function span(ms: number): string {
  const length = Math.abs(ms)
  if (length < minute) return `${Math.floor(length / 1000)} s`
  if (length < hour) return `${Math.floor(length / minute)} min`
  if (length < dayMs) return `${Math.floor(length / hour)} h ${two(Math.floor((length % hour) / minute))} m`
  const days = Math.floor(length / dayMs)
  return days < 100 ? `${days} d ${two(Math.floor((length % dayMs) / hour))} h` : `${days} d`
}

const two = (count: number) => String(count).padStart(2, '0')

const moment = new Intl.DateTimeFormat('en-GB', {
  ...({ day: 'numeric', month: 'short', year: 'numeric' } as const),
  ...({ hour: '2-digit', minute: '2-digit', timeZone: 'UTC' } as const),
})

/** A moment with its zone; whoever compares it with a log needs no arithmetic. */
export const instant = (at: Date): string => `${moment.format(at)} UTC`

const date = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', year: 'numeric', timeZone: 'UTC' })

/** A day, where the hour says nothing. */
export const day = (at: Date): string => date.format(at)

/** How urgent a deadline is. Less than a day, or a fifth of its clock, is soon; a tenth is danger; past it is overdue. */
export type Urgency = 'far' | 'soon' | 'critical' | 'overdue'

/**
 * @param startedAt when the clock began; without it only the time left counts
 */
export function urgency(dueAt: Date, now: Date, startedAt?: Date): Urgency {
  const left = dueAt.getTime() - now.getTime()
  if (left <= 0) return 'overdue'
  const share = startedAt ? left / (dueAt.getTime() - startedAt.getTime()) : 1
  if (share <= 0.1) return 'critical'
  return share <= 0.2 || left < dayMs ? 'soon' : 'far'
}

/** `4 h 28 m`, or how late it is. */
export function timeLeft(dueAt: Date, now: Date): string {
  const left = dueAt.getTime() - now.getTime()
  return left > 0 ? span(left) : `${span(left)} late`
}
