import {
  draftPack,
  packBytes,
  packPublicKeys,
  saidOfChanged,
  saidOfPack,
  sealPack,
} from '@suture/testing/evidence-pack.ts'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { canonicalBytes, type Json } from './canonical.ts'
import type { EvidencePack } from './pack-file.ts'

const good = sealPack(draftPack())
const goodBytes = packBytes(good)

test('a pack may be indented for people, and nothing else may be written otherwise', () => {
  const pack = JSON.parse(goodBytes.toString()) as Json
  expect(saidOfPack(Buffer.from(`\n${JSON.stringify(pack, undefined, '\t')}\r\n`))).toBe('verified')
  expect(
    saidOfPack(Buffer.from(JSON.stringify(Object.fromEntries(Object.entries(pack as object).toReversed())))),
  ).toMatch(/^file: .*canonical/)
})

test.each([
  ['a key given twice', (text: string) => text.replace('"state":"silent"', '"state":"verified","state":"silent"')],
  ['a needless escape', (text: string) => text.replace('"Ada"', '"\\u0041da"')],
  ['0.0 for 0', (text: string) => text.replace('"wave":0', '"wave":0.0')],
  ['something after its end', (text: string) => `${text}{}`],
  ['a byte order mark', (text: string) => `\ufeff${text}`],
  ['an unknown field', (text: string) => text.replace('"format"', '"extra":1,"format"')],
  ['a prototype', (text: string) => text.replace('"format"', '"__proto__":{},"format"')],
  ['a depth of 65', (text: string) => `${'['.repeat(65)}${text}${']'.repeat(65)}`],
  ['half a file', (text: string) => text.slice(0, text.length / 2)],
  ['nothing in it', () => ''],
])('a file with %s is no pack', (_, change) => {
  const text = goodBytes.toString()
  expect(change(text)).not.toBe(text)
  expect(saidOfPack(Buffer.from(change(text)))).toMatch(/^file: /)
})

test('a file that nests too deep is refused before it is parsed', () => {
  const deep = (levels: number) =>
    goodBytes.toString().replace(/"verdict":.*}$/, `"verdict":${'['.repeat(levels)}${']'.repeat(levels)}}`)
  expect(saidOfPack(Buffer.from(deep(64)))).toBe('file: The file nests deeper than 64 levels.')
  expect(saidOfPack(Buffer.from(deep(63)))).toMatch(/^verdict: /)
  expect(saidOfPack(Buffer.from('['.repeat(1_000_000)))).toBe('file: The file nests deeper than 64 levels.')
})

test('a file larger than its reader allows is refused before it is parsed', () => {
  expect(saidOfPack(goodBytes, packPublicKeys, { maxBytes: goodBytes.length })).toBe('verified')
  expect(saidOfPack(goodBytes, packPublicKeys, { maxBytes: goodBytes.length - 1 })).toBe(
    `file: The file is larger than ${goodBytes.length - 1} bytes.`,
  )
})

test('any byte that is changed, left out or put in turns a pack red, blanks between tokens aside', () => {
  const isBlank = (byte: number) => [0x20, 0x0a, 0x0d, 0x09].includes(byte)
  const edit = fc.constantFrom<'change' | 'leave out' | 'put in'>('change', 'leave out', 'put in')
  fc.assert(
    fc.property(fc.nat(goodBytes.length - 1), fc.integer({ min: 0, max: 255 }), edit, (at, byte, how) => {
      fc.pre(how !== 'change' || goodBytes[at] !== byte)
      // Putting in the byte that stands there is the only other way to the same bytes; it makes them one longer.
      fc.pre(how !== 'put in' || !isBlank(byte))
      const put = how === 'leave out' ? [] : [byte]
      const rest = goodBytes.subarray(how === 'put in' ? at : at + 1)
      expect(saidOfPack(Buffer.concat([goodBytes.subarray(0, at), Buffer.from(put), rest]))).not.toBe('verified')
    }),
    { numRuns: 1500 },
  )
})

test('DSSE’s other alphabet, in which the same signature verifies, is not the form of a pack', () => {
  const url = (text: string) => Buffer.from(text, 'base64').toString('base64url')
  const { payloadType, payload, signatures } = good.statement
  const inUrl = signatures.map(({ keyid, sig }) => ({ keyid, sig: url(sig) }))
  for (const statement of [
    { payloadType, payload: url(payload), signatures },
    { payloadType, payload, signatures: inUrl },
  ])
    expect(saidOfChanged(good, (pack) => (pack.statement = statement))).toMatch(/^statement: .*another alphabet/)
})

type Holder = Record<string | number, unknown>
/** Every place in a pack: what holds it, and under which name. */
function places(value: unknown, path: readonly (string | number)[] = []): (readonly (string | number)[])[] {
  if (typeof value !== 'object' || value === null) return [path]
  const inside = Array.isArray(value)
    ? value.flatMap((item, at) => places(item, [...path, at]))
    : Object.entries(value).flatMap(([key, item]) => places(item, [...path, key]))
  return path.length === 0 ? inside : [path, ...inside]
}
const plausible: readonly unknown[] = [
  null,
  0,
  1,
  'verified',
  'failed',
  'observed',
  'attested',
  'CVE-2026-1234',
  'Ada',
  '2026-06-01T05:00:00.000Z',
  [],
  {},
]

test('any field that is changed, left out, doubled or exchanged for another of the pack turns it red', () => {
  const all = places(good)
  const anywhere = fc.constantFrom(...all)
  const how = fc.oneof(
    fc.constant({ kind: 'leave out' as const }),
    fc.constant({ kind: 'double' as const }),
    fc.constantFrom(...plausible).map((value) => ({ kind: 'set' as const, value })),
    anywhere.map((from) => ({ kind: 'copy' as const, from })),
  )
  const at = (pack: unknown, path: readonly (string | number)[]) =>
    path.reduce((holder, key) => (holder as Holder)[key], pack)
  fc.assert(
    fc.property(anywhere, how, (path, edit) => {
      const pack = structuredClone(good) as unknown
      const holder = at(pack, path.slice(0, -1)) as Holder
      const key = path.at(-1) as string | number
      const before = JSON.stringify(pack)
      if (edit.kind === 'leave out') Array.isArray(holder) ? holder.splice(Number(key), 1) : delete holder[key]
      else if (edit.kind === 'double')
        Array.isArray(holder) ? holder.push(holder[Number(key)]) : Object.assign(holder, { twice: 1 })
      else holder[key] = edit.kind === 'set' ? edit.value : structuredClone(at(good, edit.from))
      fc.pre(JSON.stringify(pack) !== before)
      expect(saidOfPack(canonicalBytes(pack as Json))).not.toBe('verified')
    }),
    { numRuns: 3000 },
  )
})

test('whatever stands in a pack, the verifier answers and does not fail', () => {
  const field = fc.constantFrom(...(Object.keys(good) as (keyof EvidencePack)[]))
  fc.assert(
    fc.property(field, fc.jsonValue(), (name, value) => {
      const text = JSON.stringify({ ...good, [name]: value })
      expect(saidOfPack(Buffer.from(text))).not.toBe('verified')
      expect(saidOfPack(Buffer.from(JSON.stringify(value)))).not.toBe('verified')
    }),
    { numRuns: 300 },
  )
})
