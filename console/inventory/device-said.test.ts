import { describe, expect, test } from 'vitest'
import { addressOf, factWord, noFinding, notCounted, readingWords, saidOf, unsaidOf } from './device-said.ts'

const at = new Date('2026-11-27T03:00:00Z')
const fact = (source: string, value: string, effective = false) => ({
  ...{ name: 'firmware', value, source, effective, at },
  assurance: 'claimed' as const,
})

test('a fact is shown as it is believed, apart from who agrees and who differs', () => {
  const [firmware] = saidOf([fact('ddi', '12.36'), fact('import', '12.38'), fact('reading', '12.38', true)])
  expect(firmware?.believed.source).toBe('reading')
  expect(firmware?.agreeing.map(({ source }) => source)).toEqual(['import'])
  expect(firmware?.differing.map(({ value }) => value)).toEqual(['12.36'])
})

test('what nobody said is named', () => {
  const device = {
    facts: ['exposure', 'dataSensitivity'].map((name) => ({ ...fact('import', 'unknown', true), name })),
  }
  expect(unsaidOf(device)).toEqual(['criticality', 'safety role'])
  expect(factWord('hardwareRevision')).toBe('hardware revision')
})

describe('a device without a finding', () => {
  test('whose bill nobody compared is not said to be free of them', () => {
    expect(noFinding(false)).toBe('Its bill was not compared with what is known yet.')
    expect(noFinding(true)).toMatch(/^Nothing that is known of vulnerabilities fits/)
  })

  test('that is not in service says that they are not counted there', () => {
    expect(notCounted({ rig: false, state: 'retired' })).toBe('Findings are not counted on retired devices.')
    expect(notCounted({ rig: true, state: 'live' })).toBe('Findings are not counted on rigs of the lab.')
    expect(notCounted({ rig: false, state: 'silent' })).toBeUndefined()
  })
})

describe('a reading on request', () => {
  const reading = { at, firmware: '12.38', serial: 'S-1', believed: '12.38', changed: false }

  test('that finds what was believed says so', () => {
    expect(readingWords({ ...reading, outcome: 'as-wanted' })).toBe('It answered, and runs 12.38, as Suture believed.')
  })

  test('that finds something else says what is believed from now on', () => {
    const found = readingWords({ ...reading, outcome: 'other', believed: '12.36', changed: true })
    expect(found).toContain('runs 12.38')
    expect(found).toContain('Until now Suture believed 12.36')
  })

  test('that finds nobody, or somebody else, says that nothing of it is believed', () => {
    const silent = readingWords({ ...reading, outcome: 'no-answer', firmware: null, serial: null })
    expect(silent).toBe('It did not answer. Suture goes on believing that it runs 12.38.')
    expect(readingWords({ ...reading, outcome: 'contradicts', serial: 'S-2' })).toContain('another serial number, S-2')
  })
})

test('an address of IPv6 stands in brackets', () => {
  const address = {
    protocol: 'coap',
    port: 5683,
    path: '/identity',
    confirmedBy: 'a',
    confirmedAt: at,
    allowed: true,
  } as const
  expect(addressOf({ ...address, host: '10.0.0.1' })).toBe('coap://10.0.0.1:5683/identity')
  expect(addressOf({ ...address, host: 'fd00::1' })).toBe('coap://[fd00::1]:5683/identity')
})
