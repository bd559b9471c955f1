import { type LookupAddress, lookup as resolve } from 'node:dns'
import { type IncomingMessage, request as plainly } from 'node:http'
import { request as securely } from 'node:https'
import type { LookupFunction } from 'node:net'
import type { Log } from './log.ts'
import { hostOf, isOwn, mayReach, type Outward, outwardFault } from './outward.ts'

/** What became of a request: the receiver's answer, why there is none, or nothing, because the caller gave up. */
export type Posted =
  | { readonly kind: 'answered'; readonly status: number; readonly retryAfter: string | undefined }
  | { readonly kind: 'unanswered'; readonly says: string }
  | { readonly kind: 'abandoned' }

interface Given {
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
  readonly outward: Outward
  readonly signal: AbortSignal
  /** For the whole of it, from the question for the address to the end of the answer, in milliseconds. */
  readonly timeoutMs: number
  readonly log: Pick<Log, 'warn'>
}

/** So much of an answer is read, in bytes; nothing of it is kept, and a receiver that says more is hung up on. */
const mostAnswer = 16 * 1024

/** Words for what the system calls a failed connection. */
const failures: Readonly<Record<string, string>> = {
  ENOTFOUND: 'the host has no address',
  EAI_AGAIN: 'the name service did not answer',
  ECONNREFUSED: 'nothing listens there',
  ECONNRESET: 'the receiver hung up',
  EHOSTUNREACH: 'there is no way there',
  ENETUNREACH: 'there is no way there',
  EPROTO: 'the receiver does not speak TLS',
  CERT_HAS_EXPIRED: 'its certificate has run out',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'nobody vouches for its certificate',
  SELF_SIGNED_CERT_IN_CHAIN: 'nobody vouches for its certificate',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'nobody vouches for its certificate',
  ERR_TLS_CERT_ALTNAME_INVALID: 'its certificate is for another name',
}

class Forbidden extends Error {}

/**
 * Asks for a host's addresses and lets the connection have them only if every one may be reached: what was looked at is
 * what is connected to, so a name that answers otherwise a moment later (DNS rebinding) gains nothing. An address that is
 * refused is told to whoever runs the server alone: to others it would draw a map of the network behind it.
 */
const guarded =
  (url: URL, { outward, log }: Given): LookupFunction =>
  (hostname, options, done) => {
    resolve(hostname, { ...options, all: true }, (error, found) => {
      if (error) return done(error, '')
      const wrong = found.find(({ address }) => !isPermitted(url, address, outward))
      if (wrong) {
        log.warn({ host: hostname, address: wrong.address }, 'a request was not sent: its address may not be reached')
        return done(new Forbidden(`${hostname} leads to where this server may not reach`), '')
      }
      const [first] = found as [LookupAddress]
      if (options.all) done(null, found)
      else done(null, first.address, first.family)
    })
  }

const isPermitted = (url: URL, address: string, outward: Outward): boolean =>
  mayReach(hostOf(url), address, outward) && (url.protocol === 'https:' || isOwn(address))

/** Reads an answer to its end, or to the most that is read of one; it has answered, however it ends. */
function drain(answer: IncomingMessage): Promise<void> {
  return new Promise((done) => {
    let bytes = 0
    answer.on('data', (chunk: Buffer) => {
      bytes += chunk.length
      if (bytes > mostAnswer) answer.destroy()
    })
    answer.on('error', () => undefined)
    answer.once('close', done)
  })
}

const answeredBy = ({ statusCode: status = 0, headers }: IncomingMessage): Posted => ({
  kind: 'answered',
  status,
  retryAfter: headers['retry-after'],
})

function exchange(url: URL, given: Given): Promise<Posted> {
  const send = url.protocol === 'https:' ? securely : plainly
  const { headers, signal } = given
  const bytes = Buffer.from(given.body)
  return new Promise((done, fail) => {
    const sent = send(url, {
      method: 'POST',
      // A connection of its own: none that was opened under other rules is used again.
      agent: false,
      lookup: guarded(url, given),
      headers: { ...headers, 'content-length': bytes.length },
      signal,
    })
    let answered: Posted | undefined
    const end = (why: unknown) => (answered ? done(answered) : fail(why))
    sent.on('error', end)
    sent.once('response', (answer) => {
      answered = answeredBy(answer)
      void drain(answer).then(() => end(undefined))
    })
    // Node takes 101 for the end of HTTP, and tells nobody else.
    sent.once('upgrade', (answer, socket) => {
      socket.destroy()
      done(answeredBy(answer))
    })
    // Whatever the connection does, nobody waits for longer.
    signal.addEventListener('abort', () => end(signal.reason), { once: true })
    sent.end(bytes)
  })
}

/**
 * Posts to an address that somebody else chose, if it may be reached; follows nothing, reads little, waits not long, and
 * never throws. A receiver that has answered with a status has answered, however it ends.
 */
export async function post(given: Given): Promise<Posted> {
  const fault = outwardFault(given.url, given.outward)
  if (fault !== undefined) return { kind: 'unanswered', says: `not sent: ${fault}` }
  const late = AbortSignal.timeout(given.timeoutMs)
  try {
    return await exchange(new URL(given.url), { ...given, signal: AbortSignal.any([given.signal, late]) })
  } catch (error) {
    if (error instanceof Forbidden) return { kind: 'unanswered', says: `not sent: ${error.message}` }
    if (late.aborted) return { kind: 'unanswered', says: `no answer within ${given.timeoutMs / 1000} s` }
    if (given.signal.aborted) return { kind: 'abandoned' }
    const { code = '' } = error as NodeJS.ErrnoException
    return { kind: 'unanswered', says: failures[code] ?? `the connection failed${code === '' ? '' : ` (${code})`}` }
  }
}
