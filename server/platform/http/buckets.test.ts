import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Refusal } from '#platform/refusal.ts'
import { Buckets } from './buckets.ts'

const rig = (most?: number) => {
  const time = { now: 0 }
  const buckets = new Buckets(() => time.now, most)
  const take = (name: string, perMinute: number): number => {
    try {
      buckets.take(name, perMinute)
      return 0
    } catch (error) {
      if (!(error instanceof Refusal)) throw error
      return error.detail.retryAfterSeconds as number
    }
  }
  return { time, buckets, take }
}

test('a bucket gives what a minute holds at once, and then as much as has come back', () => {
  const { time, take } = rig()
  for (let n = 0; n < 60; n++) expect(take('a', 60)).toBe(0)
  expect(take('a', 60)).toBe(1)
  time.now += 990
  expect(take('a', 60)).toBe(1)
  time.now += 10
  expect([take('a', 60), take('a', 60)]).toEqual([0, 1])
  time.now += 60_000
  for (let n = 0; n < 60; n++) expect(take('a', 60)).toBe(0)
  expect(take('a', 60)).toBe(1)
})

test('who waits as long as they are told to is let in', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 6_000 }), fc.array(fc.nat(5_000), { maxLength: 40 }), (perMinute, pauses) => {
      const { time, take } = rig()
      for (let n = 0; n < perMinute; n++) take('a', perMinute)
      for (const pause of pauses) {
        time.now += pause
        const wait = take('a', perMinute)
        if (wait === 0) continue
        time.now += wait * 1000
        expect(take('a', perMinute)).toBe(0)
      }
    }),
    { numRuns: 200 },
  )
})

test('in no stretch of time does anybody get more than a bucket and what flows into it', () => {
  const asked = fc.array(fc.record({ pause: fc.nat(3_000), times: fc.nat(30) }), { minLength: 1, maxLength: 40 })
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 600 }), asked, (perMinute, steps) => {
      const { time, take } = rig()
      const given: number[] = []
      for (const { pause, times } of steps) {
        time.now += pause
        for (let n = 0; n < times; n++) if (take('a', perMinute) === 0) given.push(time.now)
      }
      const tooMany = given.some((start, from) =>
        given.some((end, to) => to - from + 1 > perMinute + ((end - start) / 60_000) * perMinute + 1.01),
      )
      expect(tooMany).toBe(false)
    }),
    { numRuns: 100 },
  )
})

test('nobody takes from another’s bucket, however many there are', () => {
  const { take } = rig()
  for (let n = 0; n < 20; n++) take('victim', 20)
  expect(take('victim', 20)).toBe(3)
  let refused = 0
  for (let n = 0; n < 50_000; n++) refused += take(`stranger ${n}`, 600)
  expect(refused).toBe(0)
  expect(take('victim', 20)).toBe(3)
  expect(take('device', 600)).toBe(0)
})

test('a fleet that polls, and strangers with ever new names, leave almost nothing behind', () => {
  const { time, buckets, take } = rig()
  let most = 0
  for (let round = 0; round < 3; round++)
    for (let device = 0; device < 100_000; device++) {
      // 100,000 devices, each once in 300 seconds, and as many strangers who never come again.
      time.now += 3
      take(`device ${device}`, 600)
      take(`stranger ${round} ${device}`, 600)
      most = Math.max(most, buckets.size)
    }
  expect(most).toBeLessThan(2_000)
})

test('more who ask much at once than there is room for get new buckets, the first to come first', () => {
  const { buckets, take } = rig(4_000)
  for (let n = 0; n < 20_000; n++) take(`a ${n}`, 1)
  expect(buckets.size).toBeLessThanOrEqual(4_000)
  expect(take('a 19999', 1)).toBeGreaterThan(0)
  expect(take('a 0', 1)).toBe(0)
})
