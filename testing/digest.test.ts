import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { expect, test } from 'vitest'

/** What CI tells once more of the output of a part. */
const digest = (...output: string[]): string[] =>
  spawnSync(join(import.meta.dirname, '../.ci/digest'), { input: output.join('\n'), encoding: 'utf8' })
    .stdout.trimEnd()
    .split('\n')

const red = '\u001B[31m'
const end = '\u001B[39m'

test('a failed test is told again by its title, message and place, without colours and without what was as expected', () => {
  expect(
    digest(
      ' ✓ trust/canonical.test.ts (22 tests) 59ms',
      '⎯⎯⎯⎯⎯⎯⎯ Failed Tests 1 ⎯⎯⎯⎯⎯⎯⎯',
      '',
      `${red} FAIL ${end} trust/x.test.ts > a thing`,
      `${red}AssertionError${end}: expected { a: 1 } to deeply equal { a: 2 }`,
      '',
      '- Expected',
      '+ Received',
      '  {',
      '-   "a": 2,',
      '+   "a": 1,',
      '  }',
      ' ❯ trust/x.test.ts:3:42',
      '      1| import',
      '⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯[1/1]⎯',
      '1 passed, 1 failed',
    ),
  ).toEqual([
    ' FAIL  trust/x.test.ts > a thing',
    '  AssertionError: expected { a: 1 } to deeply equal { a: 2 }',
    '  -   "a": 2,',
    '  +   "a": 1,',
    '   ❯ trust/x.test.ts:3:42',
  ])
})

test('a sabotage that was not noticed is told again with all that it said, and the noticed ones are not', () => {
  const told = [
    'sabotage b: the checker is green; the demo says: No liar is disputed',
    '  More than one was quarantined',
  ]
  expect(
    digest(
      'sabotage a: noticed',
      told[0] as string,
      'More than one was quarantined',
      'sabotage c: noticed',
      '2 passed, 1 failed',
    ),
  ).toEqual(told)
})

test('a demo that did not hold or broke is told again, and one that held is not', () => {
  const demo = ['> suture@0.1.0 demo', '> exec node start.mjs demo --json --exit', '']
  const result = '{"devices":500,"models":3}'
  const npm = 'npm error Lifecycle script failed'
  expect(digest(...demo, result, 'No liar is disputed', npm)).toEqual([
    'the demo did not hold:',
    '  No liar is disputed',
    npm,
  ])
  expect(digest(...demo, '', 'Error: no signer', '    at tell (x.ts:1:1)', '', npm)).toEqual([
    'the demo broke:',
    '  Error: no signer',
    '      at tell (x.ts:1:1)',
    npm,
  ])
  expect(digest(...demo, result, '', '> suture@0.1.0 test', 'x.ts:8:7 - error TS2322: Not a number.')).toEqual([
    'x.ts:8:7 - error TS2322: Not a number.',
  ])
})

test('of many failures some sixty lines are told and how many more there are, and of an unknown one its last lines', () => {
  const many = digest(...Array.from({ length: 90 }, (_, at) => ` FAIL  x.test.ts > ${at}\nError: ${at}\n`))
  expect(many).toHaveLength(61)
  expect(many.at(-1)).toBe('and 120 lines more')
  expect(digest(...Array.from({ length: 40 }, (_, at) => `line ${at}`))).toEqual(
    Array.from({ length: 15 }, (_, at) => `line ${at + 25}`),
  )
})
