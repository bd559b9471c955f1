import { spawn } from 'node:child_process'
import { createHash, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, onTestFinished, test } from 'vitest'
import { type BlobStore, openBlobStore } from './store.ts'

let root: string
let store: BlobStore
beforeEach(async () => {
  root = join(mkdtempSync(join(tmpdir(), 'suture-blob-')), 'blobs')
  store = await openBlobStore(root)
})
afterEach(async () => {
  await store.close()
  rmSync(root, { recursive: true })
})

const of = (...chunks: Uint8Array[]) => Readable.from(chunks)
const hex = (name: string, bytes: Uint8Array) => createHash(name).update(bytes).digest('hex')
const roomy = { maxBytes: 1024 * 1024 * 1024 }

/** Every plain file below a folder, but for locks. */
const files = (folder = root): string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !/\.lock(-journal)?$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))

const bytesAndRanges = fc.uint8Array({ minLength: 1, maxLength: 300 }).chain((bytes) => {
  const at = fc.nat(bytes.length - 1)
  return fc.record({ bytes: fc.constant(bytes), ends: fc.tuple(at, at), cuts: fc.array(fc.nat(bytes.length)) })
})

test('whatever is stored, in whatever pieces, comes back whole and in part, under its digests', async () => {
  await fc.assert(
    fc.asyncProperty(bytesAndRanges, async ({ bytes, ends, cuts }) => {
      const places = [0, ...cuts.sort((a, b) => a - b), bytes.length]
      const pieces = places.slice(1).map((to, i) => bytes.subarray(places[i], to))
      const blob = await store.put(of(...pieces), roomy)
      expect(blob).toEqual({
        sha256: hex('sha256', bytes),
        sha1: hex('sha1', bytes),
        md5: hex('md5', bytes),
        length: bytes.length,
      })
      expect(readFileSync(store.path(blob.sha256))).toEqual(Buffer.from(bytes))
      expect(await buffer(await store.open(blob.sha256))).toEqual(Buffer.from(bytes))
      const [start = 0, end = 0] = ends.sort((a, b) => a - b)
      expect(await buffer(await store.open(blob.sha256, { start, end }))).toEqual(
        Buffer.from(bytes.subarray(start, end + 1)),
      )
      expect(await buffer(await store.open(blob.sha256, { start }))).toEqual(Buffer.from(bytes.subarray(start)))
      expect(await store.stat(blob.sha256)).toEqual({ length: bytes.length })
    }),
    { numRuns: 40 },
  )
})

test('nobody else on the machine may read or list it', async () => {
  const { sha256 } = await store.put(of(Buffer.from('firmware')), roomy)
  const modes = [root, join(root, 'sha256'), join(store.path(sha256), '..'), store.path(sha256)].map(
    (path) => statSync(path).mode & 0o777,
  )
  expect(modes).toEqual([0o700, 0o700, 0o700, 0o600])
})

describe('nothing is stored when', () => {
  test('there is one byte too many, and no more is read than that takes', async () => {
    const chunk = Buffer.alloc(1000)
    let sent = 0
    const endless = async function* () {
      for (;;) {
        sent += chunk.length
        yield chunk
      }
    }
    await expect(store.put(endless(), { maxBytes: 10_000 })).rejects.toMatchObject({
      code: 'blob/too-large',
      detail: { limitBytes: 10_000 },
    })
    expect(sent).toBeLessThan(200_000)
    await expect(store.put(of(Buffer.alloc(10_001)), { maxBytes: 10_000 })).rejects.toThrow('blob/too-large')
    expect(files()).toEqual([])
    expect(await store.put(of(Buffer.alloc(10_000)), { maxBytes: 10_000 })).toMatchObject({ length: 10_000 })
  })

  test('the bytes are not those that were announced', async () => {
    const [sent, announced] = [Buffer.from('these'), hex('sha256', Buffer.from('those'))]
    await expect(store.put(of(sent), { ...roomy, expected: announced })).rejects.toMatchObject({
      code: 'blob/other-digest',
      detail: { expected: announced, received: hex('sha256', sent) },
    })
    expect(files()).toEqual([])
    expect(await store.put(of(sent), { ...roomy, expected: hex('sha256', sent) })).toMatchObject({ length: 5 })
  })

  test('the sender goes away in the middle', async () => {
    const broken = async function* () {
      yield Buffer.alloc(100_000)
      throw new Error('gone')
    }
    await expect(store.put(broken(), roomy)).rejects.toThrow('gone')
    const destroyed = new Readable({ read() {} })
    destroyed.push(Buffer.alloc(100_000))
    const putting = store.put(destroyed, roomy)
    destroyed.destroy()
    await expect(putting).rejects.toThrow()
    expect(files()).toEqual([])
  })

  test('the process is killed in the middle; the next one removes what it left, but not what a living one writes', async () => {
    const living = new Readable({ read() {} })
    living.push(Buffer.alloc(1000, 1))
    const putting = store.put(living, roomy)
    const child = spawn(process.execPath, [fileURLToPath(new URL('./writer.fixture.ts', import.meta.url)), root], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    onTestFinished(() => void child.kill('SIGKILL'))
    await once(child.stdout, 'data')
    await expect
      .poll(() =>
        files()
          .map((path) => statSync(path).size)
          .sort((a, b) => a - b),
      )
      .toEqual([1000, 1024 * 1024])
    child.kill('SIGKILL')
    await once(child, 'exit')
    const half = hex('sha256', Buffer.alloc(1024 * 1024, 7))
    expect(await store.stat(half)).toBeUndefined()

    const next = await openBlobStore(root)
    expect(files().map((path) => statSync(path).size)).toEqual([1000])
    await next.close()
    living.push(null)
    expect(await putting).toMatchObject({ length: 1000 })
    expect(files()).toHaveLength(1)
  })
})

test('the same bytes, stored by many at once, are one file', async () => {
  const bytes = randomBytes(500_000)
  const others = await Promise.all([openBlobStore(root), openBlobStore(root)])
  const stored = await Promise.all([store, ...others, store, store].map((each) => each.put(of(bytes), roomy)))
  expect(new Set(stored.map(({ sha256 }) => sha256))).toEqual(new Set([hex('sha256', bytes)]))
  expect(files()).toEqual([store.path(hex('sha256', bytes))])
  expect(readFileSync(store.path(hex('sha256', bytes)))).toEqual(bytes)
  for (const other of others) await other.close()
})

test('storing the same bytes again mends a file that the disk has spoilt', async () => {
  const bytes = Buffer.from('firmware')
  const { sha256 } = await store.put(of(bytes), roomy)
  writeFileSync(store.path(sha256), 'rotten')
  await store.put(of(bytes), roomy)
  expect(readFileSync(store.path(sha256))).toEqual(bytes)
})

test('what was removed is not there; what was never there can be removed', async () => {
  const { sha256 } = await store.put(of(Buffer.from('firmware')), roomy)
  await store.remove(sha256)
  expect(await store.stat(sha256)).toBeUndefined()
  await expect(store.open(sha256)).rejects.toThrow('ENOENT')
  await store.remove(sha256)
})

test.each(['', '../../../etc/passwd', 'A'.repeat(64), `${'a'.repeat(63)}/`, `${'a'.repeat(64)}\n`])(
  'a name that is no digest leads nowhere: %j',
  async (name) => {
    expect(() => store.path(name)).toThrow('named by its SHA-256')
    await expect(store.open(name)).rejects.toThrow('named by its SHA-256')
    await expect(store.stat(name)).rejects.toThrow('named by its SHA-256')
    await expect(store.remove(name)).rejects.toThrow('named by its SHA-256')
  },
)

test('a range that has no bytes is refused, and leaves no file open', async () => {
  const { sha256 } = await store.put(of(Buffer.from('firmware')), roomy)
  const opened = () =>
    readdirSync('/proc/self/fd').filter((fd) => {
      const path = join('/proc/self/fd', fd)
      return existsSync(path) && readlinkSync(path) === store.path(sha256)
    })
  const read = await store.open(sha256)
  expect(opened()).toHaveLength(1)
  await buffer(read)
  for (const range of [{ start: 5, end: 4 }, { start: -1 }, { start: 0.5 }, { end: Number.NaN }])
    await expect(store.open(sha256, range)).rejects.toThrow('There is no range')
  expect(opened()).toEqual([])
})

test('bytes that somebody checks and refuses are never there under their name, not even while they are checked', async () => {
  const bytes = Buffer.from('not what it says it is')
  const sha256 = hex('sha256', bytes)
  const refusing = store.put(of(bytes), {
    ...roomy,
    check: async (draft, blob) => {
      expect(readFileSync(draft)).toEqual(bytes)
      expect(blob).toMatchObject({ sha256, length: bytes.length })
      expect(await store.stat(sha256)).toBeUndefined()
      throw new Error('refused')
    },
  })
  await expect(refusing).rejects.toThrow('refused')
  expect(files()).toEqual([])
  await store.put(of(bytes), { ...roomy, check: async () => undefined })
  expect(await store.stat(sha256)).toEqual({ length: bytes.length })
})
