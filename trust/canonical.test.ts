import fc from 'fast-check'
import { expect, test } from 'vitest'
import { canonicalBytes, type Json, readCanonical } from './canonical.ts'

const key = fc.stringMatching(/^[\x20-\x7e]{0,8}$/).filter((text) => text !== '__proto__')
const json = fc.letrec<{ value: Json }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    fc.constant(null),
    fc.boolean(),
    fc.maxSafeInteger().map((n) => n + 0),
    fc.string({ unit: 'grapheme' }),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(key, tie('value'), { maxKeys: 4, noNullPrototype: true }),
  ),
})).value

const codeOf = (text: string | Uint8Array): string => {
  try {
    readCanonical(Buffer.from(text))
  } catch (error) {
    return (error as { code: string }).code
  }
  return 'read'
}

test('a value is read back from its canonical bytes, whatever order its keys were in', () => {
  fc.assert(
    fc.property(json, (value) => {
      expect(readCanonical(canonicalBytes(value))).toEqual(value)
    }),
  )
})

test('any other bytes for the same value are refused', () => {
  fc.assert(
    fc.property(json, fc.integer({ min: 1, max: 4 }), (value, indent) => {
      const text = JSON.stringify(value, null, indent)
      fc.pre(text !== canonicalBytes(value).toString())
      expect(codeOf(text)).toBe('encoding/not-canonical')
    }),
  )
})

test.each([
  ['a key given twice', '{"a":1,"a":1}', 'encoding/not-canonical'],
  ['keys in another order', '{"b":1,"a":1}', 'encoding/not-canonical'],
  ['1.0', '{"a":1.0}', 'encoding/not-canonical'],
  ['1e0', '{"a":1e0}', 'encoding/not-canonical'],
  ['minus nothing', '{"a":-0}', 'encoding/value-not-allowed'],
  ['a fraction', '{"a":0.5}', 'encoding/value-not-allowed'],
  ['2^53', '9007199254740992', 'encoding/value-not-allowed'],
  ['infinity', '1e999', 'encoding/value-not-allowed'],
  ['a needless escape', '"\\u0041"', 'encoding/not-canonical'],
  ['half a surrogate pair', '"\\ud800"', 'encoding/value-not-allowed'],
  ['a key outside ASCII', '{"ä":1}', 'encoding/value-not-allowed'],
  ['a byte order mark', '\ufeff{}', 'encoding/not-json'],
  ['a trailing line break', '{}\n', 'encoding/not-canonical'],
  ['nothing', '', 'encoding/not-json'],
  ['a depth of 65', `${'['.repeat(65)}${']'.repeat(65)}`, 'encoding/too-deep'],
  ['a million brackets', '['.repeat(1_000_000), 'encoding/too-deep'],
  ['more than a mebibyte', `"${'a'.repeat(1 << 20)}"`, 'encoding/too-large'],
  ['a depth of 64', `${'['.repeat(64)}${']'.repeat(64)}`, 'read'],
  ['brackets in a text', `"${'[{'.repeat(100)}\\""`, 'read'],
])('%s', (_, text, expected) => {
  expect(codeOf(text)).toBe(expected)
})

test('bytes that are not UTF-8 are refused', () => {
  expect(codeOf(Buffer.from([0x22, 0xff, 0x22]))).toBe('encoding/not-utf8')
  expect(codeOf(Buffer.from([0x22, 0xc0, 0x80, 0x22]))).toBe('encoding/not-utf8')
})
