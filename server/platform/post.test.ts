import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import { startReceiver } from '@suture/testing/receiver.ts'
import { expect, onTestFinished, test } from 'vitest'
import { createLog } from './log.ts'
import { post } from './post.ts'

const here = ['127.0.0.0/8', '::1/128']
const logged: string[] = []
const log = createLog('warn', { write: (line) => void logged.push(line) })
const send = (url: string, given: { outward?: string[]; timeoutMs?: number; signal?: AbortSignal } = {}) =>
  post({
    ...{ url, headers: { 'x-a': 'b' }, body: '{"ä":1}', outward: here, timeoutMs: 5000, log },
    signal: AbortSignal.timeout(3_000),
    ...given,
  })

test('what is posted arrives whole, and the answer is its status', async () => {
  const receiver = await startReceiver()
  receiver.answer = (_message, response) => void response.writeHead(503, { 'retry-after': '7' }).end('later')
  expect(await send(`${receiver.url}/in?a=1`)).toEqual({ kind: 'answered', status: 503, retryAfter: '7' })
  expect(receiver.messages).toMatchObject([{ path: '/in?a=1', body: '{"ä":1}', headers: { 'x-a': 'b' } }])
})

test('a redirect is an answer, and is not followed', async () => {
  const receiver = await startReceiver()
  receiver.answer = (_message, response) => void response.writeHead(307, { location: `${receiver.url}/inside` }).end()
  expect(await send(`${receiver.url}/in`)).toMatchObject({ status: 307 })
  expect(receiver.messages.map(({ path }) => path)).toEqual(['/in'])
})

test('a name that leads to this machine is not connected to, whoever the name service is', async () => {
  const receiver = await startReceiver()
  const { port } = new URL(receiver.url)
  for (const scheme of ['https', 'http'])
    expect(await send(`${scheme}://localhost:${port}/`, { outward: ['public'] })).toMatchObject({
      kind: 'unanswered',
      says: expect.stringMatching(/^not sent: /),
    })
  expect(await send(`https://localhost:${port}/`, { outward: ['public'] })).toMatchObject({
    says: 'not sent: localhost leads to where this server may not reach',
  })
  // Whoever makes a webhook learns nothing of the network that the server is in; whoever runs the server does.
  expect(JSON.parse(logged.at(-1) ?? '')).toMatchObject({
    host: 'localhost',
    address: expect.stringMatching(/^(127\.0\.0\.1|::1)$/),
  })
  expect(receiver.messages).toEqual([])
})

test('a receiver that is slow, trickles its answer or says too much is left', async () => {
  const receiver = await startReceiver()
  receiver.answer = () => undefined
  expect(await send(receiver.url, { timeoutMs: 200 })).toEqual({ kind: 'unanswered', says: 'no answer within 0.2 s' })
  receiver.answer = (_message, response) => {
    response.writeHead(200)
    const drip = setInterval(() => response.write('.'), 20)
    response.once('close', () => clearInterval(drip))
  }
  // It has said its status, and would be told everything once more.
  expect(await send(receiver.url, { timeoutMs: 300 })).toMatchObject({ kind: 'answered', status: 200 })
  let written = 0
  receiver.answer = (_message, response) => {
    response.writeHead(200)
    const pour = () => {
      while (!response.destroyed && response.write(Buffer.alloc(64 * 1024))) written += 64 * 1024
    }
    response.on('drain', pour)
    pour()
  }
  expect(await send(receiver.url)).toMatchObject({ kind: 'answered', status: 200 })
  expect(written).toBeLessThan(16 * 1024 * 1024)
})

test('a receiver that leaves HTTP, or hangs up, has an end as well', async () => {
  const says = (...lines: string[]) => `${lines.join('\r\n')}\r\n\r\n`
  const receivers = [
    [says('HTTP/1.1 101 Switching', 'connection: upgrade', 'upgrade: x'), { kind: 'answered', status: 101 }],
    [says('HTTP/1.1 200 OK', 'content-length: 10'), { kind: 'answered', status: 200 }],
    ['', { kind: 'unanswered', says: 'the receiver hung up' }],
  ] as const
  for (const [answer, outcome] of receivers) {
    const server = createServer((socket) => {
      socket.on('error', () => undefined)
      socket.once('data', () => socket.end(answer))
    }).listen(0, '127.0.0.1')
    onTestFinished(() => void server.close())
    await once(server, 'listening')
    const { port } = server.address() as AddressInfo
    expect(await send(`http://127.0.0.1:${port}/`)).toMatchObject(outcome)
  }
})

test('whoever gives up by themselves has not been left without an answer', async () => {
  const receiver = await startReceiver()
  const stopping = new AbortController()
  receiver.answer = () => stopping.abort()
  expect(await send(receiver.url, { signal: stopping.signal })).toEqual({ kind: 'abandoned' })
})

test('nobody at home is said in words', async () => {
  expect(await send('http://127.0.0.1:1/')).toEqual({ kind: 'unanswered', says: 'nothing listens there' })
  expect(await send('https://no-such-host.invalid/', { outward: ['public'] })).toMatchObject({ kind: 'unanswered' })
})
