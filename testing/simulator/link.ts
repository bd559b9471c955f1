import { once } from 'node:events'
import { Agent, type IncomingMessage, request } from 'node:http'

/** What the server answered; `body` is undefined when it is no JSON. */
export interface Reply {
  readonly status: number
  readonly body: unknown
}

/** One device's way to the server. Undefined stands for no answer: refused, reset or too late. */
export interface Link {
  /** @throws when the signal aborts */
  ask(method: string, url: string, signal: AbortSignal, body?: object): Promise<Reply | undefined>
  /** A reply whose body is still to be read. @throws when the signal aborts */
  open(
    url: string,
    headers: Readonly<Record<string, string>>,
    signal: AbortSignal,
  ): Promise<IncomingMessage | undefined>
}

/** The connections that a whole fleet shares. */
export interface Links {
  /** @param authorization the header of that name, shown to the fleet's own server alone */
  of(authorization: string | undefined): Link
  close(): void
}

const idleMs = 15_000
const longestBody = 64 * 1024

async function readJson(response: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = []
  let length = 0
  for await (const chunk of response as AsyncIterable<Buffer>) {
    length += chunk.length
    if (length > longestBody) return undefined
    chunks.push(chunk)
  }
  try {
    return JSON.parse(Buffer.concat(chunks).toString('utf8'))
  } catch {
    return undefined
  }
}

/** Undefined instead of an error of the network; an abort stays an error. */
async function orNothing<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work()
  } catch {
    signal.throwIfAborted()
    return undefined
  }
}

interface Way {
  readonly method: string
  readonly agent: Agent
  readonly headers: Readonly<Record<string, string>>
  readonly signal: AbortSignal
}

async function send(url: string, way: Way, body?: string): Promise<IncomingMessage> {
  const outgoing = request(url, { ...way, timeout: idleMs })
  outgoing.on('timeout', () => outgoing.destroy(new Error('No word for too long')))
  // After the reply has begun, whoever reads its body hears of an error.
  outgoing.on('error', () => undefined)
  outgoing.end(body)
  const [response] = (await once(outgoing, 'response')) as [IncomingMessage]
  return response
}

/** Opens nothing yet; connections are kept alive, and downloads never stand in the way of polls. */
export function createLinks(server: string): Links {
  const { origin } = new URL(server)
  const kept = { keepAlive: true, maxSockets: 128, maxFreeSockets: 128 }
  const [polls, downloads] = [new Agent(kept), new Agent(kept)]
  return {
    of: (authorization) => {
      const authorized = (url: string): Record<string, string> =>
        authorization !== undefined && new URL(url).origin === origin ? { authorization } : {}
      return {
        ask: (method, url, signal, body) =>
          orNothing(signal, async () => {
            const json = body === undefined ? {} : { 'content-type': 'application/json' }
            const headers = { accept: 'application/json', ...json, ...authorized(url) }
            const text = body && JSON.stringify(body)
            const response = await send(url, { method, agent: polls, headers, signal }, text)
            return { status: response.statusCode ?? 0, body: await readJson(response) }
          }),
        open: (url, headers, signal) =>
          orNothing(signal, () =>
            send(url, { method: 'GET', agent: downloads, headers: { ...headers, ...authorized(url) }, signal }),
          ),
      }
    },
    close: () => {
      polls.destroy()
      downloads.destroy()
    },
  }
}
