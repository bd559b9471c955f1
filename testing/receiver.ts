import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { onTestFinished } from 'vitest'

/** One request as a receiver of webhooks gets it. */
export interface Message {
  readonly path: string
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

/** A receiver of webhooks at this machine, as somebody else would write one. */
export interface Receiver {
  readonly url: string
  readonly messages: Message[]
  /** How it answers from now on; by itself with 204. */
  answer: (message: Message, response: ServerResponse) => void
}

export async function startReceiver(): Promise<Receiver> {
  const messages: Message[] = []
  const server = createServer(async (request, response) => {
    let body = ''
    for await (const chunk of request.setEncoding('utf8')) body += chunk
    const message = { path: request.url ?? '', headers: request.headers, body }
    messages.push(message)
    receiver.answer(message, response)
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  const receiver: Receiver = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    messages,
    answer: (_message, response) => void response.writeHead(204).end(),
  }
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return receiver
}
