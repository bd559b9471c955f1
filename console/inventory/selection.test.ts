import { describe, expect, test } from 'vitest'
import { countOf, everybody, isMeant, nobody, pageOf, type Selection, toggled, upTo } from './selection.ts'

const order = ['a', 'b', 'c', 'd', 'e']
const meant = (selection: Selection) => order.filter((id) => isMeant(selection, id)).join('')

describe('a selection of devices', () => {
  test('takes one in and lets it go again', () => {
    const one = toggled(nobody, 'b')
    expect([meant(one), meant(toggled(one, 'd')), meant(toggled(one, 'b'))]).toEqual(['b', 'bd', ''])
  })

  test('reaches from the last that was pointed at, in either direction', () => {
    expect(meant(upTo(toggled(nobody, 'b'), 'd', order))).toBe('bcd')
    expect(meant(upTo(toggled(nobody, 'd'), 'b', order))).toBe('bcd')
    expect(meant(upTo(upTo(toggled(nobody, 'c'), 'd', order), 'a', order))).toBe('abcd')
    expect(meant(upTo(nobody, 'c', order))).toBe('c')
  })

  test('takes all rows that are loaded, as many as can be named, and none when pressed again', () => {
    const page = pageOf(toggled(nobody, 'e'), order, 3)
    expect([meant(page), meant(pageOf(page, order, 3)), meant(pageOf(nobody, [], 3))]).toEqual(['abc', '', ''])
  })

  test('means all that fit, whether they are loaded or not, until somebody points at one', () => {
    expect([countOf(everybody, 9_358), countOf(toggled(nobody, 'a'), 9_358)]).toEqual([9_358, 1])
    expect([meant(everybody), meant(toggled(everybody, 'c'))]).toEqual(['abcde', 'c'])
  })
})
