import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { basename } from 'node:path'
import { Readable } from 'node:stream'
import { showProgress } from './progress.ts'

/** A file as it is sent: its bytes as they are read, and how many there are. */
interface Sending {
  readonly stream: ReadableStream<Uint8Array>
  readonly length: number
}

/** Sends a file, and shows how much of it has gone. */
export async function sendFile<T>(file: string, send: (bytes: Sending) => Promise<T>): Promise<T> {
  const { size: length } = await stat(file)
  const shown = showProgress(`Uploading ${basename(file)}`, length)
  const counted = new TransformStream<Uint8Array, Uint8Array>({
    transform: (chunk, controller) => {
      shown.advance(chunk.byteLength)
      controller.enqueue(chunk)
    },
  })
  const stream = (Readable.toWeb(createReadStream(file)) as ReadableStream<Uint8Array>).pipeThrough(counted)
  try {
    return await send({ stream, length })
  } finally {
    shown.end()
  }
}
