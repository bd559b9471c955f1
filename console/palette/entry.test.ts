import { expect, test } from 'vitest'
import { type Entry, fits, stepFrom } from './entry.ts'
import { quoted } from './quoted.ts'

const entry = (name: string, more: Partial<Entry> = {}): Entry => ({
  id: name,
  glyph: 'n-dev',
  name,
  way: { to: '/' },
  ...more,
})

test('an entry fits when every word that was typed begins one of its own', () => {
  const device = entry('dev-a-0001', { what: 'Unitronics Vision, serial SN-7', also: 'plc' })
  for (const typed of ['', 'dev', 'DEV-A', '0001', 'uni vis', 'sn-7', 'plc'])
    expect([typed, fits(device, typed)]).toEqual([typed, true])
  for (const typed of ['ev', 'vision wago', 'dev-b']) expect([typed, fits(device, typed)]).toEqual([typed, false])
})

test('a step goes round at the ends, and to the first when what was chosen is gone', () => {
  const all = ['a', 'b', 'c'].map((name) => entry(name))
  expect(stepFrom(all, 'a', 1)?.id).toBe('b')
  expect(stepFrom(all, 'c', 1)?.id).toBe('a')
  expect(stepFrom(all, 'a', -1)?.id).toBe('c')
  expect(stepFrom(all, 'gone', 1)?.id).toBe('a')
  expect(stepFrom([], 'a', 1)).toBeUndefined()
})

test('a name in a command is one word for a shell, whatever stands in it', () => {
  expect(quoted('Harbour')).toBe('Harbour')
  expect(quoted('North Yard')).toBe(`'North Yard'`)
  expect(quoted(`Jo's $(reboot)`)).toBe(`'Jo'\\''s $(reboot)'`)
})
