import { describe, expect, test } from 'vitest'
import { type DeviceRow, piecesOf, placeOf, rowsOf } from './device-rows.ts'

const page = (...ids: string[]) => ({ items: ids.map((id) => ({ id }) as DeviceRow) })
const ids = (rows: readonly DeviceRow[]) => rows.map(({ id }) => id).join('')

describe('the rows of a list that came in pages', () => {
  test('are those of the pages in their order', () => {
    expect(ids(rowsOf([page('a', 'b'), page('c')], new Map()))).toBe('abc')
  })

  test('are those of a page that was asked for again, each device once', () => {
    expect(ids(rowsOf([page('a', 'b'), page('c', 'd')], new Map([[0, page('a', 'c')]])))).toBe('acd')
  })
})

test('a range of rows lies in the pieces that it touches', () => {
  expect(piecesOf(0, 30, 100)).toEqual([0])
  expect(piecesOf(95, 130, 100)).toEqual([0, 1])
  expect(piecesOf(-5, 0, 100)).toEqual([0])
})

test('a place is told from the outside in, and a device without a site says so', () => {
  expect(placeOf({ site: 'Works', area: 'Hall', zone: 'Line' })).toBe('Works › Hall › Line')
  expect(placeOf({ site: 'Works', area: null, zone: null })).toBe('Works')
  expect(placeOf({ site: null, area: null, zone: null })).toBe('no site')
})
