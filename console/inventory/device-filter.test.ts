import { describe, expect, test } from 'vitest'
import { deviceSearch, filterOf, isFiltered } from './device-filter.ts'

describe('the address of the list of devices', () => {
  test('holds the filters that the API knows, and nothing else', () => {
    expect(deviceSearch({ text: ' pump ', site: 'Hall', state: 'silent', model: '', sort: 'name' })).toEqual({
      text: 'pump',
      site: 'Hall',
      state: 'silent',
    })
  })

  test('takes a number for the text that it was typed as', () => {
    expect(deviceSearch({ text: 100122 })).toEqual({ text: '100122' })
  })

  test('leaves out what the server would refuse', () => {
    expect(deviceSearch({ state: 'broken', text: 'x'.repeat(201), model: ['a'], manufacturer: null })).toEqual({})
  })

  test('tells the device that somebody comes back from apart from the filter', () => {
    const search = deviceSearch({ at: '01a21aee-f3da-7c8a-b0d5-1864f6ed82a7' })
    expect(filterOf(search)).toEqual({})
    expect(isFiltered(filterOf(search))).toBe(false)
    expect(isFiltered(filterOf(deviceSearch({ text: 'a' })))).toBe(true)
  })
})
