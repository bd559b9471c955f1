import { describe, expect, test } from 'vitest'
import { deviceSearch, filterOf, isFiltered, narrowed } from './device-filter.ts'

describe('the address of the list of devices', () => {
  test('holds the query, and nothing else', () => {
    expect(deviceSearch({ q: ' site:Hall pump ', state: 'silent', sort: 'name' })).toEqual({ q: 'site:Hall pump' })
  })

  test('takes a number for the text that it was typed as', () => {
    expect(deviceSearch({ q: 100122 })).toEqual({ q: '100122' })
  })

  test('leaves out what can be no query', () => {
    for (const q of ['', '  ', ['a'], null, 'x'.repeat(2001)]) expect(deviceSearch({ q })).toEqual({})
  })

  test('tells the device that somebody comes back from apart from the filter', () => {
    const search = deviceSearch({ at: '01a21aee-f3da-7c8a-b0d5-1864f6ed82a7' })
    expect(filterOf(search)).toEqual({})
    expect(isFiltered(filterOf(search))).toBe(false)
    expect(isFiltered(filterOf(deviceSearch({ q: 'a' })))).toBe(true)
  })

  test('says in short how the list is looked at and grouped, and no more', () => {
    const search = { cols: 'mfd', rows: 'compact', by: 'site' }
    expect(deviceSearch(search)).toEqual(search)
    expect(deviceSearch({ cols: '??', rows: 'tiny', by: 'text' })).toEqual({})
    expect(filterOf(deviceSearch({ q: 'a', ...search }))).toEqual({ q: 'a' })
  })

  test('narrows a query so that every part of it still holds', () => {
    expect(narrowed(undefined, 'site:Hall')).toBe('site:Hall')
    expect(narrowed('rig:no fw<2', 'site:Hall')).toBe('rig:no fw<2 site:Hall')
    expect(narrowed('fw<2 or rig:yes', 'site:Hall')).toBe('(fw<2 or rig:yes) site:Hall')
  })
})
