import { setTimeout as after } from 'node:timers/promises'
import type { AnyEndpoint } from '@suture/contract/endpoint.ts'
import type { FastifyReply } from 'fastify'

/** A comment line at least this often, so that proxies keep the connection and a dead client is noticed. */
const heartbeatMs = 15_000

/** Sends what a handler yields as server-sent events (WHATWG HTML section 9.2) until the client goes. */
export async function streamEvents(
  endpoint: AnyEndpoint,
  events: AsyncIterable<{ id: string; data: unknown }>,
  reply: FastifyReply,
  signal: AbortSignal,
): Promise<FastifyReply> {
  const iterator = events[Symbol.asyncIterator]()
  reply.hijack()
  reply.raw.writeHead(200, {
    ...(reply.getHeaders() as Record<string, string>),
    'content-type': 'text/event-stream',
    'cache-control': 'no-store',
    'x-accel-buffering': 'no',
  })
  reply.raw.write(':open\n\n')
  void beat(reply, signal)
  try {
    for (;;) {
      const { value, done } = await iterator.next()
      if (done || signal.aborted) break
      const message = `id: ${value.id}\ndata: ${JSON.stringify(endpoint.reply.encode(value.data))}\n\n`
      if (!reply.raw.write(message)) await drained(reply, signal)
    }
  } catch (error) {
    if (!signal.aborted) reply.log.error({ err: error }, 'stream broken')
  } finally {
    await iterator.return?.()
    reply.raw.end()
  }
  return reply
}

async function beat(reply: FastifyReply, signal: AbortSignal): Promise<void> {
  while (!signal.aborted && !reply.raw.writableEnded) {
    await after(heartbeatMs, undefined, { signal, ref: false }).catch(() => undefined)
    if (!signal.aborted && !reply.raw.writableEnded) reply.raw.write(':\n\n')
  }
}

/** A slow client holds its own stream back, never the server's memory. */
const drained = (reply: FastifyReply, signal: AbortSignal): Promise<void> =>
  new Promise((done) => {
    reply.raw.once('drain', done)
    signal.addEventListener('abort', () => done(), { once: true })
  })
