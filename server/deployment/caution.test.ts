import { expect, test } from 'vitest'
import { type EarlierQuarantine, leaveOutQuarantined, quarantinesAgainst, toldOf } from './caution.ts'
import type { Candidate } from './plan.ts'

const revisionOf = (hardwareRevision: string, model = 'DL-20') => ({ manufacturer: 'Kestrel', model, hardwareRevision })
const quarantine = (hardwareRevision: string, artifact: string | null = 'aa', model = 'DL-20'): EarlierQuarantine => ({
  ...revisionOf(hardwareRevision, model),
  ...{ modelId: model === 'DL-20' ? 1 : 2, artifact, rollout: { id: 'r', name: 'First' } },
  ...{ at: new Date(0), failed: 2, silent: 1 },
})
let serial = 0
const device = (hardwareRevision: string, model = 'DL-20') =>
  ({ ...revisionOf(hardwareRevision, model), id: serial++ }) as Candidate

test('a quarantine speaks against the artifact that was installed, and not against other bytes for the revision', () => {
  const release = { version: '2', artifactFor: (_: number, revision: string) => (revision === 'C' ? undefined : 'aa') }
  const given = [quarantine('B'), quarantine('B', 'bb'), quarantine('C'), quarantine('B', null)]
  expect(quarantinesAgainst(release, given)).toEqual([given[0]])
})

test('devices of a quarantined revision are left out, those of the same name on another model are not', () => {
  const devices = [device('A'), device('B'), device('B'), device('B', 'DL-30')]
  expect(leaveOutQuarantined(devices, [quarantine('B'), quarantine('B')], [])).toEqual({
    ...{ ok: true, eligible: [devices[0], devices[3]], leftOut: 2, named: [] },
  })
})

test('a revision that is named comes along, in full and once, and no other does', () => {
  const devices = [device('A'), device('B'), device('C')]
  const asked = [{ hardwareRevision: 'B' }, revisionOf('B')]
  expect(leaveOutQuarantined(devices, [quarantine('B'), quarantine('C')], asked)).toEqual({
    ...{ ok: true, eligible: devices.slice(0, 2), leftOut: 1, named: [revisionOf('B')] },
  })
})

test('a name that means no quarantined revision of the plan, or several, is a fault', () => {
  const devices = [device('A'), device('B'), device('B', 'DL-30')]
  const against = [quarantine('B'), quarantine('B', 'aa', 'DL-30'), quarantine('C')]
  const problem = (...asked: Parameters<typeof leaveOutQuarantined>[2]) => {
    const told = leaveOutQuarantined(devices, against, asked)
    return told.ok ? 'none' : told.problem
  }
  for (const name of ['A', 'C', 'Z'])
    expect(problem({ hardwareRevision: name })).toBe(
      `No earlier rollout quarantined revision ${name} among the devices of the plan.`,
    )
  expect(problem({ hardwareRevision: 'B' })).toBe(
    'Several models have a quarantined revision B: name manufacturer and model.',
  )
  expect(problem({ model: 'DL-30', hardwareRevision: 'B' })).toBe('none')
  expect(problem({ manufacturer: 'Other', hardwareRevision: 'B' })).toMatch(/^No earlier rollout quarantined Other/)
})

test('an approver is told of each quarantine with the devices of the target set, all waves together', () => {
  const counts = [
    { ...revisionOf('B'), devices: 2 },
    { ...revisionOf('B'), devices: 3 },
    { ...revisionOf('A'), devices: 9 },
  ]
  expect(toldOf([quarantine('B'), quarantine('C')], counts, [revisionOf('B')])).toEqual([
    {
      ...revisionOf('B'),
      rollout: { id: 'r', name: 'First' },
      at: new Date(0),
      failed: 2,
      silent: 1,
      devices: 5,
      named: true,
    },
    {
      ...revisionOf('C'),
      rollout: { id: 'r', name: 'First' },
      at: new Date(0),
      failed: 2,
      silent: 1,
      devices: 0,
      named: false,
    },
  ])
})
