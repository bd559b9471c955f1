import { connect } from 'node:net'
import { setTimeout as after } from 'node:timers/promises'

/** What is sent over one connection: bytes in pieces, as they are. */
export interface Sent {
  readonly pieces: readonly Buffer[]
  /** Whether they may be less than a request: then we hang up when nothing comes for a while. */
  readonly mayBeCut: boolean
  /** Whether the answer has no body whatever it says of its length. */
  readonly isHead: boolean
}

/** What came of it. */
export interface Outcome {
  /** The status of every answer; none when the server hung up without one. */
  readonly statuses: readonly number[]
  readonly isOver: boolean
  readonly ms: number
}

const statusLine = /HTTP\/1\.1 (\d{3})[^\r\n]*\r\n/g

/** Whether the first answer is whole, as far as its length is told. */
function isWhole(text: string, isHead: boolean): boolean {
  const headEnd = text.indexOf('\r\n\r\n')
  if (headEnd < 0 || /^HTTP\/1\.1 1\d\d/.test(text)) return false
  if (isHead) return true
  const length = /\r\ncontent-length: (\d+)/i.exec(text.slice(0, headEnd + 2))?.[1]
  if (length !== undefined) return text.length >= headEnd + 4 + Number(length)
  return text.endsWith('0\r\n\r\n') || /^HTTP\/1\.1 (204|304)/.test(text)
}

/**
 * Sends bytes to a server, and waits until they are answered or the connection is closed.
 * @param patienceMs after which it counts as neither
 */
export async function exchange(url: URL, { pieces, mayBeCut, isHead }: Sent, patienceMs: number): Promise<Outcome> {
  const started = performance.now()
  const socket = connect(Number(url.port), url.hostname)
  let text = ''
  const closed = new Promise<void>((done) => socket.once('close', () => done()))
  const whole = new Promise<void>((done) =>
    socket.on('data', (chunk: Buffer) => {
      // Only statuses and lengths are looked at; of a download, its beginning is enough.
      if (text.length < 1_000_000) text += chunk.toString('latin1')
      if (isWhole(text, isHead)) done()
    }),
  )
  socket.on('error', () => undefined)
  for (const [at, piece] of pieces.entries()) {
    if (at > 0) await after(1)
    if (!socket.destroyed) socket.write(piece)
  }
  // Node takes the end of what is sent for the end of the wish for an answer, so it does not come at once.
  const cut = mayBeCut ? setTimeout(() => socket.end(), 1_500) : undefined
  const isOver = await Promise.race([closed.then(() => true), whole.then(() => true), after(patienceMs, false)])
  clearTimeout(cut)
  // Requests behind the first one are answered right after it.
  if (isOver && !socket.destroyed) await Promise.race([closed, after(pieces.length > 1 ? 100 : 5)])
  socket.destroy()
  const statuses = [...text.matchAll(statusLine)].map(([, status]) => Number(status))
  return { statuses, isOver, ms: performance.now() - started }
}
