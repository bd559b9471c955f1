import fc from 'fast-check'
import { expect, test } from 'vitest'
import { deviceFields } from '../device-fields.ts'
import { fieldsIn, readQuery } from './check.ts'
import { fits } from './pattern.ts'
import { isQueryProblem, mostQueryCharacters } from './query.ts'

const now = new Date('2026-11-28T12:00:00Z')
const check = (text: string) => readQuery(text, deviceFields, now)
const test1 = (text: string) => {
  const read = check(text)
  return isQueryProblem(read) ? read : read.kind === 'is' ? read.test : read
}
const at = (text: string) => new Date(text)

test.each([
  ['name:P*', { kind: 'text', patterns: [['P', '']] }],
  ['name:~pump', { kind: 'text', patterns: [['', 'pump', '']] }],
  ['state:LIVE', { kind: 'choice', values: ['live'] }],
  ['state:(live s*)', { kind: 'choice', values: ['live', 'silent'] }],
  ['rig:yes', { kind: 'yes-no', value: true }],
  ['exposed==false', { kind: 'yes-no', value: false }],
  ['fw<11.2', { kind: 'version', operator: '<', version: '11.2' }],
  ['fw:11.*', { kind: 'version', operator: '=', patterns: [['11.', '']] }],
  ['seen<7d', { kind: 'time', from: at('2026-11-21T12:00:00Z') }],
  ['seen>7d', { kind: 'time', to: at('2026-11-21T12:00:00Z') }],
  ['due<7d', { kind: 'time', to: at('2026-12-05T12:00:00Z') }],
  ['due>=7d', { kind: 'time', from: at('2026-12-05T12:00:00Z') }],
  ['due<0d', { kind: 'time', to: now }],
  ['due:2026-12-01', { kind: 'time', from: at('2026-12-01T00:00:00Z'), to: at('2026-12-02T00:00:00Z') }],
  ['due<=2026-12-01', { kind: 'time', to: at('2026-12-02T00:00:00Z') }],
  ['due>2026-12-01', { kind: 'time', from: at('2026-12-02T00:00:00Z') }],
  ['seen<2026-11-01T06:00Z', { kind: 'time', to: at('2026-11-01T06:00:00Z') }],
  ['seen:*', { kind: 'time' }],
  ['findings>3', { kind: 'count', operator: '>', values: [3] }],
  ['findings:(0 1)', { kind: 'count', operator: '=', values: [0, 1] }],
  ['component:openssl', { kind: 'component', any: [{ name: ['openssl'] }] }],
  [
    'component:openssl@<3.0.14',
    { kind: 'component', any: [{ name: ['openssl'], version: { operator: '<', version: '3.0.14' } }] },
  ],
  [
    'component:@babel/core@7.*',
    { kind: 'component', any: [{ name: ['@babel/core'], version: { operator: '=', patterns: [['7.', '']] } }] },
  ],
])('%s asks for %j', (text, asked) => {
  expect(test1(text)).toEqual(asked)
})

test.each([
  ['vendr:axis', 'There is no field `vendr`', 'vendor:axis'],
  ['manufacturer:axis and modle:x', 'There is no field `modle`', 'manufacturer:axis and model:x'],
  ['colour:red', 'There is no field `colour`', undefined],
  ['name<b', '`name` has no order', 'name:b'],
  ['state:quaratined', '`state` is never quaratined; it is quarantined, live', 'state:quarantined'],
  ['rig:maybe', '`rig` is yes or no', 'rig:yes'],
  ['fw<new', '`fw<` needs a version, such as 4.9.0', undefined],
  ['seen<7', '`seen` is compared with a length such as 7d, at most 100y, or a date such as 2026-11-01', 'seen<7d'],
  ['seen>7000y', '`seen` is compared with a length such as 7d, at most 100y', undefined],
  ['due<300000y', '`due` is compared with a length such as 7d, at most 100y', undefined],
  ['seen:7d', '`seen` is less or more than 7d', 'seen<7d'],
  ['due<2026-02-31', '`due` is compared with a length such as 7d', undefined],
  ['findings>many', '`findings` is compared with a whole number', undefined],
  ['component:openssl@', '`component:openssl@` ends where a version should stand', undefined],
])('%s is told: %s', (text, problem, meant) => {
  const read = check(text)
  expect(read).toMatchObject({ problem: expect.stringContaining(problem) })
  expect(isQueryProblem(read) ? read.meant : 'no problem').toBe(meant)
  if (meant !== undefined) expect(isQueryProblem(check(meant))).toBe(false)
})

test('the fields that a query asks for are told, whatever they were called', () => {
  const read = check('-(manufacturer:a or trust:claimed) text')
  expect(isQueryProblem(read) ? [] : [...fieldsIn(read)]).toEqual(['vendor', 'assurance', 'text'])
})

test('no two fields share a name', () => {
  const names = Object.entries(deviceFields).flatMap(([name, field]) => [name, ...('also' in field ? field.also : [])])
  expect(new Set(names.map((name) => name.toLowerCase())).size).toBe(names.length)
})

test('a pattern fits as the expression of the same shape does', () => {
  const piece = fc.string({ unit: fc.constantFrom('a', 'b', 'A'), maxLength: 3 })
  fc.assert(
    fc.property(
      piece,
      fc.array(piece, { maxLength: 3 }),
      fc.string({ unit: fc.constantFrom('a', 'b'), maxLength: 8 }),
      (first, others, text) => {
        expect(fits([first, ...others], text)).toBe(new RegExp(`^${[first, ...others].join('.*')}$`, 'i').test(text))
      },
    ),
    { numRuns: 3_000 },
  )
})

/** What could take long: much that is nested, repeated, unclosed, or a gap. */
const hostile = [
  '(',
  '((a)',
  '-',
  'not ',
  'a or ',
  'a,',
  'fw<1 ',
  'name:*a',
  '*a',
  '"',
  '\\',
  '=in=(',
  'x'.repeat(60),
  'name=',
  'a:b!',
]

test('no text takes longer than 50 ms to read and check', () => {
  const texts = fc.oneof(
    fc
      .tuple(fc.constantFrom(...hostile), fc.constantFrom(...hostile))
      .map(([a, b]) => (a + b).repeat(2000).slice(0, mostQueryCharacters)),
    fc
      .array(fc.constantFrom(...hostile), { maxLength: 400 })
      .map((parts) => parts.join('').slice(0, mostQueryCharacters)),
    fc.string({ unit: 'binary', maxLength: mostQueryCharacters }),
  )
  fc.assert(
    fc.property(texts, (text) => {
      // The machine may be busy for a moment: of three tries the fastest counts.
      const tries = [1, 2, 3].map(() => {
        const begun = performance.now()
        check(text)
        return performance.now() - begun
      })
      expect(Math.min(...tries)).toBeLessThan(50)
    }),
    { numRuns: 300 },
  )
})
