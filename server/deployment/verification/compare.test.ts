import { readingOutcomes } from '@suture/contract/jobs.ts'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { compare, outcomeOf, pauseBefore, type ReadingOutcome } from './compare.ts'

const expected = { serial: 'S1', before: '1.0', wanted: '2.0' }
const says = (identity: object) => outcomeOf({ answered: true, identity }, expected)

test('a reading is of the device only when it tells the device’s serial number and a version', () => {
  expect(says({ serial: 'S1', firmware: '2.0' })).toBe('as-wanted')
  expect(says({ serial: 'S1', firmware: '1.0' })).toBe('as-before')
  expect(says({ serial: 'S1', firmware: '3.0' })).toBe('other')
  expect(says({ serial: 'S2', firmware: '2.0' })).toBe('contradicts')
  expect(says({ firmware: '2.0' })).toBe('no-answer')
  expect(says({ serial: 'S1' })).toBe('no-answer')
  expect(outcomeOf({ answered: false, why: 'refused', detail: '' }, expected)).toBe('no-answer')
})

const ended = (claim: 'success' | 'failure', ...outcomes: ReadingOutcome[]): string => {
  let last: ReadingOutcome | undefined
  for (const outcome of outcomes) {
    const found = compare(outcome, { claim, last, isLate: false, wasFetched: true })
    if ('step' in found) return `${found.step.kind} ${'class' in found.step ? found.step.class : ''}`.trim()
    last = outcome
  }
  return 'again'
}

test('a claim and a reading that agree end the job, and a contradiction only when it is read twice', () => {
  expect(ended('success', 'as-wanted')).toBe('verify')
  expect(ended('success', 'as-before')).toBe('again')
  expect(ended('success', 'as-before', 'as-wanted')).toBe('verify')
  expect(ended('success', 'as-before', 'as-before')).toBe('dispute old-version')
  expect(ended('success', 'other', 'other')).toBe('dispute other-version')
  expect(ended('failure', 'as-before')).toBe('roll-back device-rolled-back')
  expect(ended('failure', 'as-wanted', 'as-wanted')).toBe('dispute wanted-despite-failure')
  for (const claim of ['success', 'failure'] as const) expect(ended(claim, 'contradicts')).toBe('dispute wrong-serial')
})

test('a success that nobody fetched, and that changed nothing, is disputed as that', () => {
  const where = { claim: 'success', last: 'as-before', isLate: false, wasFetched: false } as const
  expect(compare('as-before', where)).toEqual({ step: { kind: 'dispute', class: 'never-fetched' } })
  expect(compare('as-wanted', where)).toEqual({ step: { kind: 'verify' } })
  expect(compare('other', { ...where, last: 'other' })).toEqual({ step: { kind: 'dispute', class: 'other-version' } })
})

test('silence until the limit leaves a success unverified and a failure unconfirmed', () => {
  const late = { last: 'no-answer', isLate: true, wasFetched: true } as const
  expect(compare('no-answer', { claim: 'success', last: 'no-answer', isLate: false, wasFetched: true })).toEqual({
    again: true,
  })
  expect(compare('no-answer', { claim: 'success', ...late })).toEqual({
    step: { kind: 'not-verified', class: 'no-answer' },
  })
  expect(compare('no-answer', { claim: 'failure', ...late })).toEqual({
    step: { kind: 'not-confirmed', class: 'no-answer' },
  })
})

test('nothing but a claimed success that was read as wanted verifies a job', () => {
  const outcome = fc.constantFrom(...readingOutcomes)
  const standing = fc.record({
    claim: fc.constantFrom('success' as const, 'failure' as const),
    last: fc.option(outcome, { nil: undefined }),
    isLate: fc.boolean(),
    wasFetched: fc.boolean(),
  })
  fc.assert(
    fc.property(outcome, standing, (found, where) => {
      const judged = compare(found, where)
      if ('step' in judged && judged.step.kind === 'verify')
        expect({ found, claim: where.claim }).toEqual({ found: 'as-wanted', claim: 'success' })
    }),
  )
})

test('the second reading comes a second later at the earliest, and never rarer than once a minute', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 1e9 }), (since) => {
      expect(pauseBefore(since)).toBeGreaterThanOrEqual(1000)
      expect(pauseBefore(since)).toBeLessThanOrEqual(60_000)
    }),
  )
})
