import { expect, test } from 'vitest'
import { whomToHold } from './hold.ts'
import { keyOf, notAgain } from './retry.ts'
import type { Way } from './update.ts'

const now = new Date('2026-06-01T12:00:00Z')
const device: Parameters<typeof notAgain>[0] = {
  ...{ id: 1, uid: '00000000-0000-4000-8000-000000000001', modelId: 1, manufacturer: 'M', model: 'N' },
  ...{ hardwareRevision: 'A', firmware: '1', state: 'live', isRig: false, isBusy: false, attempt: 1, isAgain: false },
}
const way: Way = {
  ...{ state: 'running', approvals: 2, approvalsNeeded: 2, refusal: undefined, isQuarantined: false, held: undefined },
  window: { notBefore: new Date('2026-06-01T00:00:00Z'), notAfter: new Date('2026-06-02T00:00:00Z') },
  release: { version: '2', artifactFor: () => 'a' },
  ...{ place: 10, reaches: [5, 20], openWave: 2 },
  // Whoever is tried again comes as new to the rollout.
  passage: undefined,
}
const at = (given: { readonly device?: Partial<typeof device>; readonly way?: Partial<Way> } = {}) =>
  notAgain({ ...device, ...given.device }, { ...way, ...given.way }, now)?.code

test('a device that failed may try again where it would be handed a job, also while the rollout is paused', () => {
  expect(at()).toBeUndefined()
  expect(at({ way: { state: 'paused' } })).toBeUndefined()
})

test.each([
  ['rollout-over', { way: { state: 'stopped' } }],
  ['rollout-over', { way: { state: 'finished' } }],
  ['tried-often', { device: { attempt: 3 } }],
  ['busy', { device: { isBusy: true } }],
  ['retired', { device: { state: 'retired' } }],
  ['rig', { device: { isRig: true } }],
  ['up-to-date', { device: { firmware: '2' } }],
  ['unverified', { way: { window: undefined } }],
  ['time-over', { way: { window: { notBefore: new Date('2026-05-01'), notAfter: now } } }],
  ['release-unverified', { way: { release: undefined } }],
  ['revision-quarantined', { way: { isQuarantined: true } }],
  ['held', { way: { held: { person: 'Ada', reason: 'No space' } } }],
  ['wave-not-open', { way: { openWave: 1 } }],
  ['retry-waits', { device: { isAgain: true } }],
])('a device that failed is not tried again: %s', (code, given) => {
  expect(at(given as Parameters<typeof at>[0])).toBe(code)
})

test('a cluster is called the same in every rollout, and another cause or revision otherwise', () => {
  const signature = { class: 'no-word', manufacturer: 'M', model: 'N', hardwareRevision: 'A' } as const
  const others = [{ class: null }, { manufacturer: 'O' }, { model: 'O' }, { hardwareRevision: 'B' }]
  const keys = [{}, {}, ...others].map((each) => keyOf({ ...signature, ...each }))
  expect(keys[0]).toBe(keys[1])
  expect(new Set(keys).size).toBe(5)
})

test('a hold leaves out who has not come in whichever wave and who may try again, and nobody twice', () => {
  const key = { model_id: 1, hardware_revision: 'B' }
  const none = { quarantined: false, held: false, retries_asked: 0, retries_offered: 0 }
  const strata = [
    { ...key, ...none, devices: 5, offered: 3, retries_asked: 2, retries_offered: 1 },
    { ...key, ...none, devices: 7, offered: 0 },
    { ...key, ...none, hardware_revision: 'A', devices: 100, offered: 0 },
  ]
  const jobs = [
    { ...key, jobs: 1 },
    { ...key, model_id: 2, jobs: 50 },
  ]
  const revision = { modelId: 1, hardwareRevision: 'B' }
  expect(whomToHold(strata, jobs, revision)).toEqual({ waiting: 10, recalled: 1 })
  for (const left of [{ held: true }, { quarantined: true }])
    expect(
      whomToHold(
        strata.map((each) => ({ ...each, ...left })),
        jobs,
        revision,
      ),
    ).toBeNull()
})
