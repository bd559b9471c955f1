import type { FastifyInstance } from 'fastify'

/** How long and how many connections may be, in milliseconds. */
export interface Sockets {
  /** From the opening of a connection, or the first byte of a request, to the end of its headers. */
  readonly headersMs: number
  /** How often that is looked at. */
  readonly checkMs: number
  /** How many may be open at a time. */
  readonly most: number
}

/**
 * 100,000 devices that poll every five minutes and keep their connections for 72 seconds have 24,000 open; a connection
 * without a request takes some 12 KiB.
 */
export const usualSockets: Sockets = { headersMs: 30_000, checkMs: 5_000, most: 30_000 }

/** Bounds the connections of a server: how long one may say nothing, and how many there may be. */
export function boundSockets({ server }: FastifyInstance, { headersMs, most }: Sockets): void {
  server.headersTimeout = headersMs
  server.maxConnections = most
  // When there is no room, whoever only keeps a connection for later makes some; they open it again when they need it.
  server.on('drop', () => server.closeIdleConnections())
}

/**
 * Asks for a body that a client offers to send (`Expect: 100-continue`, RFC 9110 section 10.1.1) only once it is
 * wanted: whoever is refused for their headers has sent nothing in vain.
 */
export function welcomeBodies(app: FastifyInstance): void {
  // By itself Node would ask for each body before anybody has looked at the headers.
  app.server.on('checkContinue', (request, response) => void app.server.emit('request', request, response))
  app.addHook('preParsing', async ({ headers }, reply, payload) => {
    if (headers.expect?.toLowerCase() === '100-continue') reply.raw.writeContinue()
    return payload
  })
}
