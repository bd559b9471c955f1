import { updateStops } from '@suture/contract/update-gates.ts'
import { expect, test } from 'vitest'
import { type Subject, stopOf, type Way } from './update.ts'

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
const passage = { lastWordAt: now, isOver: true, isAgain: false }
const held = { person: 'Ada', reason: 'No space' }

const at = (
  given: {
    readonly device?: Partial<Subject>
    readonly way?: Partial<Way> | null
    readonly offer?: string
    readonly settles?: Date
  } = {},
) =>
  stopOf(
    { ...device, ...given.device },
    {
      offer: given.offer,
      way: given.way === null ? undefined : { ...way, ...given.way },
      now,
      settles: given.settles,
    },
  )

test.each<[keyof typeof updateStops, Parameters<typeof at>[0]]>([
  ['registered', { device: { state: 'quarantined' } }],
  ['retired', { device: { state: 'retired' } }],
  ['not-live', { device: { state: 'isolated' } }],
  ['rig', { device: { isRig: true } }],
  ['no-release', { way: null }],
  ['no-release', { way: { release: { version: '2', artifactFor: () => undefined } } }],
  ['up-to-date', { way: null, offer: '1' }],
  ['up-to-date', { device: { firmware: '2' } }],
  ['no-rollout', { way: null, offer: '2' }],
  ['not-approved', { way: { state: 'awaiting-approval', approvals: 1, window: undefined } }],
  ['not-signed', { way: { state: 'awaiting-approval', window: undefined } }],
  ['signing-refused', { way: { state: 'awaiting-approval', refusal: 'signing/x', window: undefined } }],
  ['unverified', { way: { window: undefined } }],
  ['not-started', { way: { state: 'scheduled' } }],
  ['too-early', { way: { window: { notBefore: new Date('2026-06-02'), notAfter: new Date('2026-06-03') } } }],
  ['time-over', { way: { window: { notBefore: new Date('2026-05-01'), notAfter: now } } }],
  ['paused', { way: { state: 'paused' } }],
  ['settling', { settles: new Date('2026-06-01T12:00:01Z') }],
  ['release-unverified', { way: { release: undefined } }],
  ['revision-quarantined', { way: { isQuarantined: true } }],
  ['beyond-waves', { way: { reaches: [5, 10] } }],
  ['wave-not-open', { way: { openWave: 1 } }],
  ['not-asked', {}],
  ['under-way', { way: { passage: { ...passage, state: 'installing', isOver: false } } }],
  ['ended', { way: { passage: { ...passage, state: 'failed' } } }],
  ['retry-waits', { way: { passage: { ...passage, state: 'failed', isAgain: true } } }],
  ['paused', { way: { state: 'paused', passage: { ...passage, state: 'failed', isAgain: true } } }],
  ['held', { way: { held } }],
  ['verified', { device: { firmware: '2' }, way: { passage: { ...passage, state: 'verified' } } }],
])('a device stays at %s', (code, given) => {
  expect(at(given).code).toBe(code)
})

test('a device that is at work is told so, whatever became of it and its rollout meanwhile', () => {
  const working = { ...passage, state: 'rebooting', isOver: false }
  expect(at({ device: { isRig: true }, way: { state: 'stopped', passage: working } }).code).toBe('under-way')
})

test('every sentence has the figures that it names', () => {
  const all = [
    at({ device: { state: 'isolated' } }),
    at({ way: { openWave: 1 } }),
    at({ way: null, offer: '2' }),
    at({ way: { state: 'scheduled' } }),
    at(),
    at({ way: { held } }),
  ]
  for (const { code, figures } of all) {
    const named = [...updateStops[code].says.matchAll(/\{(\w+)\}/g)].map(([, name]) => name ?? '')
    expect([code, Object.keys(figures)]).toEqual([code, expect.arrayContaining(named)])
  }
})
