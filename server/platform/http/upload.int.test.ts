import { createHash } from 'node:crypto'
import { mkdtempSync, openAsBlob, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { call, ProblemError } from '@suture/contract/client.ts'
import { createTestDatabase, type TestDatabase } from '@suture/testing/database.ts'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, onTestFinished, test } from 'vitest'
import { answerOn, kib, sendBytes, sendMore, UploadServer } from './upload-harness.ts'

let database: TestDatabase
let server: UploadServer
beforeAll(async () => {
  database = await createTestDatabase()
  server = await UploadServer.start(database.app)
})
afterAll(async () => {
  await server.close()
  await database.drop()
})
beforeEach(() => server.forget())
afterEach(() => server.hangUp())

const name = { params: { name: 'x' } }
const refused = async (sent: Promise<unknown>) => {
  const error = await sent.then(
    () => undefined,
    (thrown: unknown) => thrown,
  )
  if (!(error instanceof ProblemError)) throw error ?? new Error('nothing was refused')
  return error.problem
}

describe('bytes arrive as they were sent', () => {
  const bytes = Buffer.alloc(200 * kib, 'bytes')
  const told = {
    sha256: createHash('sha256').update(bytes).digest('hex'),
    length: bytes.length,
    announced: bytes.length,
  }

  test('from memory', async () => {
    expect(await call(server.as(), sendBytes, { ...name, bytes: new Uint8Array(bytes) })).toEqual(told)
  })

  test('from a file', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'suture-upload-'))
    onTestFinished(() => rmSync(folder, { recursive: true }))
    writeFileSync(join(folder, 'file'), bytes)
    expect(await call(server.as(), sendBytes, { ...name, bytes: await openAsBlob(join(folder, 'file')) })).toEqual(told)
  })

  test('from a stream, whose length is told', async () => {
    const stream = new Blob([bytes]).stream()
    expect(await call(server.as(), sendBytes, { ...name, bytes: { stream, length: bytes.length } })).toEqual(told)
  })

  test('in chunks of a length that nobody told', async () => {
    const socket = await server.begin({ 'transfer-encoding': 'chunked', connection: 'close' })
    socket.end('5\r\nhello\r\n0\r\n\r\n')
    let text = ''
    for await (const chunk of socket) text += String(chunk)
    expect(text).toContain('"length":5,"announced":null')
  })

  test('when there are none', async () => {
    expect(await call(server.as(), sendBytes, { ...name, bytes: new Uint8Array() })).toMatchObject({ length: 0 })
  })
})

describe('the permission is looked at before a byte is read', () => {
  test.each([
    ['a stranger', 'nobody', 401, 'auth/not-signed-in'],
    ['somebody without the permission', 'maynot', 403, 'auth/not-permitted'],
  ])('of %s', async (_who, secret, status, code) => {
    const socket = await server.begin({ ...server.as(`${secret}-send`).headers, 'content-length': '1000000' })
    expect(await answerOn(socket)).toMatchObject({ status, code })
    expect(server.handled).toEqual([])
  })
})

describe('more bytes than the endpoint takes are refused', () => {
  const limit = { status: 413, code: 'http/too-large', limitBytes: 256 * kib }

  test('before one of them is read, when their number is told', async () => {
    const socket = await server.begin({ 'content-length': String(256 * kib + 1) })
    expect(await answerOn(socket)).toMatchObject(limit)
    expect(server.handled).toEqual([])
  })

  test('as soon as they are too many, when it is not', async () => {
    const socket = await server.begin({ 'transfer-encoding': 'chunked' })
    const chunk = `${(64 * kib).toString(16)}\r\n${'x'.repeat(64 * kib)}\r\n`
    const sending = setInterval(() => socket.write(chunk), 5)
    onTestFinished(() => clearInterval(sending))
    expect(await answerOn(socket)).toMatchObject(limit)
    expect(server.handled).toMatchObject([{ code: 'http/too-large' }])
  })

  test('to a client of ours, which reads the answer while it sends', async () => {
    const bytes = new Uint8Array(32 * 1024 * kib)
    expect(await refused(call(server.as(), sendBytes, { ...name, bytes }))).toMatchObject(limit)
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
    const socket = await server.begin(headers, path, method)
    const bytes = Buffer.alloc(8 * 1024 * kib)
    await new Promise<void>((done, fail) => socket.write(bytes, (error) => (error ? fail(error) : done())))
    expect(await answerOn(socket)).toMatchObject({ status })
  })

  test('at the number that the server is set to, if it is set to one', async () => {
    const bytes = new Uint8Array(512 * kib)
    expect(await call(server.as(), sendMore, { ...name, bytes })).toMatchObject({ length: bytes.length })
    const more = refused(call(server.as(), sendMore, { ...name, bytes: new Uint8Array(512 * kib + 1) }))
    expect(await more).toMatchObject({ ...limit, limitBytes: 512 * kib })
  })
})

test.each([
  ['of another media type', { 'content-type': 'application/json', 'content-length': '2' }],
  ['of no media type', { 'content-type': '', 'content-length': '2' }],
  ['without a body', { 'content-type': '' }],
  ['that were packed', { 'content-encoding': 'gzip', 'content-length': '2' }],
])('bytes %s are refused, and the right type is named', async (_what, headers) => {
  const socket = await server.begin(headers as Record<string, string>)
  if ('content-length' in headers) socket.write('{}')
  expect(await answerOn(socket)).toMatchObject({ status: 415, mediaType: 'application/vnd.test' })
  expect(server.handled).toEqual([])
})

test('the API’s description shows the body as bytes, with its media type and its limit', async () => {
  const { paths } = (await (await fetch(new URL('/openapi.json', server.base))).json()) as {
    paths: Record<string, Record<string, { requestBody: unknown }>>
  }
  expect(paths['/api/v1/bytes/{name}']?.put?.requestBody).toMatchObject({
    content: { 'application/vnd.test': { schema: { type: 'string', format: 'binary', maxLength: 256 * kib } } },
  })
  expect(paths['/api/v1/more/{name}']?.put?.requestBody).toMatchObject({
    content: { 'application/vnd.test': { schema: { maxLength: 512 * kib } } },
  })
})
