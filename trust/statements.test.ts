import fc from 'fast-check'
import { expect, test } from 'vitest'
import { canonicalBytes, type Json } from './canonical.ts'
import { sha256 } from './digest.ts'
import { asJson, type LabVerdict, type RolloutPlan, readLabVerdict, readRolloutPlan } from './statements.ts'

const uuid = '01997e5e-0000-7000-8000-000000000001'
const pace = { soakSeconds: 3600, minimumSample: 6 }
const artifact = sha256(Buffer.from('firmware'))
const plan: RolloutPlan = {
  type: 'suture.rollout-plan.v1',
  tenant: uuid,
  plan: uuid,
  name: 'Door locks',
  release: uuid,
  createdBy: uuid,
  createdAt: '2026-06-01T12:00:00.000Z',
  artifacts: [{ sha256: artifact, length: 1 }],
  audience: { digest: artifact, count: 1200 },
  waves: [
    { pick: 'stratified', perStratum: 6, ...pace },
    { pick: 'hashed', percent: 10, ...pace },
    { pick: 'hashed', percent: 100, ...pace },
  ],
  limits: {
    silenceSeconds: 900,
    maxFailurePercent: 2,
    perRevision: { maxFailurePercent: 10, minimumSample: 3, beyond: 'quarantine' },
    revisions: [
      { model: 'DL-20', hardwareRevision: 'C', maxFailurePercent: 0, minimumSample: 1, beyond: 'stop' },
      { model: 'DL-20', hardwareRevision: 'B', maxFailurePercent: 5, minimumSample: 3, beyond: 'quarantine' },
    ],
  },
  notBefore: '2026-06-01T12:00:00.000Z',
  notAfter: '2026-06-08T12:00:00.000Z',
}
const cell = { model: 'DL-20', hardwareRevision: 'C', bootloader: '1.5', currentVersion: '4.0.9' }
const verdict: LabVerdict = {
  type: 'suture.lab-verdict.v1',
  tenant: uuid,
  release: uuid,
  artifacts: [artifact],
  verdict: 'passed',
  rigs: [
    { rig: 'bench 3', cell },
    { rig: 'bench 3', cell: { ...cell, currentVersion: '4.1.0' } },
  ],
  uncovered: [
    { ...cell, bootloader: '1.3' },
    { model: 'DL-20', hardwareRevision: 'C' },
  ],
  at: '2026-06-01T12:00:00.000Z',
}

/** What a reader says about a document: its own bytes again, or why not. */
const said = (read: (bytes: Uint8Array) => unknown, document: unknown): string => {
  const bytes = canonicalBytes(document as Json)
  try {
    expect(canonicalBytes(read(bytes) as Json)).toEqual(bytes)
    return 'read'
  } catch (error) {
    return (error as Error).message
  }
}
const ofPlan = (changes: object): string => said(readRolloutPlan, { ...plan, ...changes })
const ofLimits = (changes: object): string => ofPlan({ limits: { ...plan.limits, ...changes } })
const ofVerdict = (changes: object): string => said(readLabVerdict, { ...verdict, ...changes })

test('a plan says per revision how many go first, what is too much, and what follows', () => {
  expect(said(readRolloutPlan, asJson(plan))).toBe('read')
})

test('waves grow: strata first, then shares, each reaching more than the one before', () => {
  const wave = fc.oneof(
    fc.record({ pick: fc.constant('stratified' as const), perStratum: fc.integer({ min: 1, max: 4 }) }),
    fc.record({ pick: fc.constant('hashed' as const), percent: fc.integer({ min: 1, max: 4 }) }),
  )
  const reach = (each: { perStratum: number } | { percent: number }) =>
    'perStratum' in each ? each.perStratum : 100 + each.percent
  fc.assert(
    fc.property(fc.array(wave, { minLength: 1, maxLength: 4 }), (waves) => {
      const grows = waves.every((each, at) => at === 0 || reach(each) > reach(waves[at - 1] ?? each))
      expect(ofPlan({ waves: waves.map((each) => ({ ...each, ...pace })) }) === 'read').toBe(grows)
    }),
  )
})

test.each([
  ['a stratum of nobody', { pick: 'stratified', perStratum: 0 }, '/waves/0/perStratum must be a whole number from 1'],
  ['strata without their size', { pick: 'stratified' }, '/waves/0/perStratum must be a whole number'],
  ['strata with a share', { pick: 'stratified', perStratum: 6, percent: 5 }, '/waves/0/percent must be left out'],
  ['a share of 101 percent', { pick: 'hashed', percent: 101 }, '/waves/0/percent must be a whole number from 1 to 100'],
  ['another way to pick', { pick: 'toString' }, '/waves/0/pick must be "stratified" or "hashed".'],
])('a wave of %s is no wave', (_, wave, why) => {
  expect(ofPlan({ waves: [{ ...wave, ...pace }] })).toContain(why)
})

test('a wave that is no object is no wave', () => {
  for (const waves of [[null], ['stratified'], [[]], []]) expect(ofPlan({ waves })).toMatch(/^\/waves\S* must be/)
})

test('a revision has one limit, and none is “everything may fail”', () => {
  const [first] = plan.limits.revisions
  expect(ofLimits({ revisions: [first, { ...first, maxFailurePercent: 9 }] })).toBe('A revision has two limits.')
  expect(ofLimits({ revisions: [first, { ...first, model: 'DL-30' }] })).toBe('read')
  expect(ofLimits({ maxFailurePercent: 100 })).toContain('/limits/maxFailurePercent must be')
  expect(ofLimits({ perRevision: { ...plan.limits.perRevision, beyond: 'go on' } })).toContain('/beyond must be')
})

test('a plan may name the quarantined revisions that it includes, each in full and once; naming none is leaving it out', () => {
  const named = { manufacturer: 'Kestrel', model: 'DL-20', hardwareRevision: 'C' }
  const including = (...includeQuarantined: object[]) => ofPlan({ includeQuarantined })
  expect(including(named, { ...named, hardwareRevision: 'B' })).toBe('read')
  expect(including(named, named)).toBe('A quarantined revision is included twice.')
  expect(including({ model: 'DL-20', hardwareRevision: 'C' })).toContain('/includeQuarantined/0/manufacturer must be')
  expect(including()).toContain('/includeQuarantined must be a list of 1')
})

test('a verdict names the cells that its rigs stood for, and those that none did', () => {
  expect(said(readLabVerdict, asJson(verdict))).toBe('read')
})

test.each([
  [
    'the same rig twice in one cell',
    { rigs: [verdict.rigs[0], verdict.rigs[0]] },
    'A rig is named twice for one cell.',
  ],
  ['a cell uncovered twice', { uncovered: [cell, cell], rigs: [] }, 'A cell is named twice as uncovered.'],
  ['a cell both covered and not', { uncovered: [cell] }, 'A cell is uncovered, and a rig stood for it.'],
  ['no rig at all', { rigs: [] }, 'The lab passed a release that it tried on no rig.'],
  ['a model alone as uncovered', { uncovered: ['DL-20'] }, '/uncovered/0 must be an object.'],
  ['a rig without its revision', { rigs: [{ rig: 'x', cell: { model: 'DL-20' } }] }, 'hardwareRevision must be'],
])('a verdict that passes with %s is refused', (_, changes, why) => {
  expect(ofVerdict(changes)).toContain(why)
})

test('a lab that could try nothing may still say that a release failed', () => {
  expect(ofVerdict({ rigs: [], verdict: 'failed' })).toBe('read')
})
