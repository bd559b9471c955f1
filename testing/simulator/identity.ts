import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { createServer } from 'node:http'
import { type AddressInfo, isIPv6 } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import { generate, type ParsedPacket, parse } from 'coap-packet'
import type { DeviceEntry, Protocol } from './fleet.ts'
import type { Identity } from './truth.ts'

/** Where a device tells who it is, while it is up. */
export interface Door {
  /** The same at each opening. */
  readonly port: number
  open(): Promise<void>
  close(): Promise<void>
}

/** Asked for each read. */
export type Tell = (by: Protocol) => Promise<Identity>

/** What listens until it is closed. */
interface Listener {
  readonly port: number
  close(): Promise<void>
}
type Listen = (host: string, port: number, tell: Tell) => Promise<Listener>

const mostReaders = 16

const listenHttp: Listen = async (host, port, tell) => {
  const server = createServer((request, response) => {
    request.resume()
    response.setHeader('connection', 'close')
    const refuse = (status: number) => response.writeHead(status).end()
    if (request.url !== '/identity') refuse(404)
    else if (request.method !== 'GET') refuse(405)
    else
      void tell('http').then(
        (identity) => response.setHeader('content-type', 'application/json').end(JSON.stringify(identity)),
        () => refuse(500),
      )
  })
  server.maxConnections = mostReaders
  server.requestTimeout = server.headersTimeout = 5000
  server.listen(port, host)
  await once(server, 'listening')
  return {
    port: (server.address() as AddressInfo).port,
    close: async () => {
      server.close()
      server.closeAllConnections()
      await once(server, 'close')
    },
  }
}

/** Content-Format of application/json (RFC 7252, 12.3). */
const json = Buffer.from([50])

/** The answer to a message; undefined when it gets none. */
async function answer(message: ParsedPacket, tell: Tell): Promise<Buffer | undefined> {
  const { messageId, token, confirmable, code } = message
  if (message.ack || message.reset) return undefined
  // An empty confirmable message is a ping, which a reset answers (RFC 7252, 4.3).
  if (code === '0.00') return confirmable ? generate({ code, messageId, reset: true }) : undefined
  const reply = { messageId, token, ack: confirmable }
  const path = message.options.filter(({ name }) => name === 'Uri-Path').map(({ value }) => value.toString('utf8'))
  if (path.join('/') !== 'identity') return generate({ ...reply, code: '4.04' })
  if (code !== '0.01') return generate({ ...reply, code: '4.05' })
  const payload = Buffer.from(JSON.stringify(await tell('coap')))
  return generate({ ...reply, code: '2.05', options: [{ name: 'Content-Format', value: json }], payload })
}

const listenCoap: Listen = async (host, port, tell) => {
  const socket = createSocket(isIPv6(host) ? 'udp6' : 'udp4')
  let open = true
  let reading = 0
  // A repeated request gets the same answer and is no second read (RFC 7252, 4.5).
  let last: { readonly key: string; readonly reply: Buffer } | undefined
  const receive = async (bytes: Buffer, from: AddressInfo) => {
    const message = parse(bytes)
    const key = `${from.address} ${from.port} ${message.messageId}`
    const reply = last?.key === key ? last.reply : await answer(message, tell)
    if (reply === undefined) return
    last = { key, reply }
    if (open) socket.send(reply, from.port, from.address)
  }
  socket.on('message', (bytes, from) => {
    if (reading >= mostReaders) return
    reading++
    // What is no CoAP is not answered.
    receive(bytes, from)
      .catch(() => undefined)
      .finally(() => reading--)
  })
  socket.bind(port, host)
  await once(socket, 'listening')
  socket.on('error', () => undefined)
  return {
    port: socket.address().port,
    close: async () => {
      open = false
      socket.close()
      await once(socket, 'close')
    },
  }
}

const listeners: Readonly<Record<Protocol, Listen>> = { http: listenHttp, coap: listenCoap }

/** While a device was away somebody else may hold its port for a moment. */
async function listenAgain(listen: () => Promise<Listener>): Promise<Listener> {
  for (let left = 200; ; left--) {
    try {
      return await listen()
    } catch (cause) {
      if (left === 0 || (cause as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw cause
      await delay(50)
    }
  }
}

/**
 * A device's door, open.
 * @throws when the port is taken, or the address is not this machine's
 */
export async function openDoor(host: string, { protocol, port }: DeviceEntry['identity'], tell: Tell): Promise<Door> {
  let current: Listener | undefined = await listeners[protocol](host, port, tell)
  const bound = current.port
  return {
    port: bound,
    open: async () => {
      current ??= await listenAgain(() => listeners[protocol](host, bound, tell))
    },
    close: async () => {
      const closing = current
      current = undefined
      await closing?.close()
    },
  }
}
