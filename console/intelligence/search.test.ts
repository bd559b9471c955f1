import { expect, test } from 'vitest'
import { filterOf, oneSearch, placeSearch } from './search.ts'

const device = '019aa000-0000-7000-8000-000000000000'

test('the address of the place keeps what it understands', () => {
  const whole = {
    ...{ tab: 'findings', state: 'any', vulnerability: 'CVE-2023-6448', manufacturer: 'Unitronics', model: 'Vision' },
    ...{ site: 3, all: true, cursor: 'abc', why: 'CVE-2023-6448', on: device },
  }
  expect(placeSearch(whole)).toEqual(whole)
  expect(filterOf(placeSearch(whole))).toEqual({
    ...{ vulnerability: 'CVE-2023-6448', manufacturer: 'Unitronics', model: 'Vision', site: 3 },
  })
})

test.each([
  { tab: 'risk' },
  { state: 'published' },
  { vulnerability: 'CVE-2023' },
  { site: '3' },
  { site: 0 },
  { site: 2 ** 31 },
  { all: false },
  { why: 'CVE-2023-6448' },
  { on: device },
  { why: 'a reason', on: device },
])('%j says nothing to it', (given) => {
  expect(placeSearch(given)).toEqual({})
})

test('one vulnerability is asked about a device that can be one', () => {
  expect(oneSearch({ on: device })).toEqual({ on: device })
  expect(oneSearch({ on: 'pump' })).toEqual({})
})
