import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { judgeVersion, type VersionRange } from './affected.ts'
import { compareVersions } from './versions/generic.ts'

const at = (version: string, inclusive = true) => ({ version, inclusive })
const upTo = (version: string, inclusive = true): VersionRange => ({ status: 'affected', to: at(version, inclusive) })
const between = (from: string, to: string): VersionRange => ({ status: 'affected', from: at(from), to: at(to, false) })
const only = (exact: string, status: VersionRange['status'] = 'affected'): VersionRange => ({ status, exact })
const every = (status: VersionRange['status'] = 'affected'): VersionRange => ({ status, all: true })
const fixedIn = (version: string): VersionRange => ({ status: 'unaffected', from: at(version) })
const told = (version: string, ...ranges: VersionRange[]) => judgeVersion(version, ranges)

describe('a version', () => {
  test('is affected inside a range, and not behind its end', () => {
    const os = upTo('12.38', false)
    expect(told('12.37.9', os)).toEqual({ verdict: 'affected', because: { rule: 'inside', range: os, bound: 'to' } })
    expect(told('12.38', os)).toEqual({ verdict: 'not-affected', because: { rule: 'outside', range: os, bound: 'to' } })
    expect(told('12.38-rc1', os).verdict).toBe('affected')
    const cpu: VersionRange = { status: 'affected', from: at('V3.1.0') }
    expect(told('V3.1', cpu)).toEqual({ verdict: 'affected', because: { rule: 'inside', range: cpu, bound: 'from' } })
    expect(told('V2.9', cpu)).toEqual({
      verdict: 'not-affected',
      because: { rule: 'outside', range: cpu, bound: 'from' },
    })
  })

  test('between two ranges is kept out by the end that it has passed', () => {
    const [old, young] = [between('10.2', '10.2.9-h1'), between('11.0', '11.0.4-h1')]
    expect(told('10.2.9-h2', young, old).because).toEqual({ rule: 'outside', range: old, bound: 'to' })
    expect(told('11.0.5', young, old).because).toEqual({ rule: 'outside', range: young, bound: 'to' })
    expect(told('11.0.5', old, young).because).toEqual({ rule: 'outside', range: young, bound: 'to' })
    expect(told('10.1', young, old).because).toEqual({ rule: 'outside', range: old, bound: 'from' })
    expect(told('10.2.9', young, old).verdict).toBe('affected')
  })

  test('that cannot be read is unknown, whatever the ranges say', () => {
    for (const version of ['', 'n/a', '4.x', '2.0.9 and earlier'])
      expect(told(version, every('unaffected'), upTo('1')).verdict).toBe('unknown')
    expect(told('4.x', every())).toEqual({
      verdict: 'unknown',
      because: { rule: 'unreadable-version', unreadable: 'wildcard' },
    })
  })

  test('of which nobody said anything is unknown', () => {
    expect(told('1.0').because).toEqual({ rule: 'nothing-said' })
    expect(told('1.05B03', only('1.06B01'))).toEqual({ verdict: 'unknown', because: { rule: 'not-named' } })
    expect(told('2.0.9', fixedIn('2.0.10'))).toEqual({ verdict: 'unknown', because: { rule: 'not-named' } })
  })

  test('that says more than the last affected release is unknown, and never taken for a later one', () => {
    const last = upTo('1.24')
    expect(told('1.24 build 3', last)).toEqual({ verdict: 'unknown', because: { rule: 'refines', range: last } })
    expect(told('1.24.1', last).verdict).toBe('unknown')
    expect(told('3.1-rc1', { status: 'affected', from: at('3.1') }).verdict).toBe('unknown')
    expect(told('1.06B01 build 2', only('1.06B01'), every('unaffected')).verdict).toBe('unknown')
    expect(told('1.25', last).verdict).toBe('not-affected')
    expect(told('1.24', last).verdict).toBe('affected')
  })
})

describe('a narrower statement', () => {
  test('beats a wider one', () => {
    expect(told('17.12', every(), fixedIn('17.12')).verdict).toBe('not-affected')
    expect(told('17.11', every(), fixedIn('17.12')).verdict).toBe('affected')
    expect(told('1.5', upTo('2'), only('1.5', 'unaffected')).verdict).toBe('not-affected')
    expect(told('1.5', fixedIn('1'), only('1.5'))).toEqual({
      verdict: 'affected',
      because: { rule: 'exact', range: only('1.5') },
    })
  })

  test('of the same width loses against affected', () => {
    expect(told('1.5', fixedIn('1'), upTo('2')).verdict).toBe('affected')
    expect(told('1.5', only('1.5', 'unaffected'), only('1.5')).verdict).toBe('affected')
    expect(told('1.5', every('unaffected'), every()).because).toEqual({ rule: 'all', range: every() })
  })
})

describe('a range that cannot be read', () => {
  test.each<[string, VersionRange]>([
    ['a wildcard', upTo('4.x', false)],
    ['a sentence', only('9.18.0 and below')],
    ['ends in the wrong order', between('3.0', '2.0')],
    ['ends that leave nothing between', between('2.0', '2')],
    ['no end', { status: 'affected' }],
  ])('(%s) makes not affected unknown, and leaves affected alone', (_, range) => {
    for (const rest of [[], [upTo('1')], [fixedIn('1')]])
      expect(told('5.0', range, ...rest)).toEqual({ verdict: 'unknown', because: { rule: 'unreadable-range', range } })
    expect(told('5.0', range, upTo('6')).verdict).toBe('affected')
  })
})

const versions = fc.array(fc.nat(3), { minLength: 1, maxLength: 3 }).map((each) => each.join('.'))
const ends = fc.record({ version: versions, inclusive: fc.boolean() })
const status = fc.constantFrom<VersionRange['status']>('affected', 'unaffected')
const ranges = fc.array(
  fc.oneof<fc.Arbitrary<VersionRange>[]>(
    fc.record({ status, from: ends, to: ends }),
    fc.record({ status, to: ends }),
    fc.record({ status, from: ends }),
    fc.record({ status, exact: versions }),
    fc.record({ status, all: fc.constant(true as const) }),
  ),
  { maxLength: 4 },
)

test('whatever is said, one more statement that it is affected never makes a version less affected', () => {
  fc.assert(
    fc.property(versions, ranges, (version, said) => {
      const before = judgeVersion(version, said).verdict
      expect(judgeVersion(version, [...said, only(version)]).verdict).toBe('affected')
      const after = judgeVersion(version, [...said, every()]).verdict
      expect([before, after]).not.toEqual(['affected', 'not-affected'])
    }),
  )
})

test('a version is not affected only where a statement or an end keeps it out', () => {
  fc.assert(
    fc.property(versions, ranges, (version, said) => {
      const { verdict, because } = judgeVersion(version, said)
      if (verdict !== 'not-affected') return
      if (because.rule === 'outside') {
        const end = (because.range as { from?: { version: string }; to?: { version: string } })[because.bound]
        expect(compareVersions(version, end?.version ?? '')).not.toBe(because.bound === 'to' ? -1 : 1)
        expect(because.range.status).toBe('affected')
      } else expect('range' in because && because.range.status).toBe('unaffected')
    }),
  )
})
