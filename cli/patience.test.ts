import { ProblemError } from '@suture/contract/client.ts'
import { expect, test } from 'vitest'
import { exitStatus, Failure } from './failure.ts'
import { patience } from './patience.ts'

const refused = (status: number, retryAfter?: number) => {
  const code = 'http/too-many-requests'
  return new ProblemError({ type: 'x', title: 'No', status, remedy: 'Wait', code, incident: 'i' }, retryAfter)
}
const away = new Failure('No server answers', exitStatus.unreachable)
const minute = 60_000

/** What is waited for after each of these, at these moments in seconds. */
const waits = (...failures: readonly (readonly [seconds: number, error: Error])[]) => {
  const pauseAfter = patience()
  return failures.map(([seconds, error]) => pauseAfter(error, error, seconds * 1_000))
}

test('a server that is away is asked every second for a minute from the first failure on', () => {
  expect(waits([100, away], [130, away], [159.9, away], [160, away])).toEqual([1_000, 1_000, 1_000, undefined])
})

test('a plea not to be asked is kept in full, and what was waited for it is no time of being away', () => {
  expect(waits([0, refused(429, 3_600)])).toEqual([60 * minute])
  expect(waits([0, refused(429, 90)], [90, away], [149, away], [150, away])).toEqual([90_000, 1_000, 1_000, undefined])
  expect(waits([0, away], [50, refused(429, 30)], [80, away], [139, away])).toEqual([1_000, 30_000, 1_000, 1_000])
})

test('a plea without a number is one of a second, and none ends at once because it is longer than a timer', () => {
  expect(waits([0, refused(429)], [1, refused(429, 0)])).toEqual([1_000, 1_000])
  expect(waits([0, refused(429, 999_999_999)])).toEqual([2 ** 31 - 1])
})

test('a refusal is not waited out', () => {
  expect(waits([0, refused(404)])).toEqual([undefined])
})
