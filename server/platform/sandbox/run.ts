import { type FileHandle, open } from 'node:fs/promises'
import type { Readable } from 'node:stream'
import { maxJsonDepth, nestsDeeperThan } from '@suture/trust/json-depth.ts'
import { z } from 'zod'
import { createGate } from '#platform/gate.ts'
import { launch } from './launch.ts'
import { watchMemory } from './memory.ts'
import { inShort, type Order, readyMark } from './protocol.ts'
import { type Input, type Limits, type Outcome, type Reason, reasons, type Work } from './work.ts'

/** Reading is heavy: two at once on one machine, and so many inputs in memory that wait for their turn. */
const readings = createGate({ atOnce: 2, waiting: 8 })

/** What the child answers, after the mark. It stands here because the child starts faster without a library of schemas. */
const Answer = z.union([
  z.strictObject({ value: z.unknown() }),
  z.strictObject({ refused: z.enum(reasons), detail: z.string().max(300) }),
])

/** The bytes of what the child says on standard error that are kept. */
const errorBytes = 4096
/** The bytes of the order, which travels in the child’s environment. */
const orderBytes = 64 * 1024

const refused = (reason: Reason, detail: string): Outcome<never> => ({ ok: false, refused: reason, detail })

/**
 * Reads untrusted bytes in a child process that can reach neither the network, nor a file, nor another process, and
 * that is ended when it takes too long, too much memory or says too much.
 * @param signal ends the reading, for no fault of what is read
 * @throws Refusal `http/too-many-requests` when too many readings wait already; the signal's reason
 */
export const runSandboxed = <T>(
  work: Work<T>,
  input: Input,
  limits: Limits,
  signal = new AbortController().signal,
): Promise<Outcome<T>> => readings.run(() => readOnce(work, input, limits, signal))

async function readOnce<T>(work: Work<T>, input: Input, limits: Limits, signal: AbortSignal): Promise<Outcome<T>> {
  const file = 'path' in input ? await open(input.path, 'r') : undefined
  try {
    const length = await lengthOf(file, input)
    if (length > limits.inputBytes) return refused('too-large', `The input has more than ${limits.inputBytes} bytes`)
    const order: Order = {
      entry: work.entry.href,
      inputBytes: length,
      outputBytes: limits.outputBytes,
      milliseconds: limits.milliseconds,
      jsonDepth: work.jsonDepth,
      given: input.given,
    }
    if (JSON.stringify(order).length > orderBytes) throw new Error('More goes along with an input than an order holds')
    const end = await converse(order, limits, file?.fd ?? (input as { bytes: Uint8Array }).bytes, signal)
    // However it ended: whoever stops the server may have ended the reader as well.
    signal.throwIfAborted()
    return judge(work, end)
  } finally {
    await file?.close()
  }
}

async function lengthOf(file: FileHandle | undefined, input: Input): Promise<number> {
  if (!file) return (input as { bytes: Uint8Array }).bytes.length
  const found = await file.stat()
  if (!found.isFile()) throw new Error('Only a plain file can be read in the sandbox')
  return found.size
}

/** How a child ended: cut off by us, or by itself with what it said. */
interface End {
  readonly cut: Outcome<never> | undefined
  readonly said: Buffer
  readonly errors: string
  readonly status: number | null
  readonly signal: NodeJS.Signals | null
}

/** Starts a child, gives it the input, and waits until it has ended. */
async function converse(order: Order, limits: Limits, input: Uint8Array | number, signal: AbortSignal): Promise<End> {
  const child = await launch(order, limits, typeof input === 'number' ? input : 'pipe')
  let cut: Outcome<never> | undefined
  const stop = (reason: Reason, detail: string) => {
    cut ??= refused(reason, detail)
    child.kill('SIGKILL')
  }
  const giveUp = () => void child.kill('SIGKILL')
  signal.addEventListener('abort', giveUp)
  if (signal.aborted) giveUp()
  const tooMuch = () => stop('too-much-memory', `Reading took more than ${limits.memoryBytes} bytes of memory`)
  const unwatch = child.pid === undefined ? () => {} : watchMemory(child.pid, limits.memoryBytes, tooMuch)
  const timer = setTimeout(
    () => stop('too-slow', `Reading took longer than ${limits.milliseconds} ms`),
    limits.milliseconds,
  )
  const said = gather(child.stdio[3] as Readable, limits.outputBytes + 1024, () =>
    stop('too-large', `What was read takes more than ${limits.outputBytes} bytes`),
  )
  const errors = gather(child.stderr as Readable, errorBytes, () => {})
  // A child that ends before it has read everything breaks the pipe; how it ended is told by its end.
  child.stdin?.on('error', () => {})
  if (typeof input !== 'number') child.stdin?.end(input)
  return new Promise((done, fail) => {
    child.once('error', fail)
    child.once('close', (status, signal) => {
      done({ cut, said: Buffer.concat(said), errors: Buffer.concat(errors).toString('utf8'), status, signal })
    })
  }).finally(() => {
    clearTimeout(timer)
    signal.removeEventListener('abort', giveUp)
    unwatch()
  }) as Promise<End>
}

/** Collects what a stream says, up to so many bytes, and tells once when there are more. */
function gather(from: Readable, mostBytes: number, exceeded: () => void): Buffer[] {
  const chunks: Buffer[] = []
  let length = 0
  from.on('error', () => {})
  from.on('data', (chunk: Buffer) => {
    if (length > mostBytes) return
    length += chunk.length
    if (length > mostBytes) exceeded()
    else chunks.push(chunk)
  })
  return chunks
}

/** What a child’s end means. The child may have been taken over by its input, so nothing that it says is believed. */
function judge<T>(work: Work<T>, { cut, said, errors, status, signal }: End): Outcome<T> {
  if (cut) return cut
  const how = signal === null ? `status ${status}` : `signal ${signal}`
  // By the kernel or by a person; what V8 does to itself is another signal.
  if (signal === 'SIGKILL' || signal === 'SIGTERM') return refused('unreadable', `The reader was ended (${how})`)
  if (said[0] !== readyMark) throw new Error(`A sandbox did not start (${how}): ${errors.slice(0, 1000)}`)
  if (/heap out of memory|Fatal process out of memory/.test(errors)) return refused('too-much-memory', 'Memory ran out')
  if (said.length === 1) return refused('unreadable', `The reader ended without an answer (${how})`)
  const body = said.subarray(1)
  const answer = nestsDeeperThan(body, maxJsonDepth) ? undefined : Answer.safeParse(parsed(body))
  if (!answer?.success) return refused('unreadable', 'The reader’s answer has another form')
  if ('refused' in answer.data) return refused(answer.data.refused, inShort(answer.data.detail))
  const value = work.reply.safeParse(answer.data.value)
  if (value.success) return { ok: true, value: value.data }
  const [{ path, message } = { path: [], message: '' }] = value.error.issues
  return refused(
    'unreadable',
    inShort(`What was read has another form than it must have: ${path.join('.')}: ${message}`),
  )
}

function parsed(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'))
  } catch {
    return undefined
  }
}
