import { once } from 'node:events'
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { call, ForeignAnswer, ProblemError } from './client.ts'
import { getBillImport } from './inventory.ts'
import { refusals } from './refusals.ts'

const id = '019a0000-0000-7000-8000-000000000000'

/** What becomes of a call that is answered so. */
async function answered(answer: (response: ServerResponse) => void): Promise<unknown> {
  const server = createServer((_request, response) => answer(response)).listen(0, '127.0.0.1')
  onTestFinished(() => void server.close())
  await once(server, 'listening')
  const to = { base: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, headers: {} }
  return call(to, getBillImport, { params: { id } }).catch((error: unknown) => error)
}

test.each([
  ['a page of a proxy', 502, '<html><h1>502 Bad Gateway</h1></html>'],
  ['a problem of somebody else', 503, '{"title":"upstream connect error"}'],
  ['nothing at all', 504, ''],
  ['a page for a right answer', 200, '<html>Sign in to this network</html>'],
])('%s is told as an answer that is none of the server’s, with its status', async (_what, status, body) => {
  const error = await answered((response) => response.writeHead(status, { 'content-type': 'text/html' }).end(body))
  expect(error).toBeInstanceOf(ForeignAnswer)
  expect(error).toBeInstanceOf(ProblemError)
  expect(error).toMatchObject({ problem: { status, detail: expect.stringContaining(`/bill-imports/${id}`) } })
})

test.each([
  ['somebody else’s JSON', '{"ok":true}', 'id: '],
  ['a list for a thing', '[]', 'the reply: '],
])(
  '%s for a right answer may come from another version too, and is told so, with what was wrong',
  async (_what, body, fault) => {
    const error = await answered((response) => response.writeHead(200).end(body))
    expect(error).toBeInstanceOf(ForeignAnswer)
    expect(error).toMatchObject({
      message: expect.stringMatching(/^What answered, with status 200, was not Suture, or not this version of it\. /),
      problem: { status: 200, detail: expect.stringContaining(`/bill-imports/${id}: ${fault}`) },
    })
  },
)

test.each([
  ['7', 7],
  ['0', 0],
  [new Date(0).toUTCString(), 0],
  ['soon', undefined],
  [undefined, undefined],
])('a refusal tells in how many seconds to ask again where the answer did: %s', async (told, retryAfter) => {
  const problem = { type: 'x', title: 'No', status: 429, remedy: 'Wait', code: 'http/too-many-requests', incident: 'i' }
  const error = await answered((response) =>
    response.writeHead(429, told === undefined ? {} : { 'retry-after': told }).end(JSON.stringify(problem)),
  )
  expect(error).not.toBeInstanceOf(ForeignAnswer)
  expect(error).toMatchObject({ problem, retryAfter })
})

test('a refusal names the permission that is missing', async () => {
  const { status, says: title, remedy } = refusals['auth/not-permitted']
  const problem = { type: 'x', title, status, remedy, permission: 'inventory:read', incident: 'i' }
  const error = await answered((response) => response.writeHead(status).end(JSON.stringify(problem)))
  const names = 'Ask an admin of the tenant for a role that holds inventory:read'
  expect(error).toMatchObject({ remedy: names, message: `${title}. ${names}.` })
})
