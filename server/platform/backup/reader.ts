import { createHash } from 'node:crypto'
import { type FileHandle, open } from 'node:fs/promises'
import { promisify } from 'node:util'
import { zstdDecompress } from 'node:zlib'
import { z } from 'zod'
import { OperatorError } from '#platform/operator-error.ts'
import { About, formatVersion, Manifest, type Part, partNames, type Summary, summaryOf } from './manifest.ts'
import { blockBytes, type Entry, entryOf, paddingOf } from './tar.ts'

const decompress = promisify(zstdDecompress)

/** The most that is read into memory in one piece: a part that is packed, what it unpacks to, or the manifest. */
const mostInMemory = 768 << 20
const chunkBytes = 1 << 20

/** What was found wrong with a file; its sentences end with what to do. */
function refuse(why: string): never {
  throw new OperatorError(`${why} Nothing was restored from it: take another copy of the backup.`)
}

interface Place extends Entry {
  /** Where its bytes begin in the file. */
  readonly at: number
}

/** A backup that was found to be whole; each part is held against its SHA-256 once more when it is read. */
export class BackupReader {
  readonly about: About
  readonly summary: Summary
  readonly parts: readonly Part[]
  readonly #file: FileHandle
  readonly #places: ReadonlyMap<string, Place>

  private constructor(
    file: FileHandle,
    found: { readonly about: About; readonly manifest: Manifest; readonly summary: Summary },
    places: ReadonlyMap<string, Place>,
  ) {
    this.#file = file
    this.#places = places
    this.about = found.about
    this.summary = found.summary
    this.parts = found.manifest.parts
  }

  /**
   * Opens a backup and reads it through once: every part is there, once, with the SHA-256 that the manifest names.
   * @param advance told of the bytes that were read
   * @throws OperatorError when it is not a backup, not a whole one, or a newer version's
   */
  static async open(path: string, advance: (bytes: number) => void): Promise<BackupReader> {
    const file = await open(path, 'r').catch((error: NodeJS.ErrnoException) => {
      throw new OperatorError(`${path} cannot be read (${error.message}).`)
    })
    try {
      return await BackupReader.#verified(file, path, advance)
    } catch (error) {
      await file.close()
      throw error
    }
  }

  static async #verified(file: FileHandle, path: string, advance: (bytes: number) => void): Promise<BackupReader> {
    const stat = await file.stat()
    if (!stat.isFile()) throw new OperatorError(`${path} is no file: name the backup itself.`)
    const { size } = stat
    const { places, digests } = await scan(file, path, size, advance)
    const read = async (name: string): Promise<Buffer> => {
      const place = places.get(name)
      return place ? bytesAt(file, place) : refuse(`${path} is no whole backup: it has no ${name}.`)
    }
    const sealed = await read(partNames.manifest)
    const digest = createHash('sha256').update(sealed).digest('hex')
    if ((await read(partNames.seal)).toString() !== `${digest}  ${partNames.manifest}\n`)
      refuse(`${path} was changed: its manifest is not the one that it was closed with.`)
    const manifest = parsed(Manifest, sealed, path)
    for (const { name, bytes, sha256 } of manifest.parts)
      if (places.get(name)?.size !== bytes || digests.get(name) !== sha256)
        refuse(`${path} was changed: ${name} is not what it was when the backup was made.`)
    const listed = new Set(manifest.parts.map(({ name }) => name))
    for (const name of places.keys())
      if (!listed.has(name) && name !== partNames.manifest && name !== partNames.seal)
        refuse(`${path} was changed: it holds ${JSON.stringify(name)}, of which its manifest knows nothing.`)
    if (listed.size !== manifest.parts.length) refuse(`${path} was changed: its manifest names a part twice.`)
    const about = parsed(About, await read(partNames.about), path)
    return new BackupReader(file, { about, manifest, summary: summaryOf(about, manifest, digest, size) }, places)
  }

  /** The bytes of a part, unpacked if it is packed. */
  async read(part: Part): Promise<Buffer> {
    const bytes = await bytesAt(this.#file, this.#placeOf(part))
    if (createHash('sha256').update(bytes).digest('hex') !== part.sha256)
      refuse(`The backup was changed while it was read: ${part.name} is another now.`)
    if (part.unpacked === undefined) return bytes
    const most = Math.min(part.unpacked, mostInMemory)
    const unpacked = await decompress(bytes, { maxOutputLength: Math.max(1, most) }).catch(() => undefined)
    return unpacked?.length === part.unpacked ? unpacked : refuse(`${part.name} does not unpack to what it was.`)
  }

  /** The bytes of a part piece by piece; whoever takes them holds them against its SHA-256. */
  stream(part: Part): AsyncGenerator<Buffer> {
    return chunksAt(this.#file, this.#placeOf(part))
  }

  #placeOf({ name }: Part): Place {
    return this.#places.get(name) ?? refuse(`The backup has no ${name}.`)
  }

  close(): Promise<void> {
    return this.#file.close()
  }
}

/** Reads a document of a backup. */
export function parsed<T extends z.ZodType>(shape: T, bytes: Buffer, path: string): z.output<T> {
  let value: unknown
  try {
    value = JSON.parse(bytes.toString())
  } catch {}
  const read = shape.safeParse(value)
  return read.success ? read.data : refuse(`${path} does not hold what a backup of Suture holds.`)
}

/** What the first part has in every version of this format. */
const Maker = z.looseObject({ version: z.int(), suture: z.string().max(64) })

/** A newer format is told as such, before anything else of it is found to be wrong. */
async function demandFormat(file: FileHandle, about: Place, path: string): Promise<void> {
  const { version, suture } = parsed(Maker, await bytesAt(file, about), path)
  if (version > formatVersion)
    refuse(`${path} was made by a newer Suture (${suture}), whose backups this one cannot read.`)
}

/** Goes through a file once: where each part lies, and its SHA-256. */
async function scan(file: FileHandle, path: string, size: number, advance: (bytes: number) => void) {
  const places = new Map<string, Place>()
  const digests = new Map<string, string>()
  let at = 0
  for (;;) {
    const entry = await entryAt(file, path, at, size)
    if (entry === undefined) break
    const place = { ...entry, at: at + blockBytes }
    const end = place.at + entry.size + paddingOf(entry.size).length
    if (places.size === 0 && entry.name !== partNames.about) refuse(`${path} is no backup of Suture.`)
    if (end > size) refuse(`${path} was cut off in the middle of ${JSON.stringify(entry.name)}.`)
    if (places.size === 0) await demandFormat(file, place, path)
    if (places.has(entry.name)) refuse(`${path} was changed: it holds ${JSON.stringify(entry.name)} twice.`)
    const hash = createHash('sha256')
    for await (const chunk of chunksAt(file, place)) {
      hash.update(chunk)
      advance(chunk.length)
    }
    const padding = paddingOf(entry.size).length
    await assertZeros(file, { name: entry.name, at: end - padding, size: padding }, path)
    places.set(entry.name, place)
    digests.set(entry.name, hash.digest('hex'))
    at = end
  }
  if (at + 2 * blockBytes !== size) refuse(`${path} has something behind its end.`)
  await assertZeros(file, { name: 'its end', at, size: 2 * blockBytes }, path)
  return { places, digests }
}

/** Between the parts there is nothing, so that no byte of a file goes unlooked at. */
async function assertZeros(file: FileHandle, place: Place, path: string): Promise<void> {
  if ((await bytesAt(file, place)).some((byte) => byte !== 0))
    refuse(`${path} was changed: something was put behind ${place.name}.`)
}

async function entryAt(file: FileHandle, path: string, at: number, size: number): Promise<Entry | undefined> {
  if (at === 0 && size < blockBytes) return refuse(`${path} is no backup of Suture.`)
  if (at + blockBytes > size) return refuse(`${path} was cut off: its end is missing.`)
  try {
    return entryOf(await bytesAt(file, { name: 'a header', size: blockBytes, at }))
  } catch (error) {
    if (!(error instanceof RangeError)) throw error
    return refuse(at === 0 ? `${path} is no backup of Suture.` : `${path} was changed: a header in it cannot be read.`)
  }
}

async function bytesAt(file: FileHandle, place: Place): Promise<Buffer> {
  if (place.size > mostInMemory) refuse(`${place.name} is larger than anything that a backup holds in one piece.`)
  const chunks: Buffer[] = []
  for await (const chunk of chunksAt(file, place)) chunks.push(chunk)
  return Buffer.concat(chunks)
}

async function* chunksAt(file: FileHandle, { name, size, at }: Place): AsyncGenerator<Buffer> {
  for (let done = 0; done < size; ) {
    const chunk = Buffer.alloc(Math.min(chunkBytes, size - done))
    const { bytesRead } = await file.read(chunk, 0, chunk.length, at + done)
    if (bytesRead === 0) refuse(`The backup ends in the middle of ${name}.`)
    yield chunk.subarray(0, bytesRead)
    done += bytesRead
  }
}
