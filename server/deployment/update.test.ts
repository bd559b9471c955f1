import { gatesOf, updateStops } from '@suture/contract/update-gates.ts'
import { expect, test } from 'vitest'
import { explain, type Subject, type Way } from './update.ts'

const device: Subject = {
  ...{ id: 1, uid: '00000000-0000-4000-8000-000000000001', modelId: 1, manufacturer: 'M', model: 'N' },
  ...{ hardwareRevision: 'A', firmware: '1', state: 'live', isRig: false, lastSeen: null },
}
const now = new Date('2026-06-01T12:00:00Z')
const way: Way = {
  ...{ state: 'running', approvals: 2, approvalsNeeded: 2, refusal: undefined, isQuarantined: false, held: undefined },
  window: { notBefore: new Date('2026-06-01T00:00:00Z'), notAfter: new Date('2026-06-02T00:00:00Z') },
  release: { version: '2', artifactFor: () => 'a' },
  ...{ place: 10, reaches: [5, 20], openWave: 2, passage: undefined },
}
const passage = { versionWanted: '2', lastWordAt: now, isOver: true, isAgain: false }
const held = { person: 'Ada', reason: 'No space' }
const offer = { release: { id: '', name: '', version: '2' }, standing: 'later' } as const

const at = ({
  ways = [{}],
  settles,
  ...given
}: {
  readonly device?: Partial<Subject>
  readonly ways?: readonly Partial<Way>[]
  readonly offer?: Parameters<typeof explain>[2]['offer']
  readonly settles?: Date
} = {}) => {
  const all = ways.map((changes) => ({ ...way, ...changes }))
  const told = explain({ ...device, ...given.device }, all, { offer: given.offer, now, settles })
  return { ...told, no: told.way && all.indexOf(told.way) }
}

test.each<[keyof typeof updateStops, Parameters<typeof at>[0]]>([
  ['registered', { device: { state: 'quarantined' } }],
  ['retired', { device: { state: 'retired' } }],
  ['not-live', { device: { state: 'isolated' } }],
  ['rig', { device: { isRig: true } }],
  ['no-release', { ways: [] }],
  ['no-release', { ways: [{ release: { version: '2', artifactFor: () => undefined } }] }],
  ['up-to-date', { ways: [], offer: { ...offer, standing: 'not-later' } }],
  ['up-to-date', { device: { firmware: '2' } }],
  ['incomparable', { ways: [], offer: { ...offer, standing: 'incomparable' } }],
  ['no-rollout', { ways: [], offer }],
  ['not-approved', { ways: [{ state: 'awaiting-approval', approvals: 1, window: undefined }] }],
  ['not-signed', { ways: [{ state: 'awaiting-approval', window: undefined }] }],
  ['signing-refused', { ways: [{ state: 'awaiting-approval', refusal: 'signing/x', window: undefined }] }],
  ['unverified', { ways: [{ window: undefined }] }],
  ['not-started', { ways: [{ state: 'scheduled' }] }],
  ['too-early', { ways: [{ window: { notBefore: new Date('2026-06-02'), notAfter: new Date('2026-06-03') } }] }],
  ['time-over', { ways: [{ window: { notBefore: new Date('2026-05-01'), notAfter: now } }] }],
  ['paused', { ways: [{ state: 'paused' }] }],
  ['settling', { settles: new Date('2026-06-01T12:00:01Z') }],
  ['release-unverified', { ways: [{ release: undefined }] }],
  ['revision-quarantined', { ways: [{ isQuarantined: true }] }],
  ['beyond-waves', { ways: [{ reaches: [5, 10] }] }],
  ['wave-not-open', { ways: [{ openWave: 1 }] }],
  ['not-asked', {}],
  ['under-way', { ways: [{ passage: { ...passage, state: 'installing', isOver: false } }] }],
  ['ended', { ways: [{ passage: { ...passage, state: 'failed' } }] }],
  ['retry-waits', { ways: [{ passage: { ...passage, state: 'failed', isAgain: true } }] }],
  ['paused', { ways: [{ state: 'paused', passage: { ...passage, state: 'failed', isAgain: true } }] }],
  ['held', { ways: [{ held }] }],
  ['verified', { device: { firmware: '2' }, ways: [{ passage: { ...passage, state: 'verified' } }] }],
  ['changed-since', { device: { firmware: '3' }, ways: [{ passage: { ...passage, state: 'verified' } }] }],
])('a device stays at %s', (code, given) => {
  const { passed, ...told } = at(given)
  expect(told.code).toBe(code)
  const { gate } = updateStops[code]
  expect(passed).not.toContain(gate)
  // What was looked at comes in the order of the gates, and before the one where the device stays.
  const order = gatesOf({ passed, stop: { gate, code } }).filter(({ is }) => is !== 'unknown')
  expect([...passed, gate]).toEqual(order.map((each) => each.gate))
})

const waiting = { state: 'awaiting-approval', approvals: 0, window: undefined } as const
const isThere = { release: { version: '1', artifactFor: () => 'a' } }
const been = (state: string) => ({ passage: { ...passage, state } })

test.each<[keyof typeof updateStops, number | undefined, Parameters<typeof at>[0]]>([
  // What hands out a job, before whatever is older or further.
  ['not-asked', 1, { ways: [{ state: 'paused' }, {}] }],
  ['not-asked', 1, { ways: [waiting, {}, {}] }],
  ['not-asked', 1, { ways: [{ openWave: 1 }, {}] }],
  ['retry-waits', 1, { ways: [{ openWave: 1 }, { passage: { ...passage, state: 'failed', isAgain: true } }] }],
  // Then the one that is further.
  ['wave-not-open', 1, { ways: [{ state: 'paused' }, { openWave: 1 }, waiting] }],
  ['paused', 0, { ways: [{ state: 'paused' }, { state: 'paused' }] }],
  // One that it has not been through, before one that it has.
  ['not-approved', 1, { ways: [been('failed'), waiting] }],
  ['not-approved', 1, { device: { firmware: '2' }, ways: [been('verified'), { ...waiting, release: undefined }] }],
  // What was left undone, before a rollout that is missing; what is missing, before what is done.
  ['ended', 0, { offer, ways: [been('failed'), isThere] }],
  ['no-rollout', undefined, { offer, ways: [isThere] }],
  ['up-to-date', undefined, { offer: { ...offer, standing: 'not-later' }, ways: [isThere] }],
  ['up-to-date', 0, { ways: [isThere, { release: { version: '2', artifactFor: () => undefined } }] }],
])('of several rollouts %s is told, of the one at %s', (code, no, given) => {
  const told = at(given)
  expect([told.code, told.no]).toEqual([code, no])
})

test('what nobody looked at is not said to be passed', () => {
  expect(at({ ways: [{ passage: { ...passage, state: 'installing', isOver: false } }] }).passed).toEqual([
    'rollout',
    'job',
  ])
  expect(at({ ways: [been('failed')] }).passed).toEqual(['service', 'rollout', 'job'])
  expect(at({ ways: [{ release: undefined }] }).passed).toEqual(['service', 'rollout', 'approval', 'start'])
  expect(at({ ways: [{ release: undefined, window: undefined }] }).passed).toEqual(['service', 'rollout', 'approval'])
})

test('a device that is at work is told so, whatever became of it and its rollout meanwhile', () => {
  const working = { ...passage, state: 'rebooting', isOver: false }
  expect(at({ device: { isRig: true }, ways: [{ state: 'stopped', passage: working }] }).code).toBe('under-way')
})

test('every sentence has the figures that it names', () => {
  const all = [
    at({ device: { state: 'isolated' } }),
    at({ ways: [{ openWave: 1 }] }),
    at({ ways: [], offer }),
    at({ ways: [], offer: { ...offer, standing: 'incomparable' } }),
    at({ ways: [{ state: 'scheduled' }] }),
    at(),
    at({ ways: [{ held }] }),
  ]
  for (const { code, figures } of all) {
    const named = [...updateStops[code].says.matchAll(/\{(\w+)\}/g)].map(([, name]) => name ?? '')
    expect([code, Object.keys(figures)]).toEqual([code, expect.arrayContaining(named)])
  }
})
