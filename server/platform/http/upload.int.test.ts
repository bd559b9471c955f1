import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { mkdtempSync, openAsBlob, rmSync, writeFileSync } from 'node:fs'
import { connect, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { call, ProblemError } from '@suture/contract/client.ts'
import { endpoint } from '@suture/contract/endpoint.ts'
import { Problem } from '@suture/contract/problem.ts'
import { createTestDatabase, type TestDatabase } from '@suture/testing/database.ts'
import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test } from 'vitest'
import { z } from 'zod'
import { systemClock } from '#platform/clock.ts'
import type { TenantId } from '#platform/id.ts'
import { createLog } from '#platform/log.ts'
import { createMetrics } from '#platform/metrics.ts'
import type { Authenticate } from './caller.ts'
import { createServer } from './server.ts'

const kib = 1024
const sendBytes = endpoint({
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
const sendMore = endpoint({ ...sendBytes, id: 'sendMore', path: '/more/{name}' })
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

// The accounts are another part’s affair: here two secrets work, until one is withdrawn.
const withdrawn = new Set<string>()
const authenticate: Authenticate = async (secret) => {
  if (withdrawn.has(secret) || !/^(may|maynot)-/.test(secret)) return undefined
  return {
    scope: { tenant: 1 as TenantId, actor: { kind: 'token', id: secret, name: secret }, sites: 'all' },
    tenant: { id: 'plant', name: 'plant' },
    roles: [],
    permissions: new Set(secret.startsWith('may-') ? (['platform:manage-tokens'] as const) : []),
    credential: createHash('sha256').update(secret).digest(),
  }
}

let database: TestDatabase
let base: string
let stop: () => Promise<void>
let begun = 0
let handled: unknown[] = []
const logged: string[] = []

async function startServer() {
  const app = await createServer({
    store: database.app,
    clock: systemClock,
    log: createLog('debug', { write: (line) => void logged.push(line) }),
    metrics: createMetrics(),
    authenticate,
    health: async () => ({}),
    credentialEvents: new Set(),
    origin: undefined,
    pace: { graceMs: 1_000, bytesPerSecond: 64 * kib, lingerMs: 2_000 },
    routes: [
      ({ serve }) => {
        serve(sendBytes, ({ bytes, length }) => count(bytes, length))
        serve(sendMore, ({ bytes, length }) => count(bytes, length), { maxBytes: 512 * kib })
        serve(sendJson, ({ body }) => ({ length: body.text.length }))
      },
    ],
  })
  return { url: await app.listen({ host: '127.0.0.1', port: 0 }), close: () => app.close() }
}

async function count(bytes: AsyncIterable<Buffer>, announced: number | undefined) {
  begun++
  const hash = createHash('sha256')
  let length = 0
  try {
    for await (const chunk of bytes) {
      hash.update(chunk)
      length += chunk.length
    }
  } catch (error) {
    handled.push(error)
    throw error
  }
  handled.push(length)
  return { sha256: hash.digest('hex'), length, announced: announced ?? null }
}

beforeAll(async () => {
  database = await createTestDatabase()
  const server = await startServer()
  base = server.url
  stop = server.close
})
afterAll(async () => {
  await stop()
  await database.drop()
})
beforeEach(() => {
  begun = 0
  handled = []
  logged.length = 0
})

const as = (secret: string) => ({ base, headers: { authorization: `Bearer ${secret.padEnd(20, '-')}` } })
const someone = () => as('may-send')
const name = { params: { name: 'x' } }
const refused = async (sent: Promise<unknown>) => {
  const error = await sent.then(
    () => undefined,
    (thrown: unknown) => thrown,
  )
  if (!(error instanceof ProblemError)) throw error ?? new Error('nothing was refused')
  return error.problem
}

/** A request in raw bytes, of which the head alone is sent. */
async function begin(headers: Readonly<Record<string, string>>, path = '/api/v1/bytes/x', method = 'PUT') {
  const { hostname, port } = new URL(base)
  const socket = connect(Number(port), hostname)
  onTestFinished(() => void socket.destroy())
  socket.on('error', () => {})
  await once(socket, 'connect')
  const all = { host: 'localhost', 'content-type': 'application/vnd.test', ...someone().headers, ...headers }
  const lines = Object.entries(all).map(([key, value]) => `${key}: ${value}\r\n`)
  socket.write(`${method} ${path} HTTP/1.1\r\n${lines.join('')}\r\n`)
  return socket
}

/** The problem that a connection is answered with; kept as it comes, because the connection may be cut right after. */
async function answerOn(socket: Socket) {
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

describe('bytes arrive as they were sent', () => {
  const bytes = Buffer.alloc(200 * kib, 'bytes')
  const told = {
    sha256: createHash('sha256').update(bytes).digest('hex'),
    length: bytes.length,
    announced: bytes.length,
  }

  test('from memory', async () => {
    expect(await call(someone(), sendBytes, { ...name, bytes: new Uint8Array(bytes) })).toEqual(told)
  })

  test('from a file', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'suture-upload-'))
    onTestFinished(() => rmSync(folder, { recursive: true }))
    writeFileSync(join(folder, 'file'), bytes)
    expect(await call(someone(), sendBytes, { ...name, bytes: await openAsBlob(join(folder, 'file')) })).toEqual(told)
  })

  test('from a stream, whose length is told', async () => {
    const stream = new Blob([bytes]).stream()
    expect(await call(someone(), sendBytes, { ...name, bytes: { stream, length: bytes.length } })).toEqual(told)
  })

  test('in chunks of a length that nobody told', async () => {
    const socket = await begin({ 'transfer-encoding': 'chunked', connection: 'close' })
    socket.end('5\r\nhello\r\n0\r\n\r\n')
    let text = ''
    for await (const chunk of socket) text += String(chunk)
    expect(text).toContain('"length":5,"announced":null')
  })

  test('when there are none', async () => {
    expect(await call(someone(), sendBytes, { ...name, bytes: new Uint8Array() })).toMatchObject({ length: 0 })
  })
})

describe('the permission is looked at before a byte is read', () => {
  test.each([
    ['a stranger', 'nobody', 401, 'auth/not-signed-in'],
    ['somebody without the permission', 'maynot', 403, 'auth/not-permitted'],
  ])('of %s', async (_who, secret, status, code) => {
    const socket = await begin({ ...as(`${secret}-send`).headers, 'content-length': '1000000' })
    expect(await answerOn(socket)).toMatchObject({ status, code })
    expect(handled).toEqual([])
  })
})

describe('more bytes than the endpoint takes are refused', () => {
  const limit = { status: 413, code: 'http/too-large', limitBytes: 256 * kib }

  test('before one of them is read, when their number is told', async () => {
    const socket = await begin({ 'content-length': String(256 * kib + 1) })
    expect(await answerOn(socket)).toMatchObject(limit)
    expect(handled).toEqual([])
  })

  test('as soon as they are too many, when it is not', async () => {
    const socket = await begin({ 'transfer-encoding': 'chunked' })
    const chunk = `${(64 * kib).toString(16)}\r\n${'x'.repeat(64 * kib)}\r\n`
    const sending = setInterval(() => socket.write(chunk), 5)
    onTestFinished(() => clearInterval(sending))
    expect(await answerOn(socket)).toMatchObject(limit)
    expect(handled).toMatchObject([{ code: 'http/too-large' }])
  })

  test('to a client of ours, which reads the answer while it sends', async () => {
    const bytes = new Uint8Array(32 * 1024 * kib)
    expect(await refused(call(someone(), sendBytes, { ...name, bytes }))).toMatchObject(limit)
  })

  test.each([
    ['as it is told', { 'content-length': String(8 * 1024 * kib) }, '/api/v1/bytes/x', 'PUT', 413],
    [
      'also of another type',
      { 'content-type': 'x/y', 'content-length': String(8 * 1024 * kib) },
      '/api/v1/bytes/x',
      'PUT',
      415,
    ],
    [
      'also as JSON',
      { 'content-type': 'application/json', 'content-length': String(8 * 1024 * kib) },
      '/api/v1/json',
      'POST',
      413,
    ],
  ])('to a client that sends everything before it reads, %s', async (_what, headers, path, method, status) => {
    const socket = await begin(headers, path, method)
    const bytes = Buffer.alloc(8 * 1024 * kib)
    await new Promise<void>((done, fail) => socket.write(bytes, (error) => (error ? fail(error) : done())))
    expect(await answerOn(socket)).toMatchObject({ status })
  })

  test('at the number that the server is set to, if it is set to one', async () => {
    const bytes = new Uint8Array(512 * kib)
    expect(await call(someone(), sendMore, { ...name, bytes })).toMatchObject({ length: bytes.length })
    const more = refused(call(someone(), sendMore, { ...name, bytes: new Uint8Array(512 * kib + 1) }))
    expect(await more).toMatchObject({ ...limit, limitBytes: 512 * kib })
  })
})

describe('a body that does not come is not waited for', () => {
  const slow = { status: 408, code: 'http/too-slow' }

  test('when nothing comes', async () => {
    expect(await answerOn(await begin({ 'content-length': '1000' }))).toMatchObject(slow)
    expect(handled).toMatchObject([{ code: 'http/too-slow' }])
  })

  test('when a byte comes now and then, however long that goes on', async () => {
    const socket = await begin({ 'transfer-encoding': 'chunked' })
    const dripping = setInterval(() => socket.write('1\r\nx\r\n'), 50)
    onTestFinished(() => clearInterval(dripping))
    expect(await answerOn(socket)).toMatchObject(slow)
  })

  test('nor when it is JSON', async () => {
    const json = { 'content-type': 'application/json', 'content-length': '50' }
    const socket = await begin(json, '/api/v1/json', 'POST')
    socket.write('{"text":')
    expect(await answerOn(socket)).toMatchObject(slow)
  })

  test('but one that comes steadily may take longer than the first patience', async () => {
    const socket = await begin({ 'content-length': String(200 * kib), connection: 'close' })
    let left = 20
    const sending = setInterval(() => {
      if (left-- > 0) socket.write(Buffer.alloc(10 * kib))
    }, 90)
    onTestFinished(() => clearInterval(sending))
    const [head] = (await once(socket, 'data')) as [Buffer]
    expect(String(head)).toMatch(/^HTTP\/1.1 201 /)
  })

  test('and a client that goes on sending after its answer is cut off', async () => {
    const socket = await begin({ ...as('nobody-knows').headers, 'content-length': '100000000' })
    const dripping = setInterval(() => socket.write('x'), 20)
    onTestFinished(() => clearInterval(dripping))
    const closed = new Promise<void>((done) => socket.once('close', () => done()))
    socket.resume()
    await closed
  })
})

test('a client that goes away in the middle is no fault, and leaves nobody waiting', async () => {
  const socket = await begin({ 'content-length': '1000' })
  socket.write('x')
  await expect.poll(() => begun, { timeout: 20_000 }).toBe(1)
  socket.destroy()
  await expect.poll(() => handled, { timeout: 20_000 }).toMatchObject([{ code: 'http/cut-short' }])
  expect(logged.filter((line) => line.includes('"fault"'))).toEqual([])
})

test('an upload ends with the right to make it', async () => {
  const going = as('may-lose-it')
  const socket = await begin({ ...going.headers, 'content-length': String(200 * kib) })
  const sending = setInterval(() => socket.write(Buffer.alloc(kib)), 10)
  onTestFinished(() => clearInterval(sending))
  await expect.poll(() => begun, { timeout: 20_000 }).toBe(1)
  withdrawn.add('may-lose-it'.padEnd(20, '-'))
  expect(await answerOn(socket)).toMatchObject({ status: 401, code: 'auth/not-signed-in' })
})

test('nobody may have more than eight uploads under way', async () => {
  const sockets = await Promise.all(Array.from({ length: 9 }, () => begin({ 'content-length': '1000' })))
  const answers = await Promise.all(sockets.map((socket) => answerOn(socket)))
  expect(answers.map(({ code }) => code).sort()).toEqual(
    ['http/too-many-streams', ...Array(8).fill('http/too-slow')].sort(),
  )
})

test('a server that stops asks for what is under way to be sent again', async () => {
  const other = await startServer()
  const before = base
  base = other.url
  const socket = await begin({ 'content-length': '1000' })
  base = before
  const answered = answerOn(socket)
  socket.write('x')
  await expect.poll(() => begun, { timeout: 20_000 }).toBe(1)
  await other.close()
  expect(await answered).toMatchObject({ status: 503, code: 'http/not-ready' })
})

test.each([
  ['of another media type', { 'content-type': 'application/json', 'content-length': '2' }],
  ['of no media type', { 'content-type': '', 'content-length': '2' }],
  ['without a body', { 'content-type': '' }],
  ['that were packed', { 'content-encoding': 'gzip', 'content-length': '2' }],
])('bytes %s are refused, and the right type is named', async (_what, headers) => {
  const socket = await begin(headers as Record<string, string>)
  if ('content-length' in headers) socket.write('{}')
  expect(await answerOn(socket)).toMatchObject({ status: 415, mediaType: 'application/vnd.test' })
  expect(handled).toEqual([])
})

test('the API’s description shows the body as bytes, with its media type and its limit', async () => {
  const { paths } = (await (await fetch(new URL('/openapi.json', base))).json()) as {
    paths: Record<string, Record<string, { requestBody: unknown }>>
  }
  expect(paths['/api/v1/bytes/{name}']?.put?.requestBody).toMatchObject({
    content: { 'application/vnd.test': { schema: { type: 'string', format: 'binary', maxLength: 256 * kib } } },
  })
  expect(paths['/api/v1/more/{name}']?.put?.requestBody).toMatchObject({
    content: { 'application/vnd.test': { schema: { maxLength: 512 * kib } } },
  })
})
