import { once } from 'node:events'
import { type IncomingMessage, request } from 'node:http'
import type { Observation, Observer, ProbeTarget } from '../port.ts'
import { longestAnswer, readIdentity, unreadable } from './identity.ts'
import { afterError, neverAsked } from './target.ts'

/** From the first packet to the last byte of the body, in milliseconds. */
const deadlineMs = 2000

async function readAnswer(response: IncomingMessage): Promise<Observation> {
  const { statusCode, headers } = response
  // A redirect would lead to an address that nobody confirmed.
  if (statusCode !== 200) return unreadable(`answered with status ${statusCode}`)
  if (!/^application\/json *(;|$)/i.test(headers['content-type'] ?? '')) return unreadable('the answer is no JSON')
  if (headers['content-encoding'] !== undefined) return unreadable('the answer is encoded')
  const chunks: Buffer[] = []
  let length = 0
  for await (const chunk of response as AsyncIterable<Buffer>) {
    length += chunk.length
    if (length > longestAnswer) return unreadable(`the answer is longer than ${longestAnswer} bytes`)
    chunks.push(chunk)
  }
  return readIdentity(Buffer.concat(chunks))
}

async function ask({ host, port, path }: ProbeTarget, signal: AbortSignal): Promise<Observation> {
  const asking = request({
    host,
    port,
    path,
    signal,
    agent: false,
    maxHeaderSize: longestAnswer,
    headers: { accept: 'application/json' },
  })
  try {
    asking.end()
    const [response] = (await once(asking, 'response')) as [IncomingMessage]
    // Whoever reads the body hears of an error there.
    asking.on('error', () => undefined)
    const answer = await readAnswer(response)
    // An aborted body without a length ends as if it were complete.
    signal.throwIfAborted()
    return answer
  } finally {
    asking.destroy()
  }
}

/** Asks by HTTP/1.1: one GET on a connection of its own, no redirects, 2 s and 4 KiB in all. */
export const httpObserver: Observer = {
  read: async (target, signal) => {
    signal.throwIfAborted()
    const never = neverAsked(target)
    if (never !== undefined) return never
    const late = AbortSignal.timeout(deadlineMs)
    try {
      return await ask(target, AbortSignal.any([signal, late]))
    } catch (cause) {
      signal.throwIfAborted()
      if (late.aborted) return { answered: false, why: 'no-answer', detail: `no answer within ${deadlineMs} ms` }
      return afterError(cause)
    }
  },
}
