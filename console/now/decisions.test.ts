import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { bandOf, type Decision, decisionsOf, type Facts } from './decisions.ts'

const now = new Date('2026-11-24T09:42:00Z')
const inHours = (hours: number) => new Date(now.getTime() + hours * 3_600_000)

const nothing: Facts = {
  groups: [],
  fixes: [],
  rollouts: [],
  details: [],
  disputed: new Map(),
  strangers: 0,
  factsAt: inHours(-1),
}

type Group = Facts['groups'][number]
type Fix = Facts['fixes'][number]
type Detail = Facts['details'][number]

const group = (change: Partial<Group> = {}): Group => ({
  manufacturer: 'Unitronics',
  model: 'Vision',
  outcome: '3D',
  dueAt: inHours(50),
  clockStart: inHours(-22),
  findings: 12,
  devices: 12,
  unknown: 0,
  undecided: 0,
  vulnerabilities: 1,
  most: ['CVE-2023-6448'],
  example: { device: '00000000-0000-4000-8000-000000000001', vulnerability: 'CVE-2023-6448' },
  ...change,
})

const fix: Fix = {
  release: { id: 'r1', name: 'Vision 12.38.1', version: '12.38.1', state: 'published' },
  models: [{ manufacturer: 'Unitronics', model: 'Vision' }],
  isJudged: true,
  closes: { findings: 12, devices: 12 },
  undecided: 0,
  dueAt: inHours(50),
  vulnerabilities: [{ id: 'CVE-2023-6448', findings: 12, dueAt: inHours(50) }],
}

const rollout = (change: Partial<Detail> = {}): Detail =>
  ({
    id: 'o1',
    name: 'Vision, all sites',
    release: 'r1',
    state: 'running',
    devices: 12,
    verified: true,
    approvals: [],
    quarantined: [],
    waves: [],
    ...change,
  }) as Detail

const sentences = (facts: Partial<Facts>) => decisionsOf({ ...nothing, ...facts }, now).map(({ sentence }) => sentence)

describe('what waits for a person', () => {
  test('is nothing when nothing does', () => {
    expect(decisionsOf(nothing, now)).toEqual([])
  })

  test('is named with its devices, and with the way on that there is', () => {
    const bare = decisionsOf({ ...nothing, groups: [group()] }, now)[0]
    expect(bare).toMatchObject({
      sentence: 'CVE-2023-6448 is on 12 Unitronics Vision devices',
      action: 'Show devices of the model',
    })
    expect(bare?.detail).toContain('No published release for this model closes any of them')
    const fixed = decisionsOf({ ...nothing, groups: [group()], fixes: [fix] }, now)[0]
    expect(fixed?.way).toEqual({ to: 'plan', release: fix.release.id })
    expect(fixed?.detail).toContain('closes 12 findings on 12 devices')
    const going = decisionsOf({ ...nothing, groups: [group()], fixes: [fix], rollouts: [rollout()] }, now)[0]
    expect(going?.detail).toContain('a rollout of it is under way')
    expect(going?.action).toBe('Show devices of the model')
  })

  test('is not told of another model’s release, though it closes the same vulnerability', () => {
    const [first] = decisionsOf({ ...nothing, groups: [group({ model: 'Samba' })], fixes: [fix] }, now)
    expect(first?.detail).toContain('No published release for this model closes any of them')
    expect(first?.action).toBe('Show devices of the model')
  })

  test('counts what waits to be decided apart from the outcome of the rest', () => {
    const [first] = decisionsOf({ ...nothing, groups: [group({ outcome: 'FSU', undecided: 3 })] }, now)
    expect(first?.detail).toContain('3 findings of them wait to be decided')
  })

  test('leads to the failures where a rollout of the release has quarantined a revision of the model', () => {
    const failed = rollout({
      state: 'finished',
      quarantined: [
        {
          manufacturer: 'Unitronics',
          model: 'Vision',
          hardwareRevision: 'C',
          why: { code: 'revision-limit', figures: {} },
          at: now,
        },
      ],
    })
    const [first] = decisionsOf(
      { ...nothing, groups: [group()], fixes: [fix], rollouts: [failed], details: [failed] },
      now,
    )
    expect(first).toMatchObject({ action: 'See the failures', way: { to: 'rollout', id: 'o1', view: 'clusters' } })
  })

  test('says of each rollout what it waits for', () => {
    expect(sentences({ details: [rollout({ state: 'awaiting-approval' })] })[0]).toContain('needs 2 approvals')
    expect(sentences({ details: [rollout({ state: 'scheduled' })] })[0]).toContain('waits to be started')
    expect(sentences({ details: [rollout({ verified: false })] })[0]).toContain(
      'does not verify as what the signer signed',
    )
    expect(sentences({ details: [rollout()] })).toEqual([])
    expect(sentences({ disputed: new Map([['o1', 1]]) })[0]).toBe('1 device says one version and answers with another')
  })

  test('says when it does not know: facts that are old, or none at all', () => {
    expect(sentences({ factsAt: inHours(-24 * 112) })[0]).toBe('The facts about vulnerabilities are 112 days old')
    expect(sentences({ factsAt: null })[0]).toContain('No facts')
  })
})

describe('the order', () => {
  const hours = fc.option(fc.integer({ min: -100, max: 1000 }))
  const groups = fc.array(fc.tuple(hours, fc.integer({ min: 1, max: 9 }), fc.uuid()), { maxLength: 20 })

  test('is by clock, what has none last, and of equal clocks the heavier first', () => {
    fc.assert(
      fc.property(groups, (given) => {
        const decisions = decisionsOf(
          {
            ...nothing,
            groups: given.map(([due, findings, model]) =>
              group({ dueAt: due === null ? null : inHours(due), findings, model }),
            ),
          },
          now,
        )
        expect(decisions).toHaveLength(given.length)
        for (const [at, each] of decisions.entries()) expectAfter(decisions[at - 1], each)
      }),
    )
  })

  function expectAfter(before: Decision | undefined, each: Decision): void {
    if (!before) return
    const rank = ({ dueAt }: Decision) => dueAt?.getTime() ?? Number.MAX_SAFE_INTEGER
    expect(rank(before)).toBeLessThanOrEqual(rank(each))
    if (rank(before) === rank(each)) expect(before.weight).toBeGreaterThanOrEqual(each.weight)
  }

  test.each([
    [-1, 'Next 24 hours'],
    [23, 'Next 24 hours'],
    [24, 'This week'],
    [167, 'This week'],
    [168, 'Later'],
  ])('a clock of %i hours stands in “%s”', (due, band) => {
    expect(bandOf({ dueAt: inHours(due) }, now)).toBe(band)
  })
})
