import { finalJobStates, type JobState, jobStates } from '@suture/contract/states.ts'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { step } from '#platform/machine.ts'
import { countOf, isFinal, type Job, type JobStep, job, recallable } from './job.ts'

const said = [
  'seen',
  'downloading',
  'downloaded',
  'installing',
  'rebooting',
  'succeeded',
  'failed',
  'rejected',
  'cancelled',
  'cancel-refused',
] as const
const word = fc.constantFrom(...said).map((kind): JobStep => ({ kind }))
const ours: readonly JobStep[] = [
  { kind: 'silence' },
  { kind: 'cancel', class: 'rollout-stopped' },
  { kind: 'verify' },
  { kind: 'dispute', class: 'old-version' },
]
const walk = (steps: readonly JobStep[]): Job[] => {
  const seen: Job[] = [{ kind: 'offered' }]
  for (const each of steps) seen.push(step(job, seen.at(-1) as Job, each).state)
  return seen
}

test('no word of a device, nor any number of them, verifies its job', () => {
  fc.assert(
    fc.property(fc.array(word, { maxLength: 20 }), (words) => {
      for (const { kind } of walk(words)) expect(kind).not.toBe('verified')
    }),
  )
})

test('what has ended stays as it is, and what a device once claimed is kept', () => {
  fc.assert(
    fc.property(fc.array(fc.oneof(word, fc.constantFrom(...ours)), { maxLength: 20 }), (steps) => {
      const states = walk(steps)
      const end = states.findIndex(({ kind }) => isFinal(kind))
      if (end >= 0) expect(new Set(states.slice(end)).size).toBe(1)
      const claimed = states.find(({ claim }) => claim !== undefined)
      if (claimed) expect(states.at(-1)?.claim).toBe(claimed.claim)
    }),
  )
})

test('a stop reaches a device only before it may have begun to write', () => {
  const reached = jobStates.filter(
    (kind) => step(job, { kind } as Job, { kind: 'cancel', class: 'rollout-stopped' }).ok,
  )
  expect(reached).toEqual(['waiting', ...recallable])
  const late = walk([{ kind: 'cancel', class: 'rollout-stopped' }, { kind: 'cancel-refused' }])
  expect(late.at(-1)?.kind).toBe('installing')
})

test('silence and every end but a verified one count against the rollout, and a recall counts as nothing', () => {
  const counted = (count: string) => finalJobStates.filter((state) => countOf[state] === count)
  expect(counted('verified')).toEqual(['verified'])
  expect(counted('silent')).toEqual(['silent'])
  expect(counted('other')).toEqual(['cancelled', 'superseded'])
  expect(Object.keys(countOf).toSorted()).toEqual([...finalJobStates].toSorted())
  const first: JobState = 'offered'
  expect(step(job, { kind: first }, { kind: 'silence' }).state).toEqual({ kind: 'silent', class: 'no-word' })
})
