import { createHash, type Hash } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import type { Artifact } from './ddi.ts'
import { type ImageHeader, longestHeader, readHeader } from './image.ts'
import type { Link } from './link.ts'

/** How a download ended: with the bytes announced, with others, or because the server refused it. */
export type Download =
  | {
      readonly kind: 'complete'
      readonly sha256: string
      readonly length: number
      readonly resumed: number
      /** Undefined when the bytes are no image. */
      readonly header: ImageHeader | undefined
    }
  | { readonly kind: 'wrong'; readonly why: string }
  | { readonly kind: 'refused'; readonly status: number }

export interface DownloadOptions {
  /** Where to break the connection on purpose, as rising shares of the whole. */
  readonly breaks: readonly number[]
  /** What to wait for after the network or the server failed. */
  readonly wait: () => Promise<void>
  readonly signal: AbortSignal
}

/** How far a download has come; the bytes themselves are hashed and let go, so that a fleet fits in one process. */
interface Progress {
  hash: Hash
  received: number
  head: Buffer
  resumed: number
}

function take(progress: Progress, chunk: Buffer): void {
  progress.hash.update(chunk)
  progress.received += chunk.length
  if (progress.head.length < longestHeader && !progress.head.includes('\n'))
    progress.head = Buffer.concat([progress.head, chunk.subarray(0, longestHeader - progress.head.length)])
}

/** Reads on until the end, until it has too much, or up to the next break; false when the connection failed. */
async function readOn(response: IncomingMessage, progress: Progress, size: number, until: number): Promise<boolean> {
  try {
    for await (const chunk of response as AsyncIterable<Buffer>) {
      take(progress, chunk.subarray(0, until - progress.received))
      // Leaving the loop destroys the response and breaks the connection.
      if (progress.received >= until || progress.received > size) return true
    }
    return true
  } catch {
    return false
  }
}

const startOf = (response: IncomingMessage): number =>
  response.statusCode === 206 ? Number(/^bytes (\d+)-/.exec(response.headers['content-range'] ?? '')?.[1] ?? -1) : 0

/** What a reply means before its body is read: read on, try again later, or the end. */
function judge(response: IncomingMessage | undefined, progress: Progress): 'read' | 'later' | Download {
  const status = response?.statusCode ?? 0
  if (response === undefined || status >= 500 || status === 429) return 'later'
  if (status === 416) return { kind: 'wrong', why: 'the server holds fewer bytes than announced' }
  if (status !== 200 && status !== 206) return { kind: 'refused', status }
  const start = startOf(response)
  if (start === progress.received) {
    if (start > 0) progress.resumed++
    return 'read'
  }
  if (start !== 0) return { kind: 'wrong', why: 'the server answered with another range than asked for' }
  // It does not know ranges: from the beginning.
  Object.assign(progress, begin(), { resumed: progress.resumed })
  return 'read'
}

const begin = (): Progress => ({ hash: createHash('sha256'), received: 0, head: Buffer.alloc(0), resumed: 0 })

function judgeBytes({ hash, received, head, resumed }: Progress, { size, sha256 }: Artifact): Download {
  if (received !== size)
    return {
      kind: 'wrong',
      why: `wrong size: ${received > size ? `more than ${size}` : `${received} of ${size}`} bytes`,
    }
  const digest = hash.digest('hex')
  if (digest !== sha256) return { kind: 'wrong', why: `wrong SHA-256: ${digest}` }
  return { kind: 'complete', sha256: digest, length: received, resumed, header: readHeader(head) }
}

/**
 * Fetches an artifact and checks size and SHA-256; after a break it asks for the rest (RFC 9110, 14.2).
 * @throws when the signal aborts
 */
export async function download(link: Link, artifact: Artifact, options: DownloadOptions): Promise<Download> {
  const { wait, signal } = options
  const breaks = options.breaks.map((share) => Math.floor(share * artifact.size)).filter((at) => at > 0)
  const progress = begin()
  for (;;) {
    const range: Record<string, string> = progress.received > 0 ? { range: `bytes=${progress.received}-` } : {}
    const response = await link.open(artifact.href, range, signal)
    const verdict = judge(response, progress)
    if (verdict !== 'read') response?.resume()
    if (verdict === 'later') {
      await wait()
      continue
    }
    if (verdict !== 'read' || response === undefined) return verdict as Download
    const [next] = breaks
    const whole = await readOn(response, progress, artifact.size, next ?? Number.POSITIVE_INFINITY)
    signal.throwIfAborted()
    if (!whole) await wait()
    else if (next === undefined || progress.received < next) return judgeBytes(progress, artifact)
    // Each break happens once, even when the download begins anew.
    else breaks.shift()
  }
}
