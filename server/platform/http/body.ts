import type { Readable } from 'node:stream'
import { Transform, type TransformCallback } from 'node:stream'
import type { FastifyInstance } from 'fastify'
import { Refusal } from '#platform/refusal.ts'

/** How fast a request body must come. */
export interface Pace {
  /** So long a client may be silent in all, in milliseconds… */
  readonly graceMs: number
  /** …and one second more for so many bytes. 64 KiB/s is half a megabit: 100 MB may take 27 minutes. */
  readonly bytesPerSecond: number
  /** So long the rest of a body is taken after the answer, so that the client reads the answer before it is cut off. */
  readonly lingerMs: number
}

const usual: Pace = { graceMs: 30_000, bytesPerSecond: 64 * 1024, lingerMs: 5_000 }

/** How often the pace is looked at, in milliseconds. */
const everyMs = 250

/** A request body on its way in: ended when it has too many bytes or comes too slowly. */
class BoundedBody extends Transform {
  readonly #mostBytes: number
  readonly #timer: NodeJS.Timeout
  #received = 0
  #waitedMs = 0

  constructor(mostBytes: number, { graceMs, bytesPerSecond }: Pace) {
    super()
    this.#mostBytes = mostBytes
    this.#timer = setInterval(() => {
      // What waits in here waits for us, and the client is not to blame.
      if (this.readableLength > 0) return
      this.#waitedMs += everyMs
      if (this.#waitedMs > graceMs + (this.#received / bytesPerSecond) * 1000)
        this.destroy(new Refusal('http/too-slow'))
    }, everyMs).unref()
    // It may end before anybody listens, or after everybody has gone.
    this.on('error', () => {})
  }

  override _transform(chunk: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    this.#received += chunk.length
    if (this.#received > this.#mostBytes) done(new Refusal('http/too-large', { limitBytes: this.#mostBytes }))
    else done(null, chunk)
  }

  override _flush(done: TransformCallback): void {
    clearInterval(this.#timer)
    done()
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    clearInterval(this.#timer)
    done(error)
  }
}

/** Not a pipeline: that would cut the connection with the body, and the refusal could not be told any more. */
function follow(payload: Readable, body: BoundedBody): BoundedBody {
  const cutShort = () => void body.destroy(new Refusal('http/cut-short'))
  payload.once('error', cutShort)
  payload.once('close', () => {
    if (!payload.readableEnded) cutShort()
  })
  return payload.pipe(body)
}

/**
 * Bounds every request body in bytes and in time, whether it is parsed or taken as it comes, and cuts the connection of
 * a client that goes on sending after its answer.
 */
export function boundBodies(app: FastifyInstance, pace = usual): void {
  app.addHook('preParsing', async (request, reply, payload) => {
    const { headers, routeOptions } = request
    if (headers['transfer-encoding'] === undefined && Number(headers['content-length'] ?? 0) === 0) return payload
    // Nobody unpacks it, so that it would be read for what it is not.
    if ((headers['content-encoding'] ?? 'identity') !== 'identity')
      throw new Refusal('http/media-type', { mediaType: routeOptions.config.media ?? 'application/json' })
    const body = new BoundedBody(routeOptions.bodyLimit, pace)
    reply.raw.once('close', () => void body.destroy(new Refusal('http/cut-short')))
    return follow(payload as Readable, body)
  })
  // Fastify would close the connection with the answer, and the system would drop the answer with what is still coming.
  app.addHook('onSend', async (request, reply) => {
    if (!request.raw.complete) reply.removeHeader('connection')
  })
  // At the server itself, for what is refused before there are hooks.
  app.server.on('request', (request, response) => {
    response.once('finish', () => {
      if (request.complete) return
      // Nobody wants the rest; read, it does not keep the client from reading what it was told.
      request.unpipe().resume()
      const cut = setTimeout(() => void request.socket.destroy(), pace.lingerMs).unref()
      request.once('end', () => clearTimeout(cut))
      request.once('close', () => clearTimeout(cut))
    })
  })
}
