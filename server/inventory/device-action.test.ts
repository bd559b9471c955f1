import { type DeviceActionState, deviceActionStates } from '@suture/contract/device-actions.ts'
import { describe, expect, test } from 'vitest'
import { step } from '#platform/machine.ts'
import { deviceAction, isTooOld, reasonOf, tallyOf } from './device-action.ts'

const led = (state: DeviceActionState, kind: 'start' | 'finish' | 'stop') => {
  const to = step(deviceAction, { kind: state }, { kind })
  return to.ok ? to.state.kind : 'refused'
}

describe('an action on devices', () => {
  test('begins once, ends once, and is stopped only while it is under way', () => {
    expect(deviceActionStates.map((state) => led(state, 'start'))).toEqual(['running', 'refused', 'refused', 'refused'])
    expect(deviceActionStates.map((state) => led(state, 'stop'))).toEqual(['refused', 'stopped', 'refused', 'refused'])
    expect(deviceActionStates.map((state) => led(state, 'finish'))).toEqual(['refused', 'done', 'refused', 'refused'])
  })

  test('is drafted again after an hour', () => {
    const at = new Date('2026-01-01T00:00:00Z')
    expect([60, 61].map((minutes) => isTooOld(at, new Date(at.getTime() + minutes * 60_000)))).toEqual([false, true])
  })

  test('is told in numbers that add up, the most frequent reason first', () => {
    const counted = [
      { outcome: 'rig', devices: 2 },
      { outcome: null, devices: 3 },
      { outcome: 'open-job', devices: 4 },
      { outcome: 'done', devices: 5 },
      { outcome: 'already-retired', devices: 2 },
    ]
    expect(tallyOf(counted)).toEqual({
      devices: 16,
      done: 5,
      left: 3,
      excluded: [
        { reason: 'open-job', devices: 4 },
        { reason: 'already-retired', devices: 2 },
        { reason: 'rig', devices: 2 },
      ],
    })
    expect(tallyOf([])).toEqual({ devices: 0, done: 0, left: 0, excluded: [] })
  })

  test('takes a refusal about the device for a reason, and no other', () => {
    expect(reasonOf('inventory/serial-taken')).toBe('serial-taken')
    expect(['http/bad-query', 'constructor'].map(reasonOf)).toEqual([undefined, undefined])
  })
})
