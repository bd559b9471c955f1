import { describe, expect, test } from 'vitest'
import { byOutcome, deadlinesOf, type Group, type TableRow, vulnerabilitiesText, withoutDeadline } from './groups.ts'
import { keatFacts } from './keat-facts.ts'
import { riskSearch } from './search.ts'

const day = (text: string) => new Date(`${text}T23:59:59.999Z`)
const group = (given: Partial<Group>): Group => ({
  manufacturer: 'Unitronics',
  model: 'Vision',
  outcome: '3D',
  dueAt: day('2026-11-30'),
  clockStart: day('2026-11-27'),
  findings: 4,
  devices: 4,
  unknown: 0,
  undecided: 0,
  vulnerabilities: 1,
  most: ['CVE-2023-6448'],
  example: { device: '00000000-0000-4000-8000-000000000001', vulnerability: 'CVE-2023-6448' },
  ...given,
})

describe('the deadlines', () => {
  test('come in their order, each once with everything that is due then, and its first clock', () => {
    const told = deadlinesOf([
      group({ model: 'Late', dueAt: day('2026-12-09'), clockStart: day('2026-11-25') }),
      group({ model: 'A' }),
      group({ model: 'None', dueAt: null, clockStart: null }),
      group({ model: 'B', clockStart: day('2026-11-26') }),
    ])
    expect(told.map(({ dueAt, startedAt, groups }) => [dueAt, startedAt, groups.map(({ model }) => model)])).toEqual([
      [day('2026-11-30'), day('2026-11-26'), ['A', 'B']],
      [day('2026-12-09'), day('2026-11-25'), ['Late']],
    ])
  })

  test('leave out what has none, which is counted apart by why it has none', () => {
    const groups = [
      group({}),
      group({ outcome: 'FSU', dueAt: null, findings: 7, undecided: 2 }),
      group({ outcome: null, dueAt: null, findings: 3, undecided: 3 }),
    ]
    expect(withoutDeadline(groups)).toEqual({ patient: 5, undecided: 5 })
  })
})

describe('the decision table', () => {
  const row = (no: number, outcome: TableRow['outcome'], findings: number): TableRow => ({
    ...{ row: no, outcome, findings, days: null, example: null },
    ...{ publiclyExposed: 'no', inKev: 'no', automatable: 'no', technicalImpact: 'partial' },
  })

  test('is read by what it calls for, the least patient first, with every row once', () => {
    const told = byOutcome([row(1, 'FSU', 3), row(2, '3DF', 0), row(3, '14D', 2), row(4, 'FSU', 1)])
    expect(told.map(({ outcome, rows, findings }) => [outcome, rows.map((each) => each.row), findings])).toEqual([
      ['3DF', [2], 0],
      ['3D', [], 0],
      ['14D', [3], 2],
      ['60D', [], 0],
      ['FSU', [1, 4], 4],
    ])
  })

  test('says a row in four letters, capital where the fact has its worse value', () => {
    const facts = keatFacts({ inKev: 'yes', publiclyExposed: 'no', automatable: 'no', technicalImpact: 'total' })
    expect(facts.map(({ letter, holds }) => (holds ? letter.toUpperCase() : letter)).join('')).toBe('KeaT')
  })
})

test('vulnerabilities are named by the worst of them', () => {
  expect(vulnerabilitiesText({ most: ['CVE-1'], vulnerabilities: 1 })).toBe('CVE-1')
  expect(vulnerabilitiesText({ most: ['CVE-1', 'CVE-2'], vulnerabilities: 2 })).toBe('CVE-1 and 1 other')
})

test('an address of Risk holds a tab and a finding with both of its names, and nothing else', () => {
  expect(riskSearch({ tab: 'table', why: 'CVE-1', on: 'd', at: 1 })).toEqual({ tab: 'table', why: 'CVE-1', on: 'd' })
  expect(riskSearch({ tab: 'paths', why: 'CVE-1' })).toEqual({})
})
