import { beforeEach, describe, expect, test, vi } from 'vitest'
import { columnNames, columnsOf, densityOf, keepLook, keptLook, moved, switched, usualLook } from './list-look.ts'

beforeEach(() => {
  const said = new Map<string, string>()
  vi.stubGlobal('localStorage', {
    getItem: (key: string) => said.get(key) ?? null,
    setItem: (key: string, text: string) => void said.set(key, text),
  })
})

describe('how the list of devices is looked at', () => {
  test('is a short text in the address, of which what is no column is left out', () => {
    expect([columnsOf('mfd'), columnsOf('fm?f'), columnsOf('?'), columnsOf(''), columnsOf(7)]).toEqual([
      ...[['m', 'f', 'd'], ['f', 'm'], undefined, undefined, undefined],
    ])
    expect([densityOf('compact'), densityOf('tiny')]).toEqual(['compact', undefined])
  })

  test('changes by a column at a time, and one always stays', () => {
    expect(moved(['m', 'f', 'd'], 'f', -1)).toEqual(['f', 'm', 'd'])
    expect(moved(['m', 'f', 'd'], 'f', 1)).toEqual(['m', 'd', 'f'])
    expect(moved(['m', 'f'], 'm', -1)).toEqual(['m', 'f'])
    expect([switched(['m', 'f'], 'd'), switched(['m', 'f'], 'm'), switched(['m'], 'm')]).toEqual([
      ...[['m', 'f', 'd'], ['f'], ['m']],
    ])
  })

  test('is remembered on this device, and what is not understood is the usual', () => {
    expect(keptLook()).toEqual(usualLook)
    keepLook({ columns: ['d', 'm'], density: 'roomy' })
    expect(keptLook()).toEqual({ columns: ['d', 'm'], density: 'roomy' })
    localStorage.setItem('suture-device-list', '?? tiny')
    expect(keptLook()).toEqual(usualLook)
  })

  test('names every column once', () => {
    expect(new Set(Object.values(columnNames)).size).toBe(Object.keys(columnNames).length)
  })
})
