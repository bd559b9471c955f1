import { rolloutStates } from '@suture/contract/states.ts'
import { expect, test } from 'vitest'
import { actionsOf, isAlarm, isMoving, isOver } from './actions.ts'
import type { Plan, Rollout } from './kinds.ts'

const now = new Date('2026-11-27T12:00:00Z')
const plan = { notBefore: new Date('2026-11-27T11:00:00Z'), notAfter: new Date('2026-11-28T11:00:00Z') } as Plan
const rollout = (given: Partial<Rollout>) => ({ approvals: [], ...given }) as unknown as Rollout
const verbs = (state: Rollout['state']) => actionsOf(rollout({ state }), plan, now).map(({ verb }) => verb)
const approval = {} as Rollout['approvals'][number]

test('what can be done depends on the state, and nothing can be done to what is over', () => {
  expect(verbs('awaiting-approval')).toEqual(['start', 'stop'])
  expect(verbs('scheduled')).toEqual(['start', 'stop'])
  expect(verbs('running')).toEqual(['pause', 'stop'])
  expect(verbs('paused')).toEqual(['resume', 'stop'])
  for (const state of rolloutStates.filter(isOver)) expect(verbs(state)).toEqual([])
  expect(rolloutStates.filter(isOver)).toEqual(['stopped', 'rolling-back', 'finished', 'expired'])
  expect(rolloutStates.filter(isMoving)).toEqual(['running', 'paused'])
})

test('a plan that cannot be started says why', () => {
  const start = (given: Partial<Rollout>, at = now) => actionsOf(rollout(given), plan, at)[0]?.not
  expect(start({ state: 'awaiting-approval' })).toBe('Two people must sign the plan first')
  expect(start({ state: 'awaiting-approval', approvals: [approval] })).toBe('One more person must sign the plan first')
  expect(start({ state: 'awaiting-approval', approvals: [approval, approval] })).toBe(
    'The signer has not signed the plan yet',
  )
  expect(start({ state: 'scheduled' })).toBeUndefined()
  expect(start({ state: 'scheduled' }, new Date('2026-11-27T10:00:00Z'))).toBe(
    'The plan may run from 27 Nov 2026, 11:00 UTC on',
  )
  expect(start({ state: 'scheduled' }, plan.notAfter)).toBe('The plan allowed it until 28 Nov 2026, 11:00 UTC')
})

test('a stored plan that is not what was signed is an alarm; one that nobody signed yet is none', () => {
  const signed = { state: 'signed', refusal: null } as const
  expect(isAlarm({ verified: false, signing: signed, state: 'awaiting-approval' })).toBe(true)
  expect(isAlarm({ verified: false, signing: null, state: 'running' })).toBe(true)
  expect(isAlarm({ verified: false, signing: null, state: 'awaiting-approval' })).toBe(false)
  expect(isAlarm({ verified: false, signing: null, state: 'stopped' })).toBe(false)
  expect(isAlarm({ verified: true, signing: signed, state: 'running' })).toBe(false)
})
