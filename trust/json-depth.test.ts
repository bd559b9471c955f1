import fc from 'fast-check'
import { expect, test } from 'vitest'
import { nestsDeeperThan } from './json-depth.ts'

const depthOf = (value: unknown): number =>
  value !== null && typeof value === 'object' ? 1 + Math.max(0, ...Object.values(value).map(depthOf)) : 0

test('the depth found in the bytes is the depth of the parsed document', () => {
  fc.assert(
    fc.property(fc.json({ maxDepth: 8 }), fc.integer({ min: 0, max: 8 }), (json, limit) => {
      expect(nestsDeeperThan(Buffer.from(json), limit)).toBe(depthOf(JSON.parse(json)) > limit)
    }),
  )
})

test('a document nested a million times is refused without being parsed', () => {
  expect(nestsDeeperThan(Buffer.from('['.repeat(1_000_000)), 64)).toBe(true)
})

test('brackets inside strings do not count, even after an escaped quote', () => {
  expect(nestsDeeperThan(Buffer.from(String.raw`{"a":"\"[[[[\\","b":"]]"}`), 1)).toBe(false)
})
