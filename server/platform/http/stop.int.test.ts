import { once } from 'node:events'
import { connect } from 'node:net'
import { setTimeout as after } from 'node:timers/promises'
import { query } from '@suture/testing/database.ts'
import { openStream } from '@suture/testing/stream.ts'
import { startTestServer } from '@suture/testing/world.ts'
import Fastify from 'fastify'
import pg from 'pg'
import { expect, onTestFinished, test } from 'vitest'
import { createLog } from '#platform/log.ts'
import { sendProblem } from './problem.ts'
import { stopInOrder } from './stop.ts'
import { Streams } from './streams.ts'

test('a server that stops ends its streams, finishes what it was asked, and asks others to come again', async () => {
  const server = await startTestServer()
  const { people } = await server.addTenant('plant')
  const stream = await openStream(people.auditor)
  const lock = new pg.Client({ connectionString: server.database.urls.superuser })
  await lock.connect()
  lock.on('error', () => undefined)
  await lock.query('begin; lock table platform_event')
  const slow = fetch(new URL('/api/v1/events', server.base), { headers: people.auditor.headers })
  const waits = `select 1 from pg_stat_activity where wait_event_type = 'Lock' and query like '%order by%desc%' and datname = current_database()`
  await expect.poll(() => query(server.database.urls.superuser, waits)).toHaveLength(1)

  const stopped = server.stop()
  await stream.ended
  const late = await fetch(new URL('/api/v1/roles', server.base), { headers: people.admin.headers })
  expect([late.status, await late.json()]).toMatchObject([503, { code: 'http/not-ready' }])
  await lock.query('commit')
  await lock.end()
  const answer = await slow
  expect([answer.status, await answer.json()]).toMatchObject([200, { items: expect.any(Array) }])
  await stopped
  await expect(fetch(new URL('/health', server.base))).rejects.toThrow()
})

/** A server whose one endpoint never answers. */
async function silentServer(waitMs: number) {
  const app = Fastify({ forceCloseConnections: true, return503OnClosing: false })
  app.setErrorHandler<Error>(sendProblem)
  stopInOrder(app, new Streams(async () => undefined, createLog('silent')), waitMs)
  app.get('/', () => new Promise(() => undefined))
  const url = new URL(await app.listen({ host: '127.0.0.1', port: 0 }))
  const client = connect(Number(url.port), url.hostname)
  onTestFinished(() => void client.destroy())
  client.on('error', () => undefined)
  await once(client, 'connect')
  const ask = async () => {
    client.write('GET / HTTP/1.1\r\nhost: x\r\n\r\n')
    await after(100)
  }
  return { app, client, ask }
}

test('a request that never ends is cut when patience ends', async () => {
  const { app, client, ask } = await silentServer(300)
  await ask()
  const cut = once(client, 'close')
  await app.close()
  await cut
})

test('neither a connection that asks nothing nor a client that went away holds the stop up', async () => {
  const idle = await silentServer(120_000)
  await idle.app.close()
  const left = await silentServer(120_000)
  await left.ask()
  left.client.destroy()
  await after(100)
  await left.app.close()
})
