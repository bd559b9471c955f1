import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { databaseForThisTest } from '@suture/testing/database.ts'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { UploadServer } from './upload-harness.ts'

const sockets = { headersMs: 1_000, checkMs: 100, most: 20 }
let server: UploadServer
let open: Socket[] = []
beforeEach(async () => {
  server = await UploadServer.start((await databaseForThisTest()).app, sockets)
})
afterEach(async () => {
  for (const socket of open) socket.destroy()
  open = []
  await server.close()
})

async function dial(): Promise<Socket> {
  const { hostname, port } = new URL(server.base)
  const socket = connect(Number(port), hostname)
  open.push(socket)
  socket.on('error', () => undefined)
  await once(socket, 'connect')
  return socket
}

/** Everything that comes until the connection ends, which it does far sooner than this gives up. */
async function rest(socket: Socket): Promise<string> {
  let text = ''
  socket.on('data', (chunk) => (text += String(chunk)))
  // Not `once` of node:events, which an error of the connection would end.
  if (!socket.closed)
    await new Promise<void>((done, fail) => {
      socket.once('close', () => done())
      setTimeout(() => fail(new Error('The connection stays open')), 30_000).unref()
    })
  return text
}

const statusesIn = (text: string) => [...text.matchAll(/HTTP\/1\.1 (\d{3})/g)].map(([, status]) => Number(status))
const health = (extra = '') => `GET /health HTTP/1.1\r\nhost: localhost\r\n${extra}\r\n`
const toJson = (head: string, body = '') =>
  `POST /api/v1/json HTTP/1.1\r\nhost: localhost\r\nauthorization: ${server.as().headers.authorization}\r\ncontent-type: application/json\r\n${head}\r\n${body}`

describe('a connection is closed', () => {
  test('when it never says anything', async () => {
    expect(statusesIn(await rest(await dial()))).toEqual([408])
  })

  test('when its headers come a letter at a time', async () => {
    const socket = await dial()
    socket.write('GET /health HTTP/1.1\r\nhost: localhost\r\nx: ')
    const drip = setInterval(() => socket.write('y'), 50)
    const text = await rest(socket)
    clearInterval(drip)
    expect(text).toMatch(/^HTTP\/1\.1 408 .*"code":"http\/too-slow"/s)
  })

  test('when the headers of a second request come too slowly', async () => {
    const socket = await dial()
    socket.write(`${health()}GET /hea`)
    expect(statusesIn(await rest(socket))).toEqual([200, 408])
  })
})

describe('when there is no room for another connection', () => {
  test('those that are only kept for later make some, and who is served is not disturbed', async () => {
    const busy = await server.begin({ 'content-length': '10' })
    for (let n = 1; n < sockets.most; n++) {
      const socket = await dial()
      socket.write(health())
      await once(socket, 'data')
    }
    const late = await dial()
    await rest(late)
    const again = await dial()
    again.write(health('connection: close\r\n'))
    expect(statusesIn(await rest(again))).toEqual([200])
    busy.write('0123456789')
    const [answer] = await once(busy, 'data')
    expect(String(answer)).toMatch(/^HTTP\/1\.1 201/)
  })

  test('those that say nothing have it until their time is over, and no longer', async () => {
    const silent = await Promise.all(Array.from({ length: sockets.most }, dial))
    expect(await rest(await dial())).toBe('')
    await Promise.all(silent.map(rest))
    const next = await dial()
    next.write(health('connection: close\r\n'))
    expect(statusesIn(await rest(next))).toEqual([200])
  })
})

describe('what two servers could read in two ways is not read at all', () => {
  const body = '{"text":"x"}'
  test.each<[string, string, string]>([
    ['two lengths', 'content-length: 12\r\ncontent-length: 5\r\n', body],
    ['a length and chunks', 'content-length: 12\r\ntransfer-encoding: chunked\r\n', `c\r\n${body}\r\n0\r\n\r\n`],
    ['chunks inside something else', 'transfer-encoding: chunked, gzip\r\n', `c\r\n${body}\r\n0\r\n\r\n`],
    ['an encoding of nobody’s', 'transfer-encoding: xchunked\r\n', `c\r\n${body}\r\n0\r\n\r\n`],
    ['a length with a sign', 'content-length: +12\r\n', body],
    ['a length that is none', 'content-length: twelve\r\n', body],
    ['a chunk whose size is none', 'transfer-encoding: chunked\r\n', `0xc\r\n${body}\r\n0\r\n\r\n`],
    ['a blank before the colon', 'transfer-encoding : chunked\r\n', `c\r\n${body}\r\n0\r\n\r\n`],
    ['a header that goes on in the next line', 'x: y\r\n transfer-encoding: chunked\r\ncontent-length: 12\r\n', body],
  ])('%s', async (_what, head, content) => {
    const socket = await dial()
    // What follows would be another request if the body ended sooner than it does.
    socket.write(`${toJson(head, content)}${health('connection: close\r\n')}`)
    const statuses = statusesIn(await rest(socket))
    expect(statuses[0]).toBe(400)
    expect(statuses.length).toBeLessThan(3)
  })

  test('a well-formed one is read, in chunks too, and so is the next', async () => {
    const socket = await dial()
    socket.write(toJson('content-length: 12\r\n', body))
    socket.write(toJson('transfer-encoding: chunked\r\n', `c;name=value\r\n${body}\r\n0\r\n\r\n`))
    socket.write(health('connection: close\r\n'))
    expect(statusesIn(await rest(socket))).toEqual([200, 200, 200])
  })
})

test('a chunk that is more extension than content is refused', async () => {
  const socket = await dial()
  socket.write(toJson('transfer-encoding: chunked\r\nconnection: close\r\n', `1;${'x'.repeat(40_000)}\r\n`))
  expect(statusesIn(await rest(socket))).toEqual([400])
})

test('a body of many such chunks comes too slowly, however fast they come', async () => {
  const socket = await dial()
  socket.write(toJson('transfer-encoding: chunked\r\nconnection: close\r\n'))
  const sending = setInterval(() => socket.write(`1;${'x'.repeat(8_000)}\r\n \r\n`), 5)
  const text = await rest(socket)
  clearInterval(sending)
  expect(statusesIn(text)).toEqual([408])
})

test('requests that come at once are answered in their order', async () => {
  const socket = await dial()
  const paths = ['/health', '/nothing', '/api/v1/json', '/health']
  socket.write(
    paths
      .map((path) => `GET ${path} HTTP/1.1\r\nhost: localhost\r\n\r\n`)
      .join('')
      .repeat(50),
  )
  socket.write(health('connection: close\r\n'))
  const expected = [...Array.from({ length: 50 }, () => [200, 404, 404, 200]).flat(), 200]
  expect(statusesIn(await rest(socket))).toEqual(expected)
})

describe('a client that offers its body first', () => {
  test('is asked for it once it may send it', async () => {
    const socket = await server.begin({ 'content-length': '5', expect: '100-continue', connection: 'close' })
    const [first] = await once(socket, 'data')
    expect(String(first)).toMatch(/^HTTP\/1\.1 100 /)
    socket.write('hello')
    expect(await rest(socket)).toContain('"length":5')
  })

  test.each<[string, Record<string, string>, number]>([
    ['is a stranger', { authorization: 'Bearer nobody-nobody-nobody' }, 401],
    ['has too much', { 'content-length': '999999999' }, 413],
    ['has another type', { 'content-type': 'text/plain' }, 415],
  ])('is told no without sending it when it %s', async (_what, headers, status) => {
    const socket = await server.begin({
      'content-length': '5',
      expect: '100-continue',
      connection: 'close',
      ...headers,
    })
    const text = await rest(socket)
    expect(statusesIn(text).filter((each) => each !== 100)).toEqual([status])
    if (status === 401) expect(text).not.toContain('HTTP/1.1 100')
  })

  test('is refused when it expects anything else', async () => {
    const socket = await server.begin({ 'content-length': '5', expect: 'a-miracle', connection: 'close' })
    expect(statusesIn(await rest(socket))).toEqual([417])
  })
})
