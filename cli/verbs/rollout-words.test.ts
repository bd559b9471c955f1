import { expect, test } from 'vitest'
import { waveText } from './rollout-words.ts'

const counts = { devices: 5, offered: 4, verified: 1, failed: 1, silent: 1, other: 0 }
const retries = { asked: 0, offered: 0, ended: 0, verified: 0 }

test('each figure of a wave says what it counts', () => {
  const figures = { devices: 5, ended: 3, failed: 2, silent: 1, maxFailurePercent: 40 }
  const why = { code: 'failure-limit' as const, figures }
  expect(waveText({ no: 1, state: 'stopped', why, openedAt: null, endedAt: null, retries, ...counts } as never)).toBe(
    'wave 1 [############........] stopped: 3 of 5 devices have ended, 1 verified, 1 failed, 1 silent, 1 under way. ' +
      'More devices of the wave failed than the plan allows; silence counts as failure ' +
      '(5 devices, 3 have ended, 2 failed, 1 of the failed were silent, at most 40 % may fail)',
  )
})
