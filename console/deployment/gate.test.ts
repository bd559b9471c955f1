import fc from 'fast-check'
import { expect, test } from 'vitest'
import { conditionOf, gateOf, percentOf, soakEnd, trackEnd } from './gate.ts'
import type { Plan, Rollout, Wave } from './kinds.ts'

const none = { devices: 0, offered: 0, verified: 0, failed: 0, silent: 0, other: 0, held: false }
const retries = { asked: 0, offered: 0, ended: 0, verified: 0 }
const stratum = (hardwareRevision: string, counters: Partial<typeof none>, quarantined = false) => ({
  ...{ manufacturer: 'Acme', model: 'M1', hardwareRevision, quarantined },
  ...none,
  ...counters,
})
const wave = (given: Partial<Wave>): Wave => ({
  ...{ no: 1, state: 'open', why: null, openedAt: null, observingSince: null, endedAt: null },
  ...none,
  retries,
  strata: [],
  ...given,
})
const plan = {
  waves: [{ pick: 'hashed', percent: 10, soakSeconds: 60, minimumSample: 10 }],
  limits: {
    silenceSeconds: 8,
    maxFailurePercent: 20,
    perRevision: { maxFailurePercent: 30, minimumSample: 3, beyond: 'quarantine' },
    revisions: [{ model: 'M1', hardwareRevision: 'B', maxFailurePercent: 5, minimumSample: 2, beyond: 'stop' }],
  },
} as unknown as Plan
const limit = { maxFailurePercent: 20, minimumSample: 10 }

test('silence is failure, what was called back is neither, and a limit that is just met holds', () => {
  const counters = { ...none, devices: 12, verified: 8, failed: 1, silent: 1, other: 2 }
  expect(conditionOf([counters], limit)).toMatchObject({
    ...{ ended: 10, failed: 2, silent: 1, needed: 10, verdict: 'holds' },
  })
  expect(conditionOf([{ ...counters, verified: 7, failed: 2 }], limit).verdict).toBe('breaks')
})

test('a wave with fewer devices than the sample is judged by all that still can end', () => {
  expect(conditionOf([{ ...none, devices: 5, verified: 4, other: 1 }], limit)).toMatchObject({
    ...{ needed: 4, verdict: 'holds' },
  })
  expect(conditionOf([{ ...none, devices: 5, other: 5 }], limit)).toMatchObject({ needed: 1, verdict: 'undecided' })
})

test('of a held revision nobody more is waited for than has come', () => {
  const counters = { ...none, devices: 12, offered: 3, verified: 3 }
  expect(conditionOf([counters], limit).verdict).toBe('undecided')
  expect(conditionOf([{ ...counters, held: true }], limit)).toMatchObject({ devices: 3, needed: 3, verdict: 'holds' })
})

test('a condition is decided as soon as enough have ended, never before, and one more failure never mends it', () => {
  const counters = fc.record({
    ...{ verified: fc.nat(50), failed: fc.nat(50), silent: fc.nat(50), other: fc.nat(50), rest: fc.nat(50) },
  })
  fc.assert(
    fc.property(counters, fc.integer({ min: 1, max: 60 }), fc.nat(99), (given, minimumSample, maxFailurePercent) => {
      const { rest, ...counted } = given
      const counts = { ...none, ...counted }
      const devices = rest + 1 + counts.verified + counts.failed + counts.silent + counts.other
      const limits = { minimumSample, maxFailurePercent }
      const now = conditionOf([{ ...counts, devices }], limits)
      expect(now.verdict === 'undecided').toBe(now.ended < now.needed)
      expect(now.needed).toBeLessThanOrEqual(minimumSample)
      const worse = conditionOf([{ ...counts, devices, failed: counts.failed + 1 }], limits)
      if (now.verdict === 'breaks') expect(worse.verdict).toBe('breaks')
      expect(percentOf(worse)).toBeGreaterThanOrEqual(percentOf(now))
      expect(Math.max(percentOf(now), maxFailurePercent)).toBeLessThanOrEqual(trackEnd(now))
    }),
  )
})

test('the gate leaves out quarantined revisions, and puts the one nearest to its limit first', () => {
  const strata = [
    stratum('A', { devices: 10, verified: 9, failed: 1 }),
    stratum('B', { devices: 10, verified: 9, failed: 1 }),
    stratum('C', { devices: 6, silent: 6 }, true),
    stratum('D', {}),
  ]
  const waves = [wave({ no: 1, strata }), wave({ no: 2, state: 'not-open' })]
  const gate = gateOf({ waves } as Pick<Rollout, 'waves'>, plan)
  expect(gate).toMatchObject({ next: 2, soakSeconds: 60, all: { devices: 20, ended: 20, failed: 2 } })
  expect(gate?.revisions).toMatchObject([
    { hardwareRevision: 'B', maxFailurePercent: 5, beyond: 'stop', verdict: 'breaks' },
    { hardwareRevision: 'A', maxFailurePercent: 30, beyond: 'quarantine', verdict: 'holds' },
  ])
})

test('there is a gate where a wave is open, observed or stopped, and nowhere else', () => {
  const at = (state: Wave['state']) => gateOf({ waves: [wave({ state })] }, plan)?.wave.state
  expect(['not-open', 'open', 'observing', 'passed', 'stopped'].map((state) => at(state as Wave['state']))).toEqual([
    undefined,
    'open',
    'observing',
    undefined,
    'stopped',
  ])
  expect(gateOf({ waves: [wave({})] }, undefined)).toMatchObject({ all: undefined, revisions: [] })
})

test('how long a wave is still watched is the server’s count, from when it was asked', () => {
  const askedAt = new Date('2026-11-27T03:00:00Z')
  const why = { code: 'soaking' as const, figures: { seconds: 20, soakSeconds: 60 } }
  expect(soakEnd(wave({ state: 'observing', why }), askedAt)).toEqual(new Date('2026-11-27T03:00:40Z'))
  expect(soakEnd(wave({ state: 'open', why }), askedAt)).toBeUndefined()
  expect(soakEnd(wave({ state: 'observing', why: { code: 'under-way', figures: { devices: 1 } } }), askedAt)).toBe(
    undefined,
  )
})
