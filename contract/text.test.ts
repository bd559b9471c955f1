import { expect, test } from 'vitest'
import { PlainText, Text } from './text.ts'

test('text takes every script, and no character that makes a reader see another text', () => {
  for (const text of ['Pumpe Süd', 'насос', 'مضخة \u200f1', '泵 🏭', ''])
    expect(Text.safeParse(text).success).toBe(true)
  for (const odd of ['\u0000', '\n', '\u001b', '\u007f', '\u202e', '\u2066', '\ud800'])
    expect([odd, Text.safeParse(`pump${odd}1`).success]).toEqual([odd, false])
  expect(PlainText.safeParse('a password \u202e').success).toBe(true)
})
