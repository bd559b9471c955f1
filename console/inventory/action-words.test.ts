import { describe, expect, test } from 'vitest'
import { type DeviceAction, isCount, isTyped, standOf, titleOf } from './action-words.ts'

const now = new Date('2026-11-28T06:00:00Z')
const action: DeviceAction = {
  ...{ id: '', kind: 'retire', site: null, q: 'rig:no', state: 'draft', devices: 9_358, done: 0, left: 9_344 },
  ...{ excluded: [], draftedAt: now, draftedBy: 'Ada', beginsAt: null, endedAt: null },
}
const running = { ...action, state: 'running' as const, beginsAt: new Date('2026-11-28T06:00:08Z') }

describe('an action on devices', () => {
  test('says what it would do, does and did', () => {
    const titles = [
      action,
      { ...action, left: 0 },
      running,
      { ...running, done: 1, left: 2 },
      { ...running, kind: 'admit' as const, site: 'Works', state: 'done' as const, done: 1, left: 0 },
      { ...running, state: 'stopped' as const, left: 0 },
    ].map((each) => titleOf(each, now))
    expect(titles).toEqual([
      'Retire 9,344 devices',
      'Retire: no device can be retired',
      '9,344 devices will be retired',
      '1 device retired, 2 devices left',
      '1 device let in to Works',
      'Stopped: 0 devices retired',
    ])
  })

  test('waits until its time, and then is under way', () => {
    expect([standOf(running, now), standOf(running, new Date('2026-11-28T06:00:08Z'))]).toEqual(['waiting', 'running'])
  })

  test('asks for the count above 500 devices, however its thousands are parted', () => {
    expect([isTyped(500), isTyped(501)]).toEqual([false, true])
    expect(['9344', '9,344', ' 9 344 ', '9344.', '934', '', '09344'].map((each) => isCount(each, 9_344))).toEqual([
      ...[true, true, true, true, false, false, false],
    ])
  })
})
