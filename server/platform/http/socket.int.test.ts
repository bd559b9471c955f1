import { connect } from 'node:net'
import { Problem } from '@suture/contract/problem.ts'
import { startTestServer, type TestServer } from '@suture/testing/world.ts'
import { afterAll, beforeAll, expect, test } from 'vitest'

let server: TestServer
beforeAll(async () => {
  server = await startTestServer()
})
afterAll(() => server.stop())

/** Sends bytes that may be no request, and says what comes back. */
async function sendRaw(bytes: string): Promise<{ head: string; problem: unknown }> {
  const { hostname, port } = new URL(server.base)
  const socket = connect(Number(port), hostname)
  socket.write(bytes)
  let text = ''
  for await (const chunk of socket) text += String(chunk)
  const [head = '', body = ''] = text.split('\r\n\r\n')
  return { head, problem: JSON.parse(body) }
}

test.each([
  [
    'a header block beyond 16 KiB',
    `GET /health HTTP/1.1\r\nhost: x\r\nx-long: ${'x'.repeat(20_000)}\r\n\r\n`,
    431,
    'http/headers-too-large',
  ],
  ['an address beyond 16 KiB', `GET /${'x'.repeat(20_000)} HTTP/1.1\r\nhost: x\r\n\r\n`, 431, 'http/headers-too-large'],
  ['a header without a name', 'GET /health HTTP/1.1\r\nhost: x\r\n: none\r\n\r\n', 400, 'http/malformed'],
  ['what is no HTTP at all', 'hello\r\n\r\n', 400, 'http/malformed'],
])('%s is refused as everything else is', async (_what, bytes, status, code) => {
  const { head, problem } = await sendRaw(bytes)
  expect(head).toMatch(new RegExp(`^HTTP/1.1 ${status} .*application/problem\\+json`, 's'))
  expect(Problem.parse(problem)).toMatchObject({ status, code })
})
