import { once } from 'node:events'
import type { ServerResponse } from 'node:http'
import { setTimeout as after } from 'node:timers/promises'
import type { AnyEndpoint } from '@suture/contract/endpoint.ts'
import type { FastifyReply } from 'fastify'

interface Times {
  /** A comment line at least this often, so that proxies keep the connection and a dead client is noticed. */
  readonly heartbeatMs: number
  /** A client that reads nothing for so long is dropped. */
  readonly patienceMs: number
}

const usual: Times = { heartbeatMs: 15_000, patienceMs: 60_000 }

/** Sends what a handler yields as server-sent events (WHATWG HTML section 9.2) until the client goes. */
export async function streamEvents(
  endpoint: Pick<AnyEndpoint, 'reply'>,
  events: AsyncIterable<{ id: string; data: unknown }>,
  reply: FastifyReply,
  signal: AbortSignal,
  times = usual,
): Promise<FastifyReply> {
  const { raw } = reply
  const iterator = events[Symbol.asyncIterator]()
  reply.hijack()
  raw.writeHead(200, {
    ...(reply.getHeaders() as Record<string, string>),
    'content-type': 'text/event-stream',
    'cache-control': 'no-store',
    'x-accel-buffering': 'no',
  })
  raw.write(':open\n\n')
  void beat(raw, signal, times.heartbeatMs)
  try {
    for (;;) {
      const { value, done } = await iterator.next()
      if (done || signal.aborted) break
      const message = `id: ${value.id}\ndata: ${JSON.stringify(endpoint.reply.encode(value.data))}\n\n`
      if (!raw.write(message)) await drained(raw, signal, times.patienceMs)
    }
  } catch (error) {
    if (!signal.aborted) reply.log.error({ err: error }, 'stream broken')
  } finally {
    await iterator.return?.()
    // A client that does not read would hold the end back as well.
    if (raw.writableNeedDrain) raw.destroy()
    else raw.end()
  }
  return reply
}

async function beat(raw: ServerResponse, signal: AbortSignal, everyMs: number): Promise<void> {
  while (!signal.aborted && !raw.writableEnded) {
    await after(everyMs, undefined, { signal, ref: false }).catch(() => undefined)
    if (!signal.aborted && !raw.writableEnded && !raw.writableNeedDrain) raw.write(':\n\n')
  }
}

/** A slow client holds its own stream back, never the server's memory. */
async function drained(raw: ServerResponse, signal: AbortSignal, patienceMs: number): Promise<void> {
  const drop = setTimeout(() => raw.destroy(), patienceMs)
  try {
    await once(raw, 'drain', { signal })
  } finally {
    clearTimeout(drop)
  }
}
