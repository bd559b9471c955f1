import type { LabVerdict } from '@suture/trust/statements.ts'
import { expect, test } from 'vitest'
import { cellOf } from './cell.ts'
import { uncoveredBy } from './coverage.ts'

const facts = (hardwareRevision: string, bootloader?: string, version = '6.2.5') => ({
  ...{ manufacturer: 'Kestrel', model: 'DL-20', hardwareRevision, bootloader, version },
})
const verdict = (changes: Partial<LabVerdict> = {}): LabVerdict => ({
  type: 'suture.lab-verdict.v1',
  tenant: '01997e5e-0000-7000-8000-000000000001',
  release: '01997e5e-0000-7000-8000-000000000001',
  artifacts: ['0'.repeat(64)],
  verdict: 'passed',
  rigs: [{ rig: 'bench', cell: cellOf(facts('B', '1.4')) }],
  uncovered: [],
  at: '2026-06-01T12:00:00.000Z',
  ...changes,
})
const fleet = [
  { ...facts('B', '1.4'), devices: 9 },
  { ...facts('B', '1.3'), devices: 1 },
  { ...facts('B', '1.4', '6.2.4'), devices: 2 },
  { ...facts('C'), devices: 3 },
]

test('a device is covered by a rig of its revision, bootloader and version alone; the rest is told with its number', () => {
  expect(uncoveredBy(verdict(), fleet)).toEqual([
    { ...cellOf(facts('C')), devices: 3 },
    { ...cellOf(facts('B', '1.4', '6.2.4')), devices: 2 },
    { ...cellOf(facts('B', '1.3')), devices: 1 },
  ])
})

test('a failed verdict and a missing one cover nothing', () => {
  for (const given of [verdict({ verdict: 'failed' }), undefined])
    expect(uncoveredBy(given, fleet).map(({ devices }) => devices)).toEqual([9, 3, 2, 1])
})

test('devices whose odd names are written as the same line are one kind', () => {
  const odd = ['C\u0000', 'C\u0001'].map((revision) => ({ ...facts(revision), devices: 2 }))
  expect(uncoveredBy(verdict(), odd)).toMatchObject([{ devices: 4 }])
})
