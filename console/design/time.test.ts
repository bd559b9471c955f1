import fc from 'fast-check'
import { expect, test } from 'vitest'
import { day as dayOf, instant, span, timeLeft, urgency } from './time.ts'

const [minute, hour, day] = [60_000, 3_600_000, 86_400_000]
const now = new Date('2026-11-24T09:42:00Z')
const after = (ms: number) => new Date(now.getTime() + ms)

test.each([
  [999, '0 s'],
  [59_999, '59 s'],
  [minute, '1 min'],
  [hour - 1, '59 min'],
  [4 * hour + 28 * minute, '4 h 28 m'],
  [hour + 2 * minute, '1 h 02 m'],
  [day, '1 d 00 h'],
  [9 * day + 22 * hour, '9 d 22 h'],
  [112 * day + hour, '112 d'],
])('%i ms are said as %s', (ms, said) => {
  expect(span(ms)).toBe(said)
})

test('a span has two units at the most, and no seconds above a minute', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 400 * day }), (ms) => {
      const said = span(ms)
      expect(said.match(/[a-z]+/g)?.length).toBeLessThanOrEqual(2)
      if (ms >= minute) expect(said).not.toMatch(/\bs\b/)
    }),
  )
})

test('what is past is late, and never time left', () => {
  fc.assert(
    fc.property(fc.integer({ min: -400 * day, max: 400 * day }), (ms) => {
      expect(timeLeft(after(ms), now).endsWith(' late')).toBe(ms <= 0)
      expect(urgency(after(ms), now) === 'overdue').toBe(ms <= 0)
    }),
  )
})

test.each([
  [13 * day, 14 * day, 'far'],
  [2.8 * day, 14 * day, 'soon'],
  [23 * hour, 2 * day, 'soon'],
  [1.4 * day, 14 * day, 'critical'],
  [0, 14 * day, 'overdue'],
] as const)('with %i ms left of %i a clock is %s', (left, whole, how) => {
  expect(urgency(after(left), now, after(left - whole))).toBe(how)
})

test('a moment is told with its zone', () => {
  expect(instant(now)).toBe('24 Nov 2026, 09:42 UTC')
})

test('a day is said without its hour, and is the one of UTC', () => {
  expect(dayOf(new Date('2023-12-11'))).toBe('11 Dec 2023')
  expect(dayOf(new Date('2023-12-11T23:59:59Z'))).toBe('11 Dec 2023')
})
