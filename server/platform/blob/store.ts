import { createHash, randomUUID } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { chmod, open, readdir, rename, rm, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { isSha256 } from '@suture/trust/bytes.ts'
import { tryLock } from '#platform/file-lock.ts'
import { makeFolder } from '#platform/make-folder.ts'
import { Refusal } from '#platform/refusal.ts'

/** What is known of stored bytes: digests in lower-case hex, of which SHA-256 is the name; the others are for old clients. */
export interface Blob {
  readonly sha256: string
  readonly sha1: string
  readonly md5: string
  /** In bytes. */
  readonly length: number
}

/** What may be stored. */
interface Accepted {
  readonly maxBytes: number
  /** The SHA-256 that was announced, if one was. */
  readonly expected?: string | undefined
  /** Looks at the bytes before they get their name, and throws what they are to be refused with; then nothing is stored. */
  readonly check?: (draft: string, blob: Blob) => Promise<void>
}

/** Bytes that lie on the disk and have no name yet. */
interface Draft extends Blob {
  readonly path: string
  /** Gives them their name. */
  readonly keep: () => Promise<void>
}

/**
 * Files named by the SHA-256 of their bytes, below one folder. A name is there with all of its bytes or not at all:
 * bytes are written as a draft, brought to the disk, and only then get their name.
 */
export class BlobStore {
  readonly #root: string
  readonly #drafts: string
  readonly #release: () => void

  /** @internal see `openBlobStore` */
  constructor(root: string, drafts: string, release: () => void) {
    this.#root = root
    this.#drafts = drafts
    this.#release = release
  }

  /**
   * Stores bytes; the same bytes again are the same file.
   * @throws Refusal `blob/too-large` as soon as there are too many, `blob/other-digest` when they are not the announced ones
   */
  put(from: Readable | AsyncIterable<Uint8Array>, { maxBytes, expected, check }: Accepted): Promise<Blob> {
    return this.draft(from, maxBytes, async ({ path, keep, ...found }) => {
      if (expected !== undefined && expected !== found.sha256)
        throw new Refusal('blob/other-digest', { expected, received: found.sha256 })
      await check?.(path, found)
      await keep()
      return found
    })
  }

  /**
   * Takes bytes and leaves it to `work` whether they get a name; unless they do, nothing is stored.
   * @throws Refusal `blob/too-large` as soon as there are too many
   */
  async draft<T>(
    from: Readable | AsyncIterable<Uint8Array>,
    maxBytes: number,
    work: (draft: Draft) => Promise<T>,
  ): Promise<T> {
    const path = join(this.#drafts, randomUUID())
    try {
      const found = await write(from, path, maxBytes)
      return await work({ ...found, path, keep: () => this.#name(path, found.sha256) })
    } finally {
      await rm(path, { force: true })
    }
  }

  async #name(draft: string, sha256: string): Promise<void> {
    const path = this.path(sha256)
    await makeFolder(dirname(path))
    await rename(draft, path)
    await syncFolder(dirname(path))
  }

  /**
   * Reads bytes from `start` to `end`, both included and counted from 0, as in RFC 9110 section 14.1.2.
   * @throws when there is no such blob, or no such range: ask `stat` first
   */
  async open(
    sha256: string,
    { start = 0, end = Number.MAX_SAFE_INTEGER }: { readonly start?: number; readonly end?: number } = {},
  ): Promise<Readable> {
    // Looked at before the file is opened: a stream that cannot be made keeps its file open.
    if (!Number.isSafeInteger(start) || !Number.isSafeInteger(end) || start < 0 || end < start)
      throw new RangeError(`There is no range from ${start} to ${end}`)
    const file = await open(this.path(sha256), 'r')
    return file.createReadStream({ start, end })
  }

  /** The length of a blob in bytes; undefined when there is none of this name. */
  async stat(sha256: string): Promise<{ readonly length: number } | undefined> {
    try {
      return { length: (await stat(this.path(sha256))).size }
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
      throw error
    }
  }

  /** Where a blob’s file is, whether it exists or not. */
  path(sha256: string): string {
    if (!isSha256(sha256)) throw new Error('A blob is named by its SHA-256 in lower-case hex')
    return join(this.#root, 'sha256', sha256.slice(0, 2), sha256)
  }

  /** Removes a blob, if it is there; whoever reads it reads on. */
  async remove(sha256: string): Promise<void> {
    await rm(this.path(sha256), { force: true })
  }

  /** Ends the store’s claim to its drafts, and removes them. */
  async close(): Promise<void> {
    await rm(this.#drafts, { recursive: true, force: true })
    this.#release()
    await rm(lockOf(this.#drafts), { force: true })
  }
}

const lockOf = (drafts: string): string => `${drafts}.lock`

/**
 * Opens the store in a folder, and makes the folder if need be. Drafts that a dead process left behind are removed;
 * those of one that lives are not, so several processes may share the folder.
 */
export async function openBlobStore(root: string): Promise<BlobStore> {
  await makeFolder(root)
  await chmod(root, 0o700)
  const all = join(root, 'drafts')
  await makeFolder(all)
  for (const name of await readdir(all)) if (name.endsWith('.lock')) await tidy(join(all, name.slice(0, -5)))
  for (;;) {
    const drafts = join(all, randomUUID())
    const release = tryLock(lockOf(drafts))
    // Somebody else who opens the store may take a new lock for an old one, in the moment before it is held.
    if (!release) continue
    await makeFolder(drafts)
    return new BlobStore(root, drafts, release)
  }
}

/** Removes the drafts of a process that has died: its lock is free. */
async function tidy(drafts: string): Promise<void> {
  const release = tryLock(lockOf(drafts))
  if (!release) return
  await rm(drafts, { recursive: true, force: true })
  release()
  await rm(lockOf(drafts), { force: true })
}

/** SHA-256 of the bytes of a file as they lie on the disk now, in hex. */
export async function sha256OfFile(path: string): Promise<string> {
  const hash = createHash('sha256')
  await pipeline(createReadStream(path), hash)
  return hash.digest('hex')
}

/** Writes a draft and brings it to the disk; what was read and counted is what was written. */
async function write(from: Readable | AsyncIterable<Uint8Array>, draft: string, maxBytes: number): Promise<Blob> {
  const hashes = { sha256: createHash('sha256'), sha1: createHash('sha1'), md5: createHash('md5') }
  let length = 0
  const file = await open(draft, 'wx', 0o600)
  await pipeline(
    from,
    async function* (chunks: AsyncIterable<Uint8Array>) {
      for await (const chunk of chunks) {
        length += chunk.length
        if (length > maxBytes) throw new Refusal('blob/too-large', { limitBytes: maxBytes })
        for (const hash of Object.values(hashes)) hash.update(chunk)
        yield chunk
      }
    },
    file.createWriteStream({ flush: true }),
  )
  const { sha256, sha1, md5 } = hashes
  return { sha256: sha256.digest('hex'), sha1: sha1.digest('hex'), md5: md5.digest('hex'), length }
}

/** Brings a folder’s names to the disk. */
async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r')
  try {
    await folder.sync()
  } finally {
    await folder.close()
  }
}
