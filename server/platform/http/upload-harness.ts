/** What the tests of uploads share: a server that counts bytes, requests of which the head alone is sent, and what became of them. */
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import type { Connection } from '@suture/contract/client.ts'
import { endpoint } from '@suture/contract/endpoint.ts'
import { Problem } from '@suture/contract/problem.ts'
import { z } from 'zod'
import { systemClock } from '#platform/clock.ts'
import type { Store } from '#platform/database/store.ts'
import type { TenantId } from '#platform/id.ts'
import { createLog } from '#platform/log.ts'
import { createMetrics } from '#platform/metrics.ts'
import { createServer } from './server.ts'
import type { Sockets } from './sockets.ts'

export const kib = 1024
export const sendBytes = endpoint({
  id: 'sendBytes',
  method: 'PUT',
  path: '/bytes/{name}',
  may: 'platform:manage-tokens',
  tag: 'Reference',
  summary: 'Counts bytes.',
  params: z.strictObject({ name: z.string().max(20) }),
  kind: 'upload',
  media: 'application/vnd.test',
  maxBytes: 256 * kib,
  status: 201,
  reply: z.object({ sha256: z.string(), length: z.int(), announced: z.int().nullable() }),
})
export const sendMore = endpoint({ ...sendBytes, id: 'sendMore', path: '/more/{name}' })
const sendJson = endpoint({
  id: 'sendJson',
  method: 'POST',
  path: '/json',
  may: 'signed-in',
  tag: 'Reference',
  summary: 'Takes JSON.',
  body: z.strictObject({ text: z.string() }),
  reply: z.object({ length: z.int() }),
})

const padded = (secret: string) => secret.padEnd(20, '-')

/** The door with three endpoints behind it, without the accounts. */
export class UploadServer {
  base = ''
  /** How many uploads reached their handler. */
  begun = 0
  /** What each came to there: its length or its error. */
  handled: unknown[] = []
  readonly logged: string[] = []
  readonly #withdrawn = new Set<string>()
  readonly #sockets: Socket[] = []
  readonly #app: ReturnType<typeof createServer>

  private constructor(store: Store, sockets?: Sockets) {
    this.#app = createServer({
      store,
      clock: systemClock,
      log: createLog('debug', { write: (line) => void this.logged.push(line) }),
      metrics: createMetrics(),
      authenticate: async (secret) => this.#known(secret),
      health: async () => ({}),
      credentialEvents: new Set(),
      origin: undefined,
      ...(sockets ? { sockets } : {}),
      pace: { graceMs: 1_000, bytesPerSecond: 64 * kib, lingerMs: 2_000 },
      routes: [
        ({ serve }) => {
          serve(sendBytes, ({ bytes, length }) => this.#count(bytes, length))
          serve(sendMore, ({ bytes, length }) => this.#count(bytes, length), { maxBytes: 512 * kib })
          serve(sendJson, ({ body }) => ({ length: body.text.length }))
        },
      ],
    })
  }

  static async start(store: Store, sockets?: Sockets): Promise<UploadServer> {
    const server = new UploadServer(store, sockets)
    server.base = await (await server.#app).listen({ host: '127.0.0.1', port: 0 })
    return server
  }

  async close(): Promise<void> {
    await (await this.#app).close()
  }

  /** Ends the connections that a test left open. */
  hangUp(): void {
    for (const socket of this.#sockets.splice(0)) socket.destroy()
  }

  /** Forgets what came of earlier uploads. */
  forget(): void {
    this.begun = 0
    this.handled = []
    this.logged.length = 0
  }

  // The accounts are another part’s affair: here two secrets work, until one is withdrawn.
  #known(secret: string) {
    if (this.#withdrawn.has(secret) || !/^(may|maynot)-/.test(secret)) return undefined
    return {
      scope: { tenant: 1 as TenantId, actor: { kind: 'token', id: secret, name: secret }, sites: 'all' },
      tenant: { id: 'plant', name: 'plant' },
      roles: [],
      permissions: new Set(secret.startsWith('may-') ? (['platform:manage-tokens'] as const) : []),
      credential: createHash('sha256').update(secret).digest(),
    } as const
  }

  async #count(bytes: AsyncIterable<Buffer>, announced: number | undefined) {
    this.begun++
    const hash = createHash('sha256')
    let length = 0
    try {
      for await (const chunk of bytes) {
        hash.update(chunk)
        length += chunk.length
      }
    } catch (error) {
      this.handled.push(error)
      throw error
    }
    this.handled.push(length)
    return { sha256: hash.digest('hex'), length, announced: announced ?? null }
  }

  /** Whoever may upload, unless another secret is shown. */
  as(secret = 'may-send') {
    return { base: this.base, headers: { authorization: `Bearer ${padded(secret)}` } } satisfies Connection
  }

  withdraw(secret: string): void {
    this.#withdrawn.add(padded(secret))
  }

  /** A request in raw bytes, of which the head alone is sent. */
  async begin(headers: Readonly<Record<string, string>>, path = '/api/v1/bytes/x', method = 'PUT'): Promise<Socket> {
    const { hostname, port } = new URL(this.base)
    const socket = connect(Number(port), hostname)
    this.#sockets.push(socket)
    socket.on('error', () => {})
    await once(socket, 'connect')
    const all = { host: 'localhost', 'content-type': 'application/vnd.test', ...this.as().headers, ...headers }
    const lines = Object.entries(all).map(([key, value]) => `${key}: ${value}\r\n`)
    socket.write(`${method} ${path} HTTP/1.1\r\n${lines.join('')}\r\n`)
    return socket
  }
}

/** The problem that a connection is answered with; kept as it comes, because the connection may be cut right after. */
export async function answerOn(socket: Socket) {
  const text = await new Promise<string>((done, fail) => {
    let told = ''
    socket.on('data', (chunk) => {
      told += String(chunk)
      const [head = '', body = ''] = told.split('\r\n\r\n')
      if (Buffer.byteLength(body) >= Number(/content-length: (\d+)/i.exec(head)?.[1])) done(body)
    })
    socket.once('close', () => fail(new Error(`the connection ended after ${JSON.stringify(told)}`)))
  })
  return Problem.parse(JSON.parse(text))
}
