import fc from 'fast-check'
import { expect, test } from 'vitest'
import { readLimits, readRevision, readWave, writeLimits, writeRevision, writeWave } from './plan-spelling.ts'
import { PlanRequest } from './rollout-plan.ts'
import { presetLimits, presets, presetWaves, type Wave } from './rollout-presets.ts'

const reach = fc.record({ devices: fc.integer({ min: 1, max: 200_000 }), revisions: fc.integer({ min: 1, max: 60 }) })

/** As many devices as a plan reaches at the end of each wave, where every revision has enough of them. */
const reachOf = (waves: readonly Wave[], { devices, revisions }: { devices: number; revisions: number }) =>
  waves.map((wave) =>
    wave.pick === 'stratified'
      ? Math.min(devices, wave.perStratum * revisions)
      : Math.floor((devices * wave.percent) / 100),
  )

test('a preset is a plan that the server takes, begins small in each revision, grows, and ends with everybody', () => {
  fc.assert(
    fc.property(fc.constantFrom(...presets), reach, (preset, fleet) => {
      const waves = presetWaves(preset, fleet)
      expect(PlanRequest.shape.waves.safeParse(waves).success).toBe(true)
      expect(PlanRequest.shape.limits.safeParse(presetLimits(preset)).success).toBe(true)
      expect(waves[0]?.pick).toBe('stratified')
      expect(waves.at(-1)).toMatchObject({ pick: 'hashed', percent: 100 })
      const ends = reachOf(waves, fleet)
      for (const [at, end] of ends.slice(1, -1).entries()) expect(end).toBeGreaterThanOrEqual(2 * (ends[at] ?? 0))
      for (const [at, end] of ends.entries()) {
        const added = end - (ends[at - 1] ?? 0)
        if (added > 1) expect(waves[at]?.minimumSample).toBeLessThan(added)
      }
    }),
  )
})

test('a large fleet has more waves than a small one, and the careful preset never fewer than the usual one', () => {
  const count = (preset: (typeof presets)[number], devices: number) =>
    presetWaves(preset, { devices, revisions: 3 }).length
  expect([2, 60, 2_000, 200_000].map((devices) => count('usual', devices))).toEqual([2, 2, 4, 4])
  expect([2, 60, 2_000, 200_000].map((devices) => count('careful', devices))).toEqual([2, 3, 5, 5])
})

test('waves and limits are read as they are written, and nothing else is read', () => {
  for (const preset of presets) {
    for (const wave of presetWaves(preset)) expect(readWave(writeWave(wave))).toEqual(wave)
    expect(readLimits(writeLimits(presetLimits(preset)))).toEqual(presetLimits(preset))
  }
  expect(readWave('percent=100')).toEqual({ pick: 'hashed', percent: 100, soakSeconds: 0, minimumSample: 1 })
  for (const wrong of [
    '',
    'each=1,percent=2',
    'soak=3',
    'each=-1',
    'each=1,each=2',
    'each=1,other=2',
    'each=1=2',
    'each',
  ])
    expect([wrong, readWave(wrong)]).toEqual([wrong, undefined])
  expect(readLimits('silence=60,failures=5')).toBeUndefined()
  expect(readLimits('silence=60,failures=5,revision=5,sample=1,beyond=ignore')).toBeUndefined()
})

test('a revision is read as it was written, with its model or without', () => {
  const name = fc.string({ minLength: 1, maxLength: 20, unit: fc.constantFrom(...'aB 2/%F25-') })
  const named = fc.record({ manufacturer: name, model: name, hardwareRevision: name })
  fc.assert(
    fc.property(named, (each) => {
      expect(readRevision(writeRevision(each))).toEqual(each)
    }),
  )
  expect(['B', 'A/1', 'Axis/P3245/B', 'Axis/P2%2F3/B', '//B'].map(readRevision)).toEqual([
    ...[{ hardwareRevision: 'B' }, { hardwareRevision: 'A/1' }],
    ...['P3245', 'P2/3'].map((model) => ({ manufacturer: 'Axis', model, hardwareRevision: 'B' })),
    { hardwareRevision: '//B' },
  ])
})
