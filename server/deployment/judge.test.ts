import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { judgeWave, type Stratum, type WaveSoFar } from './judge.ts'

const limits = {
  silenceSeconds: 60,
  maxFailurePercent: 10,
  perRevision: { maxFailurePercent: 20, minimumSample: 3, beyond: 'quarantine' as const },
  revisions: [],
}
const start = new Date('2026-01-01T00:00:00Z')
const after = (seconds: number) => new Date(start.getTime() + seconds * 1000)

const stratum = (given: Partial<Stratum> = {}): Stratum => ({
  modelId: 1,
  model: 'DL-20',
  hardwareRevision: 'A',
  devices: 10,
  offered: 0,
  verified: 0,
  failed: 0,
  silent: 0,
  other: 0,
  quarantined: false,
  held: false,
  before: { devices: 0, ended: 0 },
  ahead: 0,
  ...given,
})
const wave = (strata: Stratum[], given: Partial<WaveSoFar> = {}): WaveSoFar => ({
  state: 'open',
  soakSeconds: 30,
  minimumSample: 5,
  since: start,
  strata,
  ...given,
})
const kindOf = (strata: Stratum[], given: Partial<WaveSoFar> = {}, seconds = 0) => {
  const { kind, why } = judgeWave(limits, wave(strata, given), after(seconds))
  return `${kind} ${why.code}`
}
const done = (verified: number, given: Partial<Stratum> = {}) => stratum({ offered: verified, verified, ...given })

describe('a held revision', () => {
  const held = (given: Partial<Stratum>) => stratum({ hardwareRevision: 'B', held: true, ...given })

  test('is waited for no more, and asks nothing of the waves ahead', () => {
    expect(kindOf([done(10), stratum({ hardwareRevision: 'B', offered: 2, verified: 2 })])).toBe('wait not-all-offered')
    expect(kindOf([done(10), held({ offered: 2, verified: 2, ahead: 50 })])).toBe('observe soaking')
  })

  test('goes on to count, for the wave and for its own limit', () => {
    expect(kindOf([done(9), held({ offered: 2, failed: 2 })])).toBe('quarantine revision-limit')
    expect(kindOf([done(7), held({ offered: 10, verified: 8, failed: 2 })])).toBe('stop failure-limit')
  })

  test('stops the rollout where nothing else is left', () => {
    expect(kindOf([held({})])).toBe('stop only-quarantined')
    expect(kindOf([held({}), stratum({ devices: 0, ahead: 5, before: { devices: 5, ended: 5 } })])).toBe(
      'observe adds-only-quarantined',
    )
  })
})

describe('a wave', () => {
  test('waits while devices are under way, and for those that have not come until the silence limit', () => {
    expect(kindOf([stratum({ offered: 3, verified: 2 })])).toBe('wait under-way')
    expect(kindOf([done(9)], {}, 59)).toBe('wait not-all-offered')
    expect(kindOf([done(9)], {}, 60)).toBe('observe soaking')
    expect(kindOf([done(10)])).toBe('observe soaking')
  })

  test('never passes on nothing, however long it waits', () => {
    for (const state of ['open', 'observing'] as const)
      expect(kindOf([stratum()], { state, minimumSample: 1 }, 1e9)).toBe('wait too-few-ended')
    expect(kindOf([stratum({ offered: 10, other: 10 })], { minimumSample: 1 }, 1e9)).toBe('wait too-few-ended')
  })

  test('passes only after it was watched for as long as the plan asks', () => {
    expect(kindOf([done(10)], { state: 'observing' }, 29)).toBe('wait soaking')
    expect(kindOf([done(10)], { state: 'observing' }, 30)).toBe('pass within-limits')
  })

  test('stops beyond the limit of all, which silence counts against, and not at it', () => {
    const many = (bad: object) => [stratum({ devices: 100, offered: 100, ...bad }), stratum({ hardwareRevision: 'B' })]
    expect(kindOf(many({ verified: 90, failed: 10 }), {}, 60)).toBe('observe soaking')
    expect(kindOf(many({ verified: 89, failed: 11 }))).toBe('stop failure-limit')
    expect(kindOf(many({ verified: 89, silent: 11 }))).toBe('stop failure-limit')
    expect(kindOf(many({ verified: 89, silent: 11 }), { state: 'observing' })).toBe('stop failure-limit')
    expect(kindOf(many({ verified: 89, silent: 11 }), { state: 'passed' })).toBe('stop failure-limit')
  })

  test('is not judged before enough of it has ended', () => {
    expect(kindOf([stratum({ offered: 4, failed: 2, silent: 2 })], { minimumSample: 5 })).toBe(
      'quarantine revision-limit',
    )
    const few = [1, 2].map((n) => stratum({ hardwareRevision: `${n}`, offered: 2, failed: 2 }))
    expect(kindOf(few, { minimumSample: 5 }, 60)).toBe('wait too-few-ended')
  })

  test('that adds no device lets the next one open, and one after which only quarantined revisions are left stops the rollout', () => {
    expect(kindOf([stratum({ devices: 0 })])).toBe('observe adds-no-device')
    expect(kindOf([stratum({ devices: 0 })], { state: 'observing' })).toBe('pass adds-no-device')
    expect(kindOf([done(10, { quarantined: true })])).toBe('stop only-quarantined')
    expect(kindOf([done(10, { quarantined: true, ahead: 9 })])).toBe('stop only-quarantined')
  })

  test('that adds only devices of a quarantined revision holds nobody else back', () => {
    const seen = stratum({ hardwareRevision: 'A', devices: 0, before: { devices: 9, ended: 9 }, ahead: 5 })
    const bad = stratum({ hardwareRevision: 'C', quarantined: true, devices: 2, ahead: 7 })
    expect(kindOf([seen, bad])).toBe('observe adds-only-quarantined')
    expect(kindOf([seen, bad], { state: 'observing' })).toBe('pass adds-only-quarantined')
    expect(kindOf([{ ...seen, ahead: 0 }, bad])).toBe('stop only-quarantined')
    expect(kindOf([{ ...seen, before: { devices: 9, ended: 0 } }, bad])).toBe('stop only-quarantined')
  })
})

describe('a revision', () => {
  test('beyond its limit is quarantined, and no longer counts against the others', () => {
    const bad = stratum({ hardwareRevision: 'B', devices: 4, offered: 4, silent: 4 })
    const judged = judgeWave(limits, wave([done(10), bad]), start)
    expect(judged).toMatchObject({ kind: 'quarantine', revision: { hardwareRevision: 'B' } })
    expect(kindOf([done(10), { ...bad, quarantined: true }])).toBe('observe soaking')
  })

  test('stops the rollout where the plan says so for it by name', () => {
    const named = {
      model: 'DL-20',
      hardwareRevision: 'B',
      maxFailurePercent: 0,
      minimumSample: 1,
      beyond: 'stop' as const,
    }
    const strata = [done(10), stratum({ hardwareRevision: 'B', offered: 1, failed: 1 })]
    expect(judgeWave({ ...limits, revisions: [named] }, wave(strata), start).kind).toBe('stop')
    expect(judgeWave(limits, wave(strata), start).kind).toBe('wait')
  })

  test('of which too little is known holds back a wave that is followed by more of it', () => {
    const rest = stratum({ hardwareRevision: 'B', devices: 3, offered: 2, verified: 2, ahead: 7 })
    expect(kindOf([done(10), rest], {}, 60)).toBe('wait revision-unseen')
    expect(kindOf([done(10), { ...rest, ahead: 0 }], {}, 60)).toBe('observe soaking')
    expect(kindOf([done(10), { ...rest, before: { devices: 3, ended: 1 } }], {}, 60)).toBe('observe soaking')
  })
})

const counts = fc
  .record({
    devices: fc.nat(50),
    verified: fc.nat(50),
    failed: fc.nat(50),
    silent: fc.nat(50),
    quarantined: fc.boolean(),
  })
  .map(({ devices, ...ended }) => {
    const offered = ended.verified + ended.failed + ended.silent
    return stratum({ ...ended, offered, devices: Math.max(devices, offered) })
  })

test('whatever the counters say, what passes had data and stayed within its limits', () => {
  fc.assert(
    fc.property(fc.array(counts, { minLength: 1, maxLength: 4 }), fc.nat(100), (strata, seconds) => {
      const judged = judgeWave(limits, wave(strata, { state: 'observing' }), after(seconds))
      if (judged.kind !== 'pass' || judged.why.code === 'adds-no-device') return
      const live = strata.filter(({ quarantined }) => !quarantined)
      const bad = live.reduce((sum, each) => sum + each.failed + each.silent, 0)
      const ended = live.reduce((sum, each) => sum + each.failed + each.silent + each.verified, 0)
      expect(ended).toBeGreaterThan(0)
      expect(bad / ended).toBeLessThanOrEqual(limits.maxFailurePercent / 100)
    }),
  )
})

test('one failure more never turns a stop into anything milder', () => {
  fc.assert(
    fc.property(fc.array(counts, { minLength: 1, maxLength: 4 }), (strata) => {
      const [first, ...others] = strata
      if (judgeWave(limits, wave(strata), start).kind !== 'stop' || !first || first.quarantined) return
      const worse = { ...first, offered: first.offered + 1, devices: first.devices + 1, silent: first.silent + 1 }
      expect(['stop', 'quarantine']).toContain(judgeWave(limits, wave([worse, ...others]), start).kind)
    }),
  )
})
