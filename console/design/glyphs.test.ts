import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { glyphNames } from './glyph-names.ts'
import { type Look, looks } from './state.ts'

const sprite = readFileSync(join(import.meta.dirname, 'glyphs.svg'), 'utf8')
const drawn = [...sprite.matchAll(/<symbol id="([^"]+)"/g)].map(([, id]) => id)

test('every glyph that is named is drawn, and every one that is drawn is named', () => {
  expect([...glyphNames]).toEqual(drawn)
})

test('no two states of one kind look and read the same', () => {
  for (const [kind, states] of Object.entries(looks)) {
    const words = Object.values(states as Record<string, Look>).map(({ word }) => word)
    expect([kind, new Set(words).size]).toEqual([kind, words.length])
  }
})

test('teal is spent on what is closed, and on nothing that failed', () => {
  const failed = ['failed', 'silent', 'disputed', 'stopped', 'withdrawn', 'refused']
  for (const states of Object.values(looks) as Record<string, Look>[])
    for (const [state, { tone }] of Object.entries(states))
      if (failed.includes(state)) expect([state, tone]).toEqual([state, 'danger'])
  expect(looks.job.unverified.tone).not.toBe('closed')
  expect(looks.job.reported.tone).not.toBe('closed')
})
