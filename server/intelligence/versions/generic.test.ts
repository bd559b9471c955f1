import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { compareVersions, isUnreadable, normaliseVersion, refines, versionKey } from './generic.ts'

const runs = [
  '0',
  '00',
  '1',
  '2',
  '10',
  '07',
  '9007199254740993',
  '9007199254740992',
  'rc',
  'RC',
  'beta',
  'alpha',
  'dev',
]
const words = ['p', 'patch', 'build', 'rev', 'sp', 'update', 'hf', 'a', 'b', 'x', 'e', 'v', 'lts', 'final', 'zz', 'cr']
const separators = ['', '.', '-', '_', ' ', '(', ')', '/', ' . ']
const pieces = fc.array(fc.tuple(fc.constantFrom(...runs, ...words), fc.constantFrom(...separators)), { maxLength: 7 })
const likely = fc
  .tuple(fc.constantFrom('1', '0', '1.0', 'V2', 'FW 9.8'), pieces)
  .map(([start, rest]) => start + rest.flat().join(''))
/** What people call a version, and what else may come through the door. */
const text = fc.oneof({ weight: 8, arbitrary: likely }, { weight: 1, arbitrary: fc.string({ maxLength: 140 }) })
const version = text.filter((each) => !isUnreadable(versionKey(each)))

const keyOf = (each: string) => versionKey(each) as Uint8Array
const order = (a: string, b: string) => compareVersions(a, b) as number

describe('the keys of versions', () => {
  test('are in the order of the versions', () => {
    fc.assert(
      fc.property(version, version, (a, b) => {
        expect(Buffer.compare(keyOf(a), keyOf(b))).toBe(order(a, b))
      }),
      { numRuns: 3_000 },
    )
  })

  test('stay small enough for an index, however a version is written', () => {
    expect(keyOf('1a'.repeat(64))).toHaveLength(321)
    fc.assert(
      fc.property(version, (each) => {
        expect(keyOf(each).length).toBeLessThanOrEqual(321)
      }),
    )
  })

  test('are refused exactly where the comparison is refused', () => {
    fc.assert(
      fc.property(text, (each) => {
        const refused = compareVersions(each, '1')
        expect(isUnreadable(versionKey(each)) ? versionKey(each) : undefined).toEqual(
          isUnreadable(refused) ? refused : undefined,
        )
        expect(isUnreadable(compareVersions('1', each))).toBe(isUnreadable(refused))
      }),
    )
  })
})

describe('the order of versions', () => {
  test('is total: one way or the other, and each at its own place', () => {
    fc.assert(
      fc.property(version, version, version, (a, b, c) => {
        expect(order(a, a)).toBe(0)
        expect(order(a, b) + order(b, a)).toBe(0)
        const [x, y, z] = [a, b, c].sort(order) as [string, string, string]
        expect(order(x, y)).toBeLessThanOrEqual(0)
        expect(order(y, z)).toBeLessThanOrEqual(0)
        expect(order(x, z)).toBe(order(x, y) === 0 && order(y, z) === 0 ? 0 : -1)
      }),
      { numRuns: 3_000 },
    )
  })

  test('sees neither case nor separators', () => {
    fc.assert(
      fc.property(version, (each) => {
        expect(order(each, each.toUpperCase())).toBe(0)
        expect(order(each, ` ${each.replaceAll(/[.\-_]/g, '_')}`)).toBe(0)
      }),
    )
  })

  test('holds for numbers of any length, and so do the keys', () => {
    const digits = fc.tuple(fc.bigInt(0n, 10n ** 90n), fc.nat(99), fc.nat(99))
    fc.assert(
      fc.property(digits, ([start, a, b]) => {
        const [x, y] = [BigInt(`${start}${a}`), BigInt(`${start}${b}`)]
        const expected = x < y ? -1 : x > y ? 1 : 0
        expect(order(`1.${x}`, `1.${y}`)).toBe(expected)
        expect(Buffer.compare(keyOf(`1.${x}`), keyOf(`1.${y}`))).toBe(expected)
      }),
    )
    expect(order('9007199254740993', '9007199254740992')).toBe(1)
  })
})

test('the shortest spelling of a version is the version, and has no shorter one', () => {
  fc.assert(
    fc.property(version, (each) => {
      const spelled = normaliseVersion(each) as string
      expect(normaliseVersion(spelled)).toBe(spelled)
      expect(keyOf(spelled)).toEqual(keyOf(each))
    }),
    { numRuns: 3_000 },
  )
})

test.each([
  ['1.0', '1.0.0'],
  ['9.9', '9.9.00'],
  ['V7.2', '7.2.0'],
  ['01.50.000', '1.50'],
  ['FW 9.8.4', '9.8.4'],
  ['QVR 5.1.6 build 20231009', '5.1.6_BUILD20231009'],
  ['3.1.2_build5', '3.1.2 build 5'],
  ['10.12.114 LTS', '10.12.114'],
  ['2.0 final', '2.0'],
  ['1.0-rc1', '1.0.0 RC 1'],
  ['V2.0 Update 3', 'V2 Upd3'],
  ['1.00-06', '1.0.6'],
])('%s is %s', (a, b) => {
  expect(order(a, b)).toBe(0)
  expect(normaliseVersion(a)).toBe(normaliseVersion(b))
})

test.each([
  ['1.0-dev', '1.0-alpha', '1.0-beta', '1.0-pre', '1.0-rc1', '1.0-rc2', '1.0-rc10', '1.0', '1.0-p1', '1.0.1'],
  ['10.2.9-h1', '10.2.9-h2', '10.2.10'],
  ['15.2(7)E2', '15.2(7)E3', '15.2(7)E10', '15.2(8)E1'],
  ['V4.5.1', 'V4.5.1 Update 3', 'V4.5.2', 'V4.7'],
  ['V2.0', 'V2.0 SP1', 'V2.0 SP1 HF1', 'V2.0 SP2', 'V2.1'],
  ['1.00-05', '1.00-06', '1.00-07', '1.00-10'],
  ['3.36', '3.36b', '3.37'],
  ['9.8.11', '9.8.11 rev3', '9.8.11 rev12', '9.8.12'],
  ['1.06B01', '1.06B02', '1.10B01'],
  ['16.3.1', '16.3.1a', '16.3.1b', '16.3.2'],
  ['QVR 4.1.4', 'QVR 5.0.0', 'QVR 5.1.6 build 20231009', 'QVR 5.1.6 build 20240101'],
  ['3.16.9 build 200409', '3.16.9 build 200410', '3.17.1'],
  ['12.37', '12.38', '12.100'],
  ['0.9', '1', '1.0.0.1'],
  ['0-rc1', '0', '0.0.1'],
])('%s comes before what follows', (...ascending) => {
  for (const [at, lower] of ascending.entries())
    for (const higher of ascending.slice(at + 1))
      expect([lower, higher, order(lower, higher)]).toEqual([lower, higher, -1])
})

test.each([
  ['', 'empty'],
  ['   ', 'empty'],
  ['1'.repeat(129), 'too-long'],
  ['1.0\n', 'not-printable'],
  ['1.0\u0000', 'not-printable'],
  ['1.0\u00b2', 'not-printable'],
  ['１.０', 'not-printable'],
  ['n/a', 'no-number'],
  ['-', 'no-number'],
  ['latest', 'no-number'],
  ['4.x', 'wildcard'],
  ['4.5.X', 'wildcard'],
  ['12.x.y', 'wildcard'],
  ['4.*', 'wildcard'],
  ['<9.9.00', 'expression'],
  ['>=1.0|<2.0', 'expression'],
  ['1.0, 1.1', 'expression'],
  ['1.0~rc1', 'expression'],
  ['9.18.0 and below', 'expression'],
  ['All 5.1 models', 'expression'],
  ['2.0.9 and earlier', 'expression'],
  ['6.0.0 to 6.0.4', 'expression'],
  ['S7-1500 V2.9', 'expression'],
  ['1.0 firmware 2.0', 'expression'],
  ['1.0\u212a', 'not-printable'],
])('%j is not a version: %s', (each, unreadable) => {
  expect(versionKey(each)).toEqual({ unreadable })
  expect(normaliseVersion(each)).toEqual({ unreadable })
})

test.each([
  ['1.24 build 3', '1.24', true],
  ['V4.7 SP1', 'V4.7.0', true],
  ['3.1-rc1', '3.1', true],
  ['01.49.000.2', '01.49.000', true],
  ['1.06B01 build 5', '1.06B01', true],
  ['1.24', '1.24.0', false],
  ['3.1', '3.0', false],
  ['2.0.10', '2.0.9', false],
  ['1.25 build 3', '1.24', false],
  ['n/a', '1.0', false],
])('%s is a closer description of %s: %s', (each, release, expected) => {
  expect(refines(each, release)).toBe(expected)
})
