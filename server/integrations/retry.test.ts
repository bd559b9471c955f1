import fc from 'fast-check'
import { expect, test } from 'vitest'
import { askedPause, mostTries, nextTry, pauses } from './retry.ts'

const now = new Date('2026-11-28T12:00:00Z')
const secondsUntil = (next: Date | undefined) => next && (next.getTime() - now.getTime()) / 1000

test('each pause after a failed try is longer than the one before, and the last try has none after it', () => {
  const plain = pauses.map((_, at) => secondsUntil(nextTry(at + 1, now, { retryAfter: undefined, chance: 0 })))
  expect(plain).toEqual([5, 30, 120, 600, 1800, 3600, 7200])
  expect(nextTry(mostTries, now, { retryAfter: '1', chance: 0 })).toBeUndefined()
})

test('chance adds a fifth at the most, and takes nothing away', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: pauses.length }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      (tries, chance) => {
        const seconds = secondsUntil(nextTry(tries, now, { retryAfter: undefined, chance })) ?? 0
        const pause = pauses[tries - 1] ?? 0
        expect(seconds).toBeGreaterThanOrEqual(pause)
        expect(seconds).toBeLessThanOrEqual(pause * 1.2 + 0.001)
      },
    ),
  )
})

test('a receiver gets the pause that it asks for, if that is longer than ours and shorter than a day', () => {
  const after = (retryAfter: string) => secondsUntil(nextTry(1, now, { retryAfter, chance: 0 }))
  expect(after('120')).toBe(120)
  expect(after('Sat, 28 Nov 2026 12:10:00 GMT')).toBe(600)
  expect(after('1')).toBe(5)
  expect(after('Sat, 28 Nov 2026 11:00:00 GMT')).toBe(5)
  expect(after('999999999')).toBe(24 * 3600)
  for (const nonsense of ['', '-5', 'soon', '1e9', 'NaN']) expect(askedPause(nonsense, now)).toBe(0)
})
