import { query } from '@suture/contract/query/parse.ts'
import { printQuery } from '@suture/contract/query/print.ts'
import { describe, expect, test } from 'vitest'
import {
  countOf,
  everybody,
  isFull,
  isMeant,
  mostIds,
  nobody,
  pageOf,
  queryOf,
  type Selection,
  toggled,
  upTo,
} from './selection.ts'

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

  test('means all that fit, whether they are loaded or not, but those that somebody takes out', () => {
    expect([countOf(everybody, 9_358), countOf(toggled(nobody, 'a'), 9_358)]).toEqual([9_358, 1])
    const but = toggled(everybody, 'c')
    expect([meant(everybody), meant(but), meant(toggled(but, 'c')), countOf(but, 9_358)]).toEqual([
      ...['abcde', 'abde', 'abcde', 9_357],
    ])
  })

  test('leaves no more out of all than a query can name', () => {
    const ids = Array.from({ length: mostIds + 1 }, (_, n) => `d${n}`)
    const full = ids.reduce(toggled, everybody)
    expect([isFull(full), countOf(full, 100), isMeant(full, ids.at(-1) ?? '')]).toEqual([true, 60, true])
    expect(isFull(toggled(full, 'd0'))).toBe(false)
  })

  test('is a query that reads as it is meant, whatever the list is narrowed by', () => {
    const but = toggled(toggled(everybody, 'a'), 'b')
    expect([
      ...[queryOf(everybody, undefined), queryOf(but, undefined), queryOf(but, 'hw:A or hw:B')],
      ...[queryOf(toggled(nobody, 'a'), 'hw:A'), queryOf({ kind: 'some', ids: new Set(order), anchor: 'a' }, 'x')],
    ]).toEqual([...['name:*', '-id:(a,b)', '(hw:A or hw:B) -id:(a,b)'], ...['id:(a)', 'id:(a,b,c,d,e)']])
    expect(printQuery(query(queryOf(but, 'hw:A or hw:B') ?? ''), 'rsql')).toBe('(hw==A,hw==B);id=out=(a,b)')
  })
})
