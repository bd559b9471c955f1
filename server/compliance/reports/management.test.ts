import { expect, test } from 'vitest'
import { figuresOf } from './management.ts'

const now = new Date('2026-12-24T12:00:00Z')
const counted = {
  tiers: [
    { outcome: '3D', findings: 4, overdue: 1, exposureDays: 9 },
    { outcome: null, findings: 2, overdue: 0, exposureDays: 0 },
  ],
  devices: { devices: 10, judged: 8, unknown: 3 },
  updates: { claimed: 5, verified: 4, unverified: 1 },
  retrievedAt: new Date('2026-12-24T00:00:00Z'),
}

test('what waits to be decided is not counted on, and is told of', () => {
  expect(figuresOf(counted, now)).toEqual({
    exposureDays: { value: 9, of: 8, insufficient: 2, evidence: 'sufficient' },
    verifiedShare: { value: 4, of: 5, insufficient: 1, evidence: 'sufficient' },
    overdue: { value: 1, of: 4, insufficient: 2, evidence: 'sufficient' },
    unknownShare: { value: 3, of: 10, insufficient: 3, evidence: 'sufficient' },
  })
})

test('an empty fleet is no success: nothing was counted', () => {
  const nothing = {
    tiers: [],
    devices: { devices: 0, judged: 0, unknown: 0 },
    updates: { claimed: 0, verified: 0, unverified: 0 },
    retrievedAt: now,
  }
  const said = Object.values(figuresOf(nothing, now)).map(({ evidence }) => evidence)
  expect(said).toEqual(Array(4).fill('nothing-counted'))
})

test.each([
  ['a week old', new Date('2026-12-17T12:00:00Z'), 'sufficient'],
  ['older than a week', new Date('2026-12-17T11:59:59Z'), 'stale-knowledge'],
  ['none', undefined, 'stale-knowledge'],
])('with knowledge that is %s, what leans on it says so', (_, retrievedAt, evidence) => {
  const { exposureDays, overdue, unknownShare, verifiedShare } = figuresOf({ ...counted, retrievedAt }, now)
  expect([exposureDays, overdue, unknownShare].map((each) => each.evidence)).toEqual(Array(3).fill(evidence))
  expect(verifiedShare.evidence).toBe('sufficient')
})
