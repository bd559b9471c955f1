import { expect, test } from 'vitest'
import { IdleDevices } from './idle.ts'

const device = (uid: string) =>
  ({ id: 1, uid, state: 'live', isRig: false, modelId: 1, hardwareRevision: 'A' }) as const
const secret = Buffer.alloc(32, 0xff)

test('a device is found by its name, its own secret and until its time is over', () => {
  const idle = new IdleDevices(10)
  idle.keep('a', secret, device('1'), 1000)
  expect(idle.find('a', secret, 999)?.uid).toBe('1')
  expect(idle.find('a', secret, 1000)).toBeUndefined()
  expect(idle.find('a', Buffer.alloc(32, 0xfe), 0)).toBeUndefined()
  expect(idle.find('b', secret, 0)).toBeUndefined()
})

test('a device that comes under another name is not found under the one before', () => {
  const idle = new IdleDevices(10)
  idle.keep('a', secret, device('1'), 1000)
  idle.keep('b', secret, device('1'), 1000)
  expect([idle.find('a', secret, 0), idle.find('b', secret, 0)?.uid]).toEqual([undefined, '1'])
  idle.forget('1')
  expect(idle.size).toBe(0)
})

test('there are never more than there is room for, and those kept first go first', () => {
  const idle = new IdleDevices(2)
  for (const name of ['a', 'b', 'a', 'c']) idle.keep(name, secret, device(name), 1000)
  expect(['a', 'b', 'c'].map((name) => idle.find(name, secret, 0) !== undefined)).toEqual([true, false, true])
  idle.forgetAll()
  expect(idle.size).toBe(0)
})
