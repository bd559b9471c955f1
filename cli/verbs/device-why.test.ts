import { expect, test } from 'vitest'
import { described } from './device-why.ts'

const said = { figures: {}, remedy: null }
const told = {
  ...{ firmware: '1', wanted: '2', release: null, job: null, wave: null },
  rollout: { id: 'r', name: 'Locks', state: 'running' as const },
}

test('a device at work is told with the gates that nobody looked at, which are not said to be passed', () => {
  const stop = { ...said, gate: 'end' as const, code: 'under-way' as const, says: 'It is installing' }
  expect(described({ ...told, passed: ['rollout', 'job'], stop })).toBe(`It runs 1; 2 is for it.
Rollout Locks, running: r
  · It is in service: not looked at
  · There is a published release for it: not looked at
  ✓ A rollout is for it
  · The plan is approved and signed: not looked at
  · The rollout runs: not looked at
  · Plan and release verify: not looked at
  · Its revision is not quarantined or held: not looked at
  · Its wave is open: not looked at
  ✓ It took the job
  → It was read running the version
It is installing.`)
})

test('where nothing is to be done, the last gate is as good as passed', () => {
  const stop = { ...said, gate: 'release' as const, code: 'up-to-date' as const, says: 'It runs 2 already' }
  const lines = described({ ...told, firmware: '2', rollout: null, passed: ['service'], stop }).split('\n')
  expect(lines.slice(0, 4)).toEqual([
    'It runs 2.',
    '  ✓ It is in service',
    '  ✓ There is a published release for it',
    '  · A rollout is for it: not looked at',
  ])
})
