import { trialFailures } from '@suture/contract/states.ts'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { step } from '#platform/machine.ts'
import { type Found, orderOf, readingsNeeded, type Trial, type TrialNews, trial, type Word } from './trial.ts'

const told = (said: Word): TrialNews => ({ kind: 'told', said })
const read = (found: Found): TrialNews => ({ kind: 'read', found })
const late = (found: Found): TrialNews => ({ kind: 'late', found })

const after = (...news: TrialNews[]): Trial =>
  news.reduce<Trial>((state, each) => step(trial, state, each).state, { kind: 'install', said: null })

const installed = [told('downloading'), told('downloaded'), told('installing'), told('succeeded'), read('wanted')]
const healthy = Array.from({ length: readingsNeeded }, () => read('wanted'))

test('a rig that installs, answers, works and goes back has passed', () => {
  expect(after(...installed)).toEqual({ kind: 'health', good: 0 })
  expect(after(...installed, ...healthy)).toMatchObject({ kind: 'roll-back', failure: null, asked: true })
  expect(after(...installed, ...healthy, told('succeeded'), read('base'))).toEqual({ kind: 'over', failure: null })
})

test('each way to fail has its own name', () => {
  expect(after(told('downloading'), late('base'))).toEqual({ kind: 'over', failure: 'silent' })
  expect(after(told('failed'), read('base'))).toEqual({ kind: 'over', failure: 'install-failed' })
  expect(after(told('installing'), late('no-answer'))).toEqual({ kind: 'over', failure: 'no-boot' })
  expect(after(told('installing'), late('base'), read('base'))).toEqual({ kind: 'over', failure: 'silent' })
  expect(after(...installed, late('base'), read('base'))).toEqual({ kind: 'over', failure: 'unhealthy' })
  expect(after(...installed, ...healthy, told('failed'))).toEqual({ kind: 'over', failure: 'roll-back-failed' })
  expect(after(...installed, ...healthy, late('wanted'))).toEqual({ kind: 'over', failure: 'roll-back-failed' })
})

test('a rig that says it has installed and does not answer has not booted', () => {
  const said = [told('installing'), told('succeeded'), read('no-answer')]
  expect(after(...said)).toEqual({ kind: 'boot', said: 'succeeded' })
  expect(after(...said, late('no-answer'))).toEqual({ kind: 'over', failure: 'no-boot' })
})

test('a reading that is not right begins the count of right ones anew', () => {
  for (const wrong of ['base', 'other', 'stranger', 'no-answer'] as const)
    expect(after(...installed, read('wanted'), read('wanted'), read(wrong))).toEqual({ kind: 'health', good: 0 })
})

test('after a failure a rig is told to go back only once it was read on something else than its base', () => {
  const failed = [...installed, late('other')]
  expect(orderOf(after(...failed))).toBeUndefined()
  expect(orderOf(after(...failed, read('other')))).toBe('base')
  expect(after(...failed, read('other'), told('succeeded'), read('base'))).toEqual({
    kind: 'over',
    failure: 'unhealthy',
  })
})

const anyNews: fc.Arbitrary<TrialNews> = fc.oneof(
  fc
    .constantFrom<Word>(
      'downloading',
      'downloaded',
      'installing',
      'rebooting',
      'succeeded',
      'failed',
      'rejected',
      'cancelled',
      'cancel-refused',
    )
    .map(told),
  fc.constantFrom<Found>('wanted', 'base', 'other', 'stranger', 'no-answer').map(read),
  fc.constantFrom<Found>('wanted', 'base', 'other', 'stranger', 'no-answer').map(late),
)

/** The way of a sound rig with parts left out and others put in between: most of these are not sound. */
const anyWay = fc
  .tuple(
    fc.subarray([...installed, ...healthy, told('succeeded'), read('base')], { minLength: 6 }),
    fc.array(fc.tuple(fc.nat(10), anyNews), { maxLength: 3 }),
  )
  .map(([way, more]) => more.reduce((news, [at, each]) => news.toSpliced(at, 0, each), way))

test('whatever a rig says, it passes only after three right readings in a row and one of its base version', () => {
  let passed = 0
  fc.assert(
    fc.property(anyWay, (news) => {
      const end = after(...news)
      if (end.kind !== 'over') return
      if (end.failure !== null) {
        expect(trialFailures).toContain(end.failure)
        return
      }
      passed++
      const readings = news.flatMap((each) => (each.kind === 'read' ? [each.found] : []))
      expect(readings.join(' ')).toMatch(/wanted wanted wanted.* base/)
      expect(news.filter((each) => each.kind === 'told' && each.said === 'succeeded').length).toBeGreaterThan(1)
    }),
    { numRuns: 3000 },
  )
  expect(passed).toBeGreaterThan(50)
})

test('a trial that is over stays over', () => {
  fc.assert(
    fc.property(anyNews, (news) => {
      expect(step(trial, { kind: 'over', failure: null }, news)).toMatchObject({ ok: false })
    }),
  )
})
