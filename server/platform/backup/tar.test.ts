import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { expect, onTestFinished, test } from 'vitest'
import { blockBytes, endOfArchive, entryOf, headerOf, paddingOf } from './tar.ts'

test('a header says the name and the size that it was made of, however large', () => {
  const name = fc.stringMatching(/^[a-z0-9/._-]{1,100}$/)
  const size = fc.oneof(fc.nat(), fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER }))
  fc.assert(
    fc.property(name, size, (name, size) => {
      expect(entryOf(headerOf({ name, size }))).toEqual({ name, size })
    }),
  )
  expect(() => headerOf({ name: 'x'.repeat(101), size: 0 })).toThrow(/too long a name/)
})

test('a header that was touched anywhere is none', () => {
  const header = headerOf({ name: 'about.json', size: 300 })
  for (let at = 0; at < blockBytes; at++) {
    const changed = Buffer.from(header)
    changed[at] = (changed[at] ?? 0) ^ 0x01
    expect(() => entryOf(changed), `byte ${at}`).toThrow(RangeError)
  }
  expect(entryOf(Buffer.alloc(blockBytes))).toBeUndefined()
})

test('the tar of the system reads what is written here', () => {
  const folder = mkdtempSync(join(tmpdir(), 'suture-tar-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const bytes = Buffer.from('what is in it\n')
  const file = join(folder, 'a.tar')
  const member = [headerOf({ name: 'one/part.txt', size: bytes.length }), bytes, paddingOf(bytes.length)]
  writeFileSync(file, Buffer.concat([...member, endOfArchive]))
  expect(execFileSync('tar', ['-tf', file], { encoding: 'utf8' })).toBe('one/part.txt\n')
  expect(execFileSync('tar', ['-xOf', file, 'one/part.txt'], { encoding: 'utf8' })).toBe('what is in it\n')
})
