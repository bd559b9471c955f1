import { type JobState, jobStates } from '@suture/contract/states.ts'
import { expect, test } from 'vitest'
import type { Stopped, Wave } from './kinds.ts'
import { stopCounts, stoppedTexts, stopTexts } from './stop.ts'

const stratum = (devices: number, offered: number, quarantined = false) =>
  ({ devices, offered, quarantined }) as Wave['strata'][number]
const jobs = (...states: JobState[]) => states.map((state) => ({ state }))

test('a stop calls back who has not begun to write, and nobody who has', () => {
  const all = stopCounts([], jobs(...jobStates))
  expect(all).toEqual({ spared: 0, underWay: { recalled: 4, flashing: 2, verifying: 1 } })
  expect(stopCounts([], jobs('installing', 'rebooting')).underWay?.recalled).toBe(0)
})

test('devices that were to come are spared, except those that a quarantine spares already', () => {
  expect(stopCounts([{ strata: [stratum(10, 4), stratum(5, 1, true)] }, { strata: [stratum(3, 0)] }], []).spared).toBe(
    9,
  )
})

test('what a stop can do and cannot is said with its counts', () => {
  expect(stopTexts({ spared: 8574, underWay: { recalled: 1, flashing: 53, verifying: 0 } })).toEqual([
    '8,574 devices are not offered the update any more.',
    '1 device that has not begun to write is called back at the next poll.',
    '53 devices are writing or restarting and will finish: interrupting them is riskier.',
  ])
  expect(stopTexts({ spared: 0, underWay: { recalled: 0, flashing: 0, verifying: 1 } })).toEqual([
    '1 device has reported and will still be read.',
  ])
  expect(stopTexts(stopCounts([], []))).toEqual(['No device is under way.'])
})

test('before the jobs are known it is not said that no device is under way', () => {
  const waves = [{ strata: [stratum(10, 4)] }]
  expect(stopTexts(stopCounts(waves, undefined))).toEqual([
    '6 devices are not offered the update any more.',
    'Which devices are under way is not known yet.',
  ])
  expect(stopTexts(stopCounts([], undefined))).toEqual(['Which devices are under way is not known yet.'])
})

test('what a stop did is said with the figures of the answer', () => {
  const stopped = { cancelling: 2, flashing: 1, verifying: 1 } as Stopped
  expect(stoppedTexts(stopped)).toEqual([
    'Stopped for good.',
    '2 devices are called back, and answer at their next poll.',
    '1 device is in mid-flash: left alone, finishing, and then read.',
    '1 device has reported and is being read.',
  ])
})
