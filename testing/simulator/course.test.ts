import fc from 'fast-check'
import { expect, test } from 'vitest'
import { courseOf, firstPoll } from './course.ts'
import { behaviours, type Fleet } from './fleet.ts'
import { entry } from './scene.ts'

const fleetOf = (seed: number): Fleet => ({
  server: 'http://127.0.0.1:1',
  tenant: 'default',
  seed,
  truth: '-',
  identityHost: '127.0.0.1',
  installSeconds: [1, 4],
  bootSeconds: [0.2, 0.8],
  devices: [entry('pump')],
})
const sum = (numbers: readonly number[]) => numbers.reduce((total, each) => total + each, 0)

test('every course keeps to the times of the fleet, and a slow device is never quiet for over a second', () => {
  fc.assert(
    fc.property(fc.nat(2 ** 32 - 1), fc.nat(50), fc.constantFrom(...behaviours), (seed, nth, behaviour) => {
      const course = courseOf(fleetOf(seed), entry('pump', { behaviour }), nth)
      const [least, most, shortest, longest] =
        behaviour === 'slow' ? [8.4, 8.4, 2.1 * 0.8, 2.1 * 0.8] : [1, 4, 0.2, 0.8]
      expect(sum(course.install)).toBeGreaterThanOrEqual(least * 0.999)
      expect(sum(course.install)).toBeLessThanOrEqual(most * 1.001)
      expect(course.boot).toBeGreaterThanOrEqual(shortest)
      expect(course.boot).toBeLessThanOrEqual(longest)
      if (behaviour === 'slow')
        for (const each of [...course.install, ...course.pauses]) expect(each).toBeLessThanOrEqual(1)
      else expect([course.install.length, ...course.pauses]).toEqual([1, 0, 0, 0, 0])
      const [first = 0, second = 1] = course.breaks
      expect(course.breaks).toHaveLength(behaviour === 'interrupted' ? 2 : 0)
      expect(0 <= first && first < second && second <= 1).toBe(true)
      expect(firstPoll(fleetOf(seed), entry('pump'))).toBeLessThan(1)
    }),
  )
})

test('the same seed gives the same course, and another seed, device or offer another one', () => {
  const course = courseOf(fleetOf(1), entry('pump'), 0)
  expect(courseOf(fleetOf(1), entry('pump'), 0)).toEqual(course)
  expect(courseOf(fleetOf(2), entry('pump'), 0)).not.toEqual(course)
  expect(courseOf(fleetOf(1), entry('valve'), 0)).not.toEqual(course)
  expect(courseOf(fleetOf(1), entry('pump'), 1)).not.toEqual(course)
})

test('first polls are spread over the interval', () => {
  const shares = Array.from({ length: 500 }, (_, at) => firstPoll(fleetOf(1), entry(`pump-${at}`)))
  for (let tenth = 0; tenth < 10; tenth++)
    expect(shares.filter((share) => Math.floor(share * 10) === tenth).length).toBeGreaterThan(25)
})
