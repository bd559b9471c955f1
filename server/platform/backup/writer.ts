import { createHash } from 'node:crypto'
import { type FileHandle, open, rename, rm, stat } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { promisify } from 'node:util'
import { zstdCompress } from 'node:zlib'
import { syncDirectory } from '#platform/database/embedded/home.ts'
import { OperatorError } from '#platform/operator-error.ts'
import { type Part, partNames } from './manifest.ts'
import { endOfArchive, headerOf, paddingOf } from './tar.ts'

const compress = promisify(zstdCompress)

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')

/** The SHA-256 that a part is to have, if it is known, and what an operator is told of one that is not as it should be. */
interface Told {
  readonly expected?: string
  readonly changed: string
  readonly unreadable: (why: string) => string
}

async function* readable(from: AsyncIterable<Uint8Array>, told: Told['unreadable']): AsyncGenerator<Uint8Array> {
  try {
    yield* from
  } catch (error) {
    throw new OperatorError(told((error as Error).message))
  }
}

/** A backup on its way: a draft beside its name, which it gets when everything is on the disk. */
export class BackupWriter {
  readonly #path: string
  readonly #draft: string
  readonly #file: FileHandle
  readonly #parts: Part[] = []
  #bytes = 0

  private constructor(path: string, draft: string, file: FileHandle) {
    this.#path = path
    this.#draft = draft
    this.#file = file
  }

  /** @throws OperatorError when there is a file of this name: no backup is ever written over another */
  static async start(path: string): Promise<BackupWriter> {
    const whole = resolve(path)
    if (await stat(whole).catch(() => undefined))
      throw new OperatorError(`${path} is there already, and a backup is never written over: name another file.`)
    const draft = `${whole}.${process.pid}.draft`
    const file = await open(draft, 'wx', 0o600).catch((error: NodeJS.ErrnoException) => {
      throw new OperatorError(`${path} cannot be written (${error.message}); choose a folder that is yours.`)
    })
    return new BackupWriter(whole, draft, file)
  }

  get parts(): readonly Part[] {
    return this.#parts
  }

  async #write(bytes: Uint8Array): Promise<void> {
    await this.#file.writeFile(bytes)
    this.#bytes += bytes.length
  }

  async #member(name: string, bytes: Buffer): Promise<void> {
    await this.#write(Buffer.concat([headerOf({ name, size: bytes.length }), bytes, paddingOf(bytes.length)]))
  }

  /** Adds a part as it is. */
  async add(name: string, bytes: Buffer, more: Pick<Part, 'unpacked' | 'rows'> = {}): Promise<void> {
    await this.#member(name, bytes)
    this.#parts.push({ name, bytes: bytes.length, sha256: sha256(bytes), ...more })
  }

  /** Adds a part packed. */
  async pack(name: string, lines: readonly string[], rows: number): Promise<void> {
    const bytes = Buffer.from(lines.map((line) => `${line}\n`).join(''))
    await this.add(name, await compress(bytes), { unpacked: bytes.length, rows })
  }

  /**
   * Adds a part of a known size piece by piece, as it is.
   * @throws OperatorError in the words that are given when it cannot be read, is not of that size, or not of the SHA-256
   *   that is expected
   */
  async stream(
    name: string,
    size: number,
    from: AsyncIterable<Uint8Array>,
    { expected, changed, unreadable }: Told,
  ): Promise<void> {
    await this.#write(headerOf({ name, size }))
    const hash = createHash('sha256')
    let bytes = 0
    for await (const chunk of readable(from, unreadable)) {
      hash.update(chunk)
      bytes += chunk.length
      await this.#write(chunk)
    }
    await this.#write(paddingOf(size))
    const digest = hash.digest('hex')
    if (bytes !== size || (expected !== undefined && expected !== digest)) throw new OperatorError(changed)
    this.#parts.push({ name, bytes, sha256: digest })
  }

  /** Closes the backup, brings it to the disk and gives it its name. @returns SHA-256 of the manifest, and the size */
  async finish(): Promise<{ digest: string; bytes: number }> {
    const manifest = Buffer.from(`${JSON.stringify({ parts: this.#parts })}\n`)
    const digest = sha256(manifest)
    await this.#member(partNames.manifest, manifest)
    await this.#member(partNames.seal, Buffer.from(`${digest}  ${partNames.manifest}\n`))
    await this.#write(endOfArchive)
    await this.#file.sync()
    await this.#file.close()
    await rename(this.#draft, this.#path)
    await syncDirectory(dirname(this.#path))
    return { digest, bytes: this.#bytes }
  }

  /** Leaves nothing behind; after `finish` it does nothing. */
  async discard(): Promise<void> {
    await this.#file.close().catch(() => undefined)
    await rm(this.#draft, { force: true })
  }
}
