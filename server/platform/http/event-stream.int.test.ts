import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { setTimeout as after } from 'node:timers/promises'
import Fastify from 'fastify'
import { expect, onTestFinished, test } from 'vitest'
import { z } from 'zod'
import { streamEvents } from './event-stream.ts'

const endpoint = { reply: z.string() }
const large = 'x'.repeat(256 * 1024)

/** A server with one stream, and a client that reads nothing until it is told to. */
async function blockedStream(times: { heartbeatMs: number; patienceMs: number }) {
  const app = Fastify()
  const gone = new AbortController()
  const seen = { yielded: 0, written: [] as string[], listeners: 0 }
  async function* endless() {
    for (; seen.yielded < 2_000 && !gone.signal.aborted; seen.yielded++) yield { id: '1', data: large }
  }
  app.get('/', (_request, reply) => {
    reply.raw.once('close', () => gone.abort())
    const add = gone.signal.addEventListener.bind(gone.signal)
    const remove = gone.signal.removeEventListener.bind(gone.signal)
    gone.signal.addEventListener = (...given: Parameters<typeof add>) => {
      seen.listeners++
      add(...given)
    }
    gone.signal.removeEventListener = (...given: Parameters<typeof remove>) => {
      seen.listeners--
      remove(...given)
    }
    const write = reply.raw.write.bind(reply.raw)
    reply.raw.write = ((chunk: string) => {
      seen.written.push(chunk)
      return write(chunk)
    }) as typeof reply.raw.write
    return streamEvents(endpoint, endless(), reply, gone.signal, times)
  })
  const url = new URL(await app.listen({ host: '127.0.0.1', port: 0 }))
  const client = connect(Number(url.port), url.hostname)
  onTestFinished(() => {
    client.destroy()
    return app.close()
  })
  client.pause()
  client.write('GET / HTTP/1.1\r\nhost: x\r\n\r\n')
  await expect.poll(() => seen.yielded).toBeGreaterThan(0)
  return { client, gone, seen }
}

const settle = async (seen: { yielded: number }): Promise<void> => {
  for (let last = -1; last !== seen.yielded; ) {
    last = seen.yielded
    await after(100)
  }
}

async function readAll(client: Socket, bytes: number): Promise<void> {
  let got = 0
  client.on('data', (chunk) => {
    got += chunk.length
  })
  client.resume()
  await expect.poll(() => got).toBeGreaterThan(bytes)
}

test('a client that does not read holds back its own stream, gets no heartbeat, and is dropped when patience ends', async () => {
  const { client, gone, seen } = await blockedStream({ heartbeatMs: 20, patienceMs: 1_500 })
  await settle(seen)
  const { length } = seen.written
  expect(seen.yielded).toBeLessThan(1_000)
  await after(200)
  expect(seen.written).toHaveLength(length)
  client.on('error', () => undefined)
  if (!gone.signal.aborted) await once(gone.signal, 'abort')
})

test('a client that reads slowly stays, and waiting for it leaves nothing behind', async () => {
  const { client, gone, seen } = await blockedStream({ heartbeatMs: 60_000, patienceMs: 60_000 })
  await readAll(client, 100 * large.length)
  expect(gone.signal.aborted).toBe(false)
  expect(seen.listeners).toBeLessThan(5)
})
