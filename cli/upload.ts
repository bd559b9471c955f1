import { createReadStream } from 'node:fs'
import { access, constants, stat } from 'node:fs/promises'
import { basename } from 'node:path'
import { Readable } from 'node:stream'
import { getSystemErrorMessage } from 'node:util'
import { Failure } from './failure.ts'
import { showProgress } from './progress.ts'

/** A file as it is sent: its bytes as they are read, and how many there are. */
interface Sending {
  readonly stream: ReadableStream<Uint8Array>
  readonly length: number
}

/** Why a file is not read, in words; anything that the system did not say is left as it is. */
function unreadable(file: string, error: unknown): unknown {
  const { code, errno } = error as NodeJS.ErrnoException
  if (code === 'ENOENT') return new Failure(`There is no file ${file}.`)
  return errno === undefined ? error : new Failure(`${file} cannot be read: ${getSystemErrorMessage(errno)}.`)
}

/**
 * How many bytes a file has.
 * @throws Failure when it is none that can be read from its beginning to its end
 */
async function lengthOf(file: string): Promise<number> {
  try {
    const found = await stat(file)
    if (!found.isFile()) throw new Failure(`${file} is no plain file.`)
    await access(file, constants.R_OK)
    return found.size
  } catch (error) {
    throw unreadable(file, error)
  }
}

/** The bytes of a file, exactly as many as were announced. */
async function* bytesOf(file: string, length: number, advance: (by: number) => void): AsyncGenerator<Uint8Array> {
  let read = 0
  try {
    for await (const chunk of createReadStream(file) as AsyncIterable<Buffer>) {
      read += chunk.byteLength
      if (read > length) break
      advance(chunk.byteLength)
      yield chunk
    }
  } catch (error) {
    throw unreadable(file, error)
  }
  if (read !== length) throw new Failure(`${file} was changed while it was sent: send it again.`)
}

/**
 * Sends a file, and shows how much of it has gone.
 * @throws Failure before anything is sent when the file cannot be read
 */
export async function sendFile<T>(file: string, send: (bytes: Sending) => Promise<T>): Promise<T> {
  const length = await lengthOf(file)
  const shown = showProgress(`Uploading ${basename(file)}`, length)
  const stream = Readable.toWeb(Readable.from(bytesOf(file, length, shown.advance))) as ReadableStream<Uint8Array>
  try {
    return await send({ stream, length })
  } finally {
    shown.end()
  }
}
