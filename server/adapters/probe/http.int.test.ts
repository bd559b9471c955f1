import { once } from 'node:events'
import { type AddressInfo, createServer, type Socket } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { httpObserver } from './http.ts'

const path = '/identity'
const forever = new AbortController().signal

/** A server of raw bytes: what it says once it has been asked, and how often it was. */
async function startPeer(serve: (socket: Socket, asked: string) => void) {
  const sockets = new Set<Socket>()
  const asked: string[] = []
  const server = createServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => undefined)
    socket.once('data', (bytes) => {
      asked.push(bytes.toString())
      serve(socket, bytes.toString())
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  const { port } = server.address() as AddressInfo
  return { asked, sockets, target: { host: '127.0.0.1', port, path } }
}

const reply = (body: string, ...headers: readonly string[]) =>
  [
    'HTTP/1.1 200 OK',
    'Content-Type: application/json',
    `Content-Length: ${Buffer.byteLength(body)}`,
    ...headers,
    '',
    body,
  ].join('\r\n')

/** What is observed of a peer that always says the same. */
async function observe(...said: readonly string[]) {
  const { target } = await startPeer((socket) => said.forEach((each) => void socket.write(each)))
  return await httpObserver.read(target, forever)
}

const unreadable = (detail: string | RegExp) => ({
  answered: false,
  why: 'unreadable',
  detail: typeof detail === 'string' ? detail : expect.stringMatching(detail),
})

test('what a device tells is observed, and what is not known is ignored', async () => {
  expect(await observe(reply('{"manufacturer":"Acme","firmware":"6.2.6","colour":"red"}'))).toEqual({
    answered: true,
    identity: { manufacturer: 'Acme', firmware: '6.2.6' },
  })
})

test('it is one GET of the declared path on a connection of its own, which is closed', async () => {
  const { target, asked, sockets } = await startPeer((socket) => void socket.write(reply('{"model":"Pump"}')))
  await httpObserver.read(target, forever)
  expect(asked).toEqual([expect.stringMatching(/^GET \/identity HTTP\/1\.1\r\n/)])
  expect(asked[0]).toMatch(/\r\nconnection: close\r\n/i)
  const [socket] = sockets
  if (socket && !socket.closed) await once(socket, 'close')
})

test('a port where nobody listens is told at once', async () => {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  expect(await httpObserver.read({ host: '127.0.0.1', port, path }, forever)).toEqual({
    answered: false,
    why: 'refused',
    detail: 'nobody listens there',
  })
})

const late = { answered: false, why: 'no-answer', detail: 'no answer within 2000 ms' }

test('a device that says nothing is waited for two seconds', async () => {
  const { target } = await startPeer(() => undefined)
  const begun = performance.now()
  expect(await httpObserver.read(target, forever)).toEqual(late)
  expect(performance.now() - begun).toBeGreaterThan(1900)
})

test.each([
  ['', 'Content-Length: 4000\r\n'],
  [' of unknown length', ''],
])('a body%s that drips does not stretch the two seconds', async (_, length) => {
  const { target } = await startPeer((socket) => {
    socket.write(`HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n${length}\r\n{"model":"Pump"}`)
    const drip = setInterval(() => socket.write(' '), 50)
    socket.once('close', () => clearInterval(drip))
  })
  expect(await httpObserver.read(target, forever)).toEqual(late)
})

test('headers that drip do not stretch them either', async () => {
  const { target } = await startPeer((socket) => {
    socket.write('HTTP/1.1 200 OK\r\n')
    const drip = setInterval(() => socket.write('x: y\r\n'), 50)
    socket.once('close', () => clearInterval(drip))
  })
  expect(await httpObserver.read(target, forever)).toEqual(late)
})

test('a connection that breaks is no answer', async () => {
  const { target } = await startPeer((socket) => void socket.destroy())
  expect(await httpObserver.read(target, forever)).toMatchObject({ answered: false, why: 'no-answer' })
})

test('an answer that breaks off is no answer', async () => {
  const { target } = await startPeer((socket) => void socket.end(reply('{"model":"Pump"}').slice(0, -3)))
  expect(await httpObserver.read(target, forever)).toMatchObject({ answered: false, why: 'no-answer' })
})

test('a redirect is not followed', async () => {
  const elsewhere = await startPeer((socket) => void socket.write(reply('{"model":"Pump"}')))
  const location = `Location: http://127.0.0.1:${elsewhere.target.port}/identity`
  expect(await observe(`HTTP/1.1 302 Found\r\n${location}\r\nContent-Length: 0\r\n\r\n`)).toEqual(
    unreadable('answered with status 302'),
  )
  expect(elsewhere.asked).toEqual([])
})

const long = JSON.stringify({ model: 'Pump', filler: 'x'.repeat(5000) })
const endless = 'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n'
test.each([
  ['is longer than 4 KiB', [reply(long)], /^the answer is longer than 4096 bytes$/],
  ['does not say how long it is, and is too long', [endless, long], /^the answer is longer than 4096 bytes$/],
  [
    'has headers of over 4 KiB',
    [reply('{"model":"Pump"}', `X: ${'x'.repeat(5000)}`)],
    /^not HTTP \(HPE_HEADER_OVERFLOW\)$/,
  ],
  ['is no HTTP', ['SSH-2.0-OpenSSH_9.2\r\n'], /^not HTTP/],
  ['is an error', ['HTTP/1.1 500 Oops\r\nContent-Length: 0\r\n\r\n'], /^answered with status 500$/],
  [
    'is of another type',
    [reply('{"model":"Pump"}').replace('application/json', 'text/html')],
    /^the answer is no JSON$/,
  ],
  ['is encoded', [reply('{"model":"Pump"}', 'Content-Encoding: gzip')], /^the answer is encoded$/],
  ['is no JSON', [reply('{"model":')], /^the answer is no JSON$/],
  ['is no UTF-8', [`${reply('{"model":"aa"}').slice(0, -4)}`, '\xff"}\n'], /^the answer is no JSON$/],
])('an answer that %s is not read', async (_, said, detail) => {
  const { target } = await startPeer((socket) => said.forEach((each) => void socket.write(each, 'latin1')))
  expect(await httpObserver.read(target, forever)).toEqual(unreadable(detail))
})

test.each([
  ['no object', '[]'],
  ['an empty one', '{}'],
  ['a number', '{"model":7}'],
  ['an empty field', '{"model":""}'],
  ['a field of 129 characters', JSON.stringify({ model: 'x'.repeat(129) })],
  ['a control character', '{"model":"a\\u001b[2Jb"}'],
  ['half of a surrogate pair', '{"model":"\\ud800"}'],
  ['a turn of the direction of writing', '{"firmware":"1\\u202e2"}'],
])('an identity with %s is not believed', async (_, body) => {
  expect(await observe(reply(body))).toEqual(unreadable('the answer is not an identity'))
})

test.each([
  [{ host: 'localhost' }, 'not a literal IP address'],
  [{ host: 'fe80::1%lo' }, 'not a literal IP address'],
  [{ port: 0 }, 'not a port'],
  [{ port: 65_536 }, 'not a port'],
  [{ path: 'identity' }, 'not a plain absolute path'],
  [{ path: '/a b' }, 'not a plain absolute path'],
  [{ path: '/a\r\nX: y' }, 'not a plain absolute path'],
])('a target with %j is never asked', async (change, detail) => {
  const { target, sockets } = await startPeer(() => undefined)
  expect(await httpObserver.read({ ...target, ...change }, forever)).toEqual({
    answered: false,
    why: 'refused',
    detail,
  })
  expect(sockets.size).toBe(0)
})

test('whoever asks may stop waiting', async () => {
  const stop = new AbortController()
  const { target } = await startPeer(() => stop.abort(new Error('enough')))
  await expect(httpObserver.read(target, stop.signal)).rejects.toThrow('enough')
  await expect(httpObserver.read(target, stop.signal)).rejects.toThrow('enough')
})
