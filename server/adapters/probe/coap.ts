import { randomBytes, randomInt } from 'node:crypto'
import { createSocket, type Socket } from 'node:dgram'
import { isIPv6 } from 'node:net'
import { generate, type ParsedPacket, parse } from 'coap-packet'
import type { Observation, Observer, ProbeTarget } from '../port.ts'
import { longestAnswer, readIdentity, unreadable } from './identity.ts'
import { afterError, neverAsked } from './target.ts'

/** How patient an observer is, in milliseconds. */
export interface Patience {
  /** Before the first repetition, times 1 to 1.5; it doubles each time (RFC 7252, 4.2). */
  readonly ackTimeoutMs: number
  /** After which it asks no more, and waits no longer. */
  readonly deadlineMs: number
}

/** Messages that belong to no question, after which an observer stops listening. */
const mostStrays = 32
/** Content-Format of application/json (RFC 7252, 12.3). */
const json = 50
/** Options that may be ignored (RFC 7252, 5.4.1); what a number stands for is elective when the number is even. */
const elective = /^(Content-Format|ETag|Max-Age|Size2|Observe|\d*[02468])$/

/** What a message means to whoever asked: an answer, an acknowledgement that one will come, or nothing. */
type Meaning = Observation | 'later' | 'stray'

function readReply({ code, options, payload }: ParsedPacket): Observation {
  if (code !== '2.05') return unreadable(`answered with code ${code}`)
  if (options.some(({ name }) => !elective.test(String(name)))) return unreadable('an option that is not known')
  const format = options.find(({ name }) => name === 'Content-Format')?.value.toString('hex')
  if (format === undefined || Number.parseInt(format, 16) !== json) return unreadable('the answer is no JSON')
  return payload.length > longestAnswer
    ? unreadable(`the answer is longer than ${longestAnswer} bytes`)
    : readIdentity(payload)
}

function meaningOf(message: ParsedPacket, messageId: number, token: Buffer): Meaning {
  const { ack, reset, code } = message
  if ((ack || reset) && message.messageId !== messageId) return 'stray'
  if (reset) return { answered: false, why: 'refused', detail: 'the question was reset' }
  if (ack && code === '0.00') return 'later'
  // Only answers have a class of 2, 4 or 5 (RFC 7252, 5.2).
  return message.token.equals(token) && /^[245]/.test(code) ? readReply(message) : 'stray'
}

function parseOrNothing(bytes: Buffer): ParsedPacket | undefined {
  try {
    return parse(bytes)
  } catch {
    return undefined
  }
}

function questionFor(path: string, messageId: number, token: Buffer): Buffer {
  const steps = path.split('/').slice(1)
  const options = steps.map((step) => ({ name: 'Uri-Path' as const, value: Buffer.from(step) }))
  return generate({ code: 'GET', confirmable: true, messageId, token, options })
}

/** Sends at once and again, each time after twice as long, until the returned function is called. */
function repeat(send: () => void, waitMs: number): () => void {
  let next: NodeJS.Timeout
  const go = (wait: number) => {
    next = setTimeout(go, wait, wait * 2)
    send()
  }
  go(waitMs)
  return () => clearTimeout(next)
}

/** Asks, repeats the question until it is acknowledged, and settles with the first thing that answers it. */
function ask(
  socket: Socket,
  path: string,
  { ackTimeoutMs, deadlineMs }: Patience,
  signal: AbortSignal,
): Promise<Observation> {
  const { promise, resolve, reject } = Promise.withResolvers<Observation>()
  const messageId = randomInt(65_536)
  const token = randomBytes(8)
  const question = questionFor(path, messageId, token)
  let strays = 0
  let quiet = () => {}
  const fail = (cause: Error | null) => cause && resolve(afterError(cause))
  const strange = () => unreadable('what came was no answer to the question')
  const late = setTimeout(() => {
    const silence = `no answer within ${deadlineMs} ms`
    resolve(strays > 0 ? strange() : { answered: false, why: 'no-answer', detail: silence })
  }, deadlineMs)
  const stop = () => reject(signal.reason)
  signal.addEventListener('abort', stop, { once: true })
  socket.on('error', fail)
  socket.on('connect', () => {
    quiet = repeat(() => socket.send(question, fail), ackTimeoutMs * (1 + Math.random() / 2))
  })
  socket.on('message', (bytes) => {
    const message = parseOrNothing(bytes)
    const meaning = message === undefined ? 'stray' : meaningOf(message, messageId, token)
    if (meaning === 'later') quiet()
    else if (meaning !== 'stray') {
      // A separate answer is acknowledged, or it would be repeated (RFC 7252, 5.2.2).
      if (message?.confirmable) socket.send(generate({ code: '0.00', ack: true, messageId: message.messageId }), fail)
      resolve(meaning)
    } else if (++strays >= mostStrays) resolve(strange())
  })
  return promise.finally(() => {
    quiet()
    clearTimeout(late)
    signal.removeEventListener('abort', stop)
  })
}

async function read({ host, port, path }: ProbeTarget, patience: Patience, signal: AbortSignal): Promise<Observation> {
  const socket = createSocket(isIPv6(host) ? 'udp6' : 'udp4')
  try {
    const asked = ask(socket, path, patience, signal)
    // Connected, the socket takes messages from there alone, and hears that nobody listens.
    socket.connect(port, host)
    return await asked
  } finally {
    await new Promise<void>((resolve) => socket.close(resolve))
  }
}

/**
 * Asks by CoAP (RFC 7252): one confirmable GET, answered at once or separately, in one datagram of at most 4 KiB.
 * @param patience the standard's own 2 s for an acknowledgement, and 5 s in all, unless given
 */
export const createCoapObserver = (patience: Patience = { ackTimeoutMs: 2000, deadlineMs: 5000 }): Observer => ({
  read: async (target, signal) => {
    signal.throwIfAborted()
    return neverAsked(target) ?? (await read(target, patience, signal))
  },
})

export const coapObserver: Observer = createCoapObserver()
