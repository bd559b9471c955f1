import type { FastifyInstance, FastifyRequest } from 'fastify'
import { Refusal } from '#platform/refusal.ts'
import type { Streams } from './streams.ts'

/** How long requests under way may take when the server stops. */
const patienceMs = 10_000

/**
 * Lets the server stop without losing an answer: event streams end at once, requests under way finish, and new ones
 * are told to try again. Whatever is still open after that, or after ten seconds, is cut by Fastify.
 */
export function stopInOrder(app: FastifyInstance, streams: Streams, waitMs = patienceMs): void {
  const underWay = new Set<FastifyRequest>()
  const stopping = Promise.withResolvers<void>()
  let stops = false
  app.addHook('onRequest', async (request, reply) => {
    if (stops) throw new Refusal('http/not-ready')
    underWay.add(request)
    // Not `onResponse`: that is not called for a client that goes before its answer.
    reply.raw.once('close', () => {
      underWay.delete(request)
      if (stops && underWay.size === 0) stopping.resolve()
    })
  })
  app.addHook('preClose', async () => {
    stops = true
    streams.end()
    if (underWay.size === 0) return
    const cut = setTimeout(() => stopping.resolve(), waitMs)
    await stopping.promise
    clearTimeout(cut)
  })
}
