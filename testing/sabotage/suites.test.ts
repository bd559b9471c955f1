import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { codeSwitches } from './code-switches.ts'
import { suites, type Trial } from './suites.ts'

const { test: title } = codeSwitches[0] ?? { test: '' }
const { blindness } = suites.code()[0] as Trial
const failed = `
 FAIL  |code| server/some.int.test.ts > ${title}
AssertionError: expected 2 to be 1
 Test Files  1 failed (1)
`

test('a fault is noticed by a test that fails with its title, on whichever of its outputs', () => {
  expect(blindness({ status: 1, out: failed, err: '' })).toBeUndefined()
  expect(blindness({ status: 1, out: '', err: failed })).toBeUndefined()
})

test.each([
  ['the test is green', { status: 0, out: ` ✓ ${title}`, err: '' }, /ended with 0/],
  ['another test of the file fails', { status: 1, out: ' FAIL  some.test.ts > another', err: title }, /ended with 1/],
  ['nothing was tested', { status: 1, out: 'No test files found', err: '' }, /ended with 1: No test files found/],
  ['it was ended from outside', { status: null, out: failed, err: '' }, /ended with null/],
  [
    'the test waited until it was cut',
    { status: 1, out: failed.replace('AssertionError', 'Error: Test timed out in 90000ms.'), err: '' },
    /only waited in vain/,
  ],
  ['it could not begin', { status: 1, out: failed, err: 'Error: Hook timed out in 120000ms.' }, /only waited in vain/],
  ['it gave up by itself', { status: 1, out: failed, err: 'It never came to that: () => 1' }, /only waited in vain/],
])('a fault is not noticed when %s', (_, ended, why) => {
  expect(blindness(ended)).toMatch(why)
})

/** How long the tests of a suite may take under a fault, in milliseconds. */
const limitsOf = (trials: readonly Trial[]) =>
  trials.map(({ command }) => Number(command[command.indexOf('--testTimeout') + 1]))
const waitedFor = (file: string, by: RegExp): number => {
  const found = by.exec(readFileSync(join(import.meta.dirname, '../..', file), 'utf8'))?.[1]
  return Number(found?.replaceAll('_', ''))
}

test('no test is cut under a fault before it has waited as long as it does by itself', () => {
  expect(Math.min(...limitsOf(suites.code()))).toBeGreaterThan(
    waitedFor('vitest.config.ts', /poll: \{ timeout: ([\d_]+)/),
  )
  expect(Math.min(...limitsOf(suites.interop()))).toBeGreaterThan(
    waitedFor('interop/plant.ts', /patience = Date\.now\(\) \+ ([\d_]+)/),
  )
})
