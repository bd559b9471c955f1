import { expect, test } from 'vitest'
import { cursorIn, saying, textIn } from './address.ts'

test('a text in an address may have been read as a number, and is no text when it is empty or too long', () => {
  expect([textIn('Vision', 9), textIn(12, 9), textIn(' a ', 9)]).toEqual(['Vision', '12', 'a'])
  for (const given of [undefined, '', '  ', 'x'.repeat(10), ['a'], { a: 1 }]) expect(textIn(given, 9)).toBeUndefined()
})

test('a cursor is what a server may have said, and what an address does not say is not in it', () => {
  expect([cursorIn('abc'), cursorIn(7), cursorIn('x'.repeat(513))]).toEqual(['abc', undefined, undefined])
  expect(Object.keys(saying<{ a?: number; b?: number }>({ a: 1, b: undefined }))).toEqual(['a'])
})
