import { once } from 'node:events'
import { createTestDatabase, type TestDatabase } from '@suture/testing/database.ts'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, onTestFinished, test } from 'vitest'
import { answerOn, kib, UploadServer } from './upload-harness.ts'

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

describe('a body that does not come is not waited for', () => {
  const slow = { status: 408, code: 'http/too-slow' }

  test('when nothing comes', async () => {
    expect(await answerOn(await server.begin({ 'content-length': '1000' }))).toMatchObject(slow)
    expect(server.handled).toMatchObject([{ code: 'http/too-slow' }])
  })

  test('when a byte comes now and then, however long that goes on', async () => {
    const socket = await server.begin({ 'transfer-encoding': 'chunked' })
    const dripping = setInterval(() => socket.write('1\r\nx\r\n'), 50)
    onTestFinished(() => clearInterval(dripping))
    expect(await answerOn(socket)).toMatchObject(slow)
  })

  test('nor when it is JSON', async () => {
    const json = { 'content-type': 'application/json', 'content-length': '50' }
    const socket = await server.begin(json, '/api/v1/json', 'POST')
    socket.write('{"text":')
    expect(await answerOn(socket)).toMatchObject(slow)
  })

  test('but one that comes steadily may take longer than the first patience', async () => {
    const socket = await server.begin({ 'content-length': String(200 * kib), connection: 'close' })
    let left = 20
    const sending = setInterval(() => {
      if (left-- > 0) socket.write(Buffer.alloc(10 * kib))
    }, 90)
    onTestFinished(() => clearInterval(sending))
    const [head] = (await once(socket, 'data')) as [Buffer]
    expect(String(head)).toMatch(/^HTTP\/1.1 201 /)
  })

  test('and a client that goes on sending after its answer is cut off', async () => {
    const socket = await server.begin({ ...server.as('nobody-knows').headers, 'content-length': '100000000' })
    const dripping = setInterval(() => socket.write('x'), 20)
    onTestFinished(() => clearInterval(dripping))
    const closed = new Promise<void>((done) => socket.once('close', () => done()))
    socket.resume()
    await closed
  })
})

test('a client that goes away in the middle is no fault, and leaves nobody waiting', async () => {
  const socket = await server.begin({ 'content-length': '1000' })
  socket.write('x')
  await expect.poll(() => server.begun).toBe(1)
  socket.destroy()
  await expect.poll(() => server.handled).toMatchObject([{ code: 'http/cut-short' }])
  expect(server.logged.filter((line) => line.includes('"fault"'))).toEqual([])
})

test('an upload ends with the right to make it', async () => {
  const going = server.as('may-lose-it')
  const socket = await server.begin({ ...going.headers, 'content-length': String(200 * kib) })
  const sending = setInterval(() => socket.write(Buffer.alloc(kib)), 10)
  onTestFinished(() => clearInterval(sending))
  await expect.poll(() => server.begun).toBe(1)
  server.withdraw('may-lose-it')
  expect(await answerOn(socket)).toMatchObject({ status: 401, code: 'auth/not-signed-in' })
})

test('nobody may have more than eight uploads under way', async () => {
  const sockets = await Promise.all(Array.from({ length: 9 }, () => server.begin({ 'content-length': '1000' })))
  const answers = await Promise.all(sockets.map((socket) => answerOn(socket)))
  expect(answers.map(({ code }) => code).sort()).toEqual(
    ['http/too-many-streams', ...Array(8).fill('http/too-slow')].sort(),
  )
})

test('a server that stops asks for what is under way to be sent again', async () => {
  const other = await UploadServer.start(database.app)
  onTestFinished(() => other.hangUp())
  const socket = await other.begin({ 'content-length': '1000' })
  const answered = answerOn(socket)
  socket.write('x')
  await expect.poll(() => other.begun).toBe(1)
  await other.close()
  expect(await answered).toMatchObject({ status: 503, code: 'http/not-ready' })
})
