import { readLabVerdict } from '@suture/trust/statements.ts'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type Cell, cellOf } from './cell.ts'
import { judgeReading } from './reading.ts'
import { verdictBytes, verdictOver } from './verdict.ts'

const tested = {
  tenant: '01890000-0000-7000-8000-000000000001',
  release: '01890000-0000-7000-8000-000000000002',
  artifacts: ['a'.repeat(64)],
  at: new Date(0),
}
const cell = (hardwareRevision: string, bootloader?: string): Cell => ({
  model: 'Kestrel DL-20',
  hardwareRevision,
  ...(bootloader === undefined ? {} : { bootloader }),
  currentVersion: '6.2.5',
})
const trialOn = (rig: string, on: Cell, passed = true) => ({ rig, cell: on, passed })

test('one rig that failed fails the release, and so does having no rig at all', () => {
  const trials = [trialOn('bench 1', cell('B')), trialOn('bench 2', cell('C'))]
  expect(verdictOver({ ...tested, trials, fleet: [] }).verdict).toBe('passed')
  const broken = [...trials, trialOn('bench 3', cell('C', '1.3'), false)]
  expect(verdictOver({ ...tested, trials: broken, fleet: [] }).verdict).toBe('failed')
  expect(verdictOver({ ...tested, trials: [], fleet: [] }).verdict).toBe('failed')
})

test('a cell that differs in its bootloader alone is uncovered, and each cell is named once', () => {
  const fleet = [cell('B'), cell('C', '1.3'), cell('C', '1.4'), cell('C', '1.3'), cell('C')]
  const { uncovered } = verdictOver({ ...tested, trials: [trialOn('bench 1', cell('C', '1.4'))], fleet })
  expect(uncovered).toEqual([cell('B'), cell('C', '1.3'), cell('C')])
})

test('whatever devices call themselves, the verdict is a document that verifiers read', () => {
  const anyText = fc.string({ unit: 'binary', maxLength: 400 })
  const facts = fc.record({
    manufacturer: anyText,
    model: anyText,
    hardwareRevision: anyText,
    bootloader: fc.option(anyText),
    version: anyText,
  })
  fc.assert(
    fc.property(fc.array(facts, { minLength: 1, maxLength: 8 }), (fleet) => {
      const cells = fleet.map(cellOf)
      const trials = [trialOn('bench 1', cells[0] as Cell)]
      const verdict = verdictOver({ ...tested, trials, fleet: cells })
      expect(readLabVerdict(verdictBytes(verdict))).toEqual(verdict)
    }),
  )
})

test('more uncovered cells than a document can hold are cut short, those with most devices first', () => {
  const fleet = Array.from({ length: 9000 }, (_, at) => cell(`R${at}`))
  const verdict = verdictOver({ ...tested, trials: [trialOn('bench 1', cell('X'))], fleet })
  expect(verdict.uncovered).toEqual(fleet.slice(0, 4096))
  expect(readLabVerdict(verdictBytes(verdict)).uncovered).toHaveLength(4096)
  const wordy = fleet.map((each) => ({ ...each, model: 'M'.repeat(200), bootloader: 'b'.repeat(200) }))
  const bounded = verdictOver({ ...tested, trials: [trialOn('bench 1', cell('X'))], fleet: wordy })
  expect(verdictBytes(bounded).length).toBeLessThan(600_000)
  expect(bounded.uncovered.length).toBeGreaterThan(900)
})

test('a rig is believed to be itself only when it shows its serial and its revision', () => {
  const expected = { serial: 'S1', hardwareRevision: 'C', wanted: '2', base: '1' }
  const seen = (identity: object) => judgeReading({ answered: true, identity }, expected)
  expect(seen({ serial: 'S1', hardwareRevision: 'C', firmware: '2' })).toBe('wanted')
  expect(seen({ serial: 'S1', hardwareRevision: 'C', firmware: '1' })).toBe('base')
  expect(seen({ serial: 'S1', hardwareRevision: 'C', firmware: '3' })).toBe('other')
  expect(seen({ serial: 'S1', hardwareRevision: 'C' })).toBe('other')
  expect(seen({ serial: 'S2', hardwareRevision: 'C', firmware: '2' })).toBe('stranger')
  expect(seen({ serial: 'S1', hardwareRevision: 'B', firmware: '2' })).toBe('stranger')
  expect(seen({ firmware: '2', hardwareRevision: 'C' })).toBe('stranger')
  expect(judgeReading({ answered: false, why: 'unreadable', detail: '' }, expected)).toBe('no-answer')
})
