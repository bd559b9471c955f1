import { firstDefaults, profiles } from '@suture/contract/profiles.ts'
import { presetLimits, presetWaves } from '@suture/contract/rollout-presets.ts'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { commandFor, planCommand } from '../plan-command.ts'
import { builderSearch } from '../search.ts'
import { bodyOf, draftOf, limitsText, queryFor, toggled, wavesText } from './draft.ts'
import { readLength, writeLength } from './length.ts'

const openedAt = new Date('2026-11-28T10:00:31Z')
const release = {
  id: '019aa000-0000-7000-8000-000000000000',
  name: 'Vision controllers',
  version: '12.38',
  models: [{ manufacturer: 'Unitronics', model: 'Vision 2' }],
}
const draft = (search: Record<string, unknown> = {}) =>
  draftOf(builderSearch(search), { release, openedAt, defaults: firstDefaults })

describe('a draft', () => {
  test('is whole with nothing but a release: its models’ devices, the usual preset, at once and for a week', () => {
    expect(bodyOf(release.id, draft())).toEqual({
      name: 'Vision controllers 12.38',
      release: release.id,
      audience: { q: 'vendor:Unitronics model:"Vision 2"' },
      waves: presetWaves('usual'),
      limits: presetLimits('usual'),
      notBefore: '2026-11-28T10:00:00.000Z',
      notAfter: '2026-12-05T10:00:00.000Z',
      includeQuarantined: [],
    })
  })

  test('asks for every device where the query was emptied, and names several models or, where there are too many, none', () => {
    expect(bodyOf(release.id, draft({ q: '' })).audience).toEqual({})
    const models = (count: number) => Array.from({ length: count }, (_, at) => ({ manufacturer: 'M', model: `m${at}` }))
    expect(queryFor({ models: models(2) })).toBe('(vendor:M model:m0) or (vendor:M model:m1)')
    expect(queryFor({ models: models(21) })).toBe('')
  })

  test('is in its address: what an address says of waves, limits, times and revisions comes back out of it', () => {
    const waves = presetWaves('careful', { devices: 5000, revisions: 4 }).toSpliced(1, 1)
    const limits = { ...presetLimits('careful'), maxFailurePercent: 9 }
    const search = builderSearch({
      waves: wavesText(waves),
      limits: limitsText(limits),
      from: '2026-12-01T20:00',
      to: '2026-12-03T04:00',
      include: [['M', 'm', 'B'], 'no revision'],
    })
    expect(builderSearch(JSON.parse(JSON.stringify(search)))).toEqual(search)
    expect(draftOf(search, { release, openedAt, defaults: firstDefaults })).toMatchObject({
      ...{ wavesFrom: 'own', waves, limitsFrom: 'own', limits, include: [['M', 'm', 'B']] },
      from: new Date('2026-12-01T20:00Z'),
      to: new Date('2026-12-03T04:00Z'),
    })
  })

  test('begins from what the tenant chose, and a preset that its address names waits for a word as long', () => {
    const defaults = profiles.hospital.sets
    const drafted = (search: Record<string, unknown>) => draftOf(builderSearch(search), { release, openedAt, defaults })
    expect(drafted({})).toMatchObject({
      ...{ wavesFrom: 'careful', limitsFrom: 'careful', waves: presetWaves('careful') },
      limits: { ...presetLimits('careful'), silenceSeconds: defaults.silenceSeconds },
      to: new Date('2026-12-28T10:00Z'),
    })
    expect(drafted({ limits: 'usual' }).limits).toEqual({
      ...presetLimits('usual'),
      silenceSeconds: defaults.silenceSeconds,
    })
  })

  test('takes the usual preset where the address says what nobody can read', () => {
    const odd = { waves: 'each=0x1', limits: 'silence=never', from: 'tomorrow', to: '2026-99-01T00:00', release: '..' }
    expect(draft(odd)).toEqual(draft())
  })

  test('includes a revision, and takes it back', () => {
    const once = toggled([], ['M', 'm', 'B'])
    expect([once, toggled(once, ['M', 'm', 'B'])]).toEqual([[['M', 'm', 'B']], []])
  })
})

describe('a plan as a command', () => {
  test('says all of it', () => {
    const body = bodyOf(release.id, draft({ q: 'fw<12.38', include: [['M', 'm', 'B']], waves: 'percent=100' }))
    expect(commandFor('create', body)).toBe(
      [
        `suture rollout create --release ${release.id} --name 'Vision controllers 12.38' -q 'fw<12.38'`,
        '--wave percent=100,soak=0,sample=1 --silence 3600 --max-failures 5',
        '--revision-max-failures 10 --revision-sample 3 --beyond quarantine',
        '--not-before 2026-11-28T10:00:00.000Z --not-after 2026-12-05T10:00:00.000Z --include-quarantined M/m/B',
      ].join(' '),
    )
  })

  test('is one command, whatever a name holds', () => {
    expect(planCommand({ id: release.id, name: "x'; reboot; '" })).toContain(`--name 'x'\\''; reboot; '\\'''`)
  })
})

test('a length of time is read as it is written, and with another unit of the same length', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 31_622_400 }), (seconds) => readLength(writeLength(seconds)) === seconds),
  )
  expect([90, 1800, 86_400, 172_800, 5400].map(writeLength)).toEqual(['90s', '30m', '1d', '2d', '90m'])
  expect(['24h', ' 30 M ', '0s'].map(readLength)).toEqual([86_400, 1800, 0])
  expect(['', '30', 'h', '1.5h', '-1h', '1w'].map(readLength)).toEqual(Array(6).fill(undefined))
})
