import { expect, test } from 'vitest'
import { firstDefaults, limitsFrom, PlanDefaults, partsOf, profiles } from './profiles.ts'
import { PlanRequest } from './rollout-plan.ts'
import { presetWaves } from './rollout-presets.ts'

test.each(Object.entries(profiles))(
  'the profile %s sets what a plan may have, and leaves time for its waves',
  (_, { sets }) => {
    expect(PlanDefaults.safeParse(sets).success).toBe(true)
    expect(PlanRequest.shape.limits.safeParse(limitsFrom(sets.preset, sets)).success).toBe(true)
    const watched = presetWaves(sets.preset, { devices: 100_000, revisions: 10 }).reduce(
      (sum, wave) => sum + wave.soakSeconds,
      0,
    )
    // Each wave may also have to wait for its last silent device.
    const waited = presetWaves(sets.preset).length * sets.silenceSeconds
    expect((watched + waited) / 3600).toBeLessThan(sets.hours)
  },
)

test('no two profiles set the same, and none what plans begin from without one', () => {
  const set = [firstDefaults, ...Object.values(profiles).map(({ sets }) => sets)].map((each) => JSON.stringify(each))
  expect(new Set(set).size).toBe(set.length)
})

test('what a plan begins from is told with its units', () => {
  expect(partsOf({ preset: 'usual', silenceSeconds: 90, hours: 1 }).map(([, value]) => value)).toEqual([
    ...['usual', '90 seconds', '1 hour'],
  ])
  expect(partsOf({ preset: 'careful', silenceSeconds: 86_400, hours: 36 }).map(([, value]) => value)).toEqual([
    ...['careful', '1 day', '36 hours'],
  ])
})
