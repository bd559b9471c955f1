import { expect, test } from 'vitest'
import { type Known, stepsOf } from './steps.ts'

const nothing: Known = { devices: 0, strangers: 0, hasFacts: false, explained: 0, hasRelease: false }
const done = (known: Partial<Known>) =>
  stepsOf({ ...nothing, ...known }).flatMap(({ name, isDone }) => (isDone ? [name] : []))

test('a first step is done once what it brings is there, and not before', () => {
  expect(done({})).toEqual([])
  expect(done({ devices: 1 })).toEqual(['device'])
  expect(done({ strangers: 1 })).toEqual(['device'])
  expect(done({ hasFacts: true })).toEqual(['facts'])
  expect(done({ devices: 3, hasFacts: true, explained: 2 })).toEqual(['device', 'facts', 'finding'])
  expect(done({ devices: 3, hasFacts: true, explained: 2, hasRelease: true })).toHaveLength(4)
})

test('a fleet whose findings are all closed is not at its first day again', () => {
  expect(done({ devices: 3, hasFacts: true, explained: 0, hasRelease: true })).toHaveLength(4)
})
