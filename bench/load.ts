import { readFileSync } from 'node:fs'
import { connect, type Socket } from 'node:net'

// Asks a server again and again over connections that stay open, and tells how it went: one process, the same for every
// server that is compared. It speaks just enough HTTP/1.1 to read an answer with a content-length.

interface Order {
  readonly url: string
  readonly connections: number
  readonly seconds: number
  /** What is asked in turn: paths with the headers that go with each. */
  readonly requests: readonly {
    readonly method?: string
    readonly path: string
    readonly headers: Readonly<Record<string, string>>
    readonly body?: string
  }[]
  /** Every request once, instead of for some seconds. */
  readonly once?: boolean
}

/** What came of it. */
export interface Loaded {
  readonly answers: number
  /** Answers by status. */
  readonly statuses: Readonly<Record<string, number>>
  readonly seconds: number
  readonly p50Ms: number
  readonly p99Ms: number
}

const order = JSON.parse(readFileSync(process.argv[2] ?? '', 'utf8')) as Order
const { hostname, port } = new URL(order.url)
const wire = order.requests.map(({ method = 'GET', path, headers, body = '' }) => {
  const all = {
    host: `${hostname}:${port}`,
    ...headers,
    ...(body === '' ? {} : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) }),
  }
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}`)
  return Buffer.from(`${method} ${path} HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n${body}`)
})

const latencies: number[] = []
const statuses: Record<string, number> = {}
const began = performance.now()
const end = began + order.seconds * 1000
let next = 0

/** Where the first answer in some bytes ends; nothing when it is not all there. */
function endOf(bytes: Buffer): number | undefined {
  const head = bytes.indexOf('\r\n\r\n')
  if (head < 0) return undefined
  const length = /\r\ncontent-length: (\d+)/i.exec(bytes.toString('latin1', 0, head))?.[1]
  const whole = head + 4 + Number(length ?? 0)
  return bytes.length >= whole ? whole : undefined
}

function ask(socket: Socket, resolve: () => void): void {
  const isOver = order.once ? next >= wire.length : performance.now() >= end
  if (isOver) {
    socket.destroy()
    resolve()
    return
  }
  const request = wire[next++ % wire.length] as Buffer
  const asked = performance.now()
  let got: Buffer = Buffer.alloc(0)
  const take = (chunk: Buffer) => {
    got = got.length === 0 ? chunk : Buffer.concat([got, chunk])
    const whole = endOf(got)
    if (whole === undefined) return
    socket.off('data', take)
    latencies.push(performance.now() - asked)
    const status = got.toString('latin1', 9, 12)
    statuses[status] = (statuses[status] ?? 0) + 1
    ask(socket, resolve)
  }
  socket.on('data', take)
  socket.write(request)
}

await Promise.all(
  Array.from(
    { length: order.connections },
    () =>
      new Promise<void>((resolve, reject) => {
        const socket = connect({ host: hostname, port: Number(port), noDelay: true }, () => ask(socket, resolve))
        socket.on('error', reject)
      }),
  ),
)
const seconds = (performance.now() - began) / 1000
latencies.sort((a, b) => a - b)
const at = (share: number) =>
  Math.round((latencies[Math.min(latencies.length - 1, Math.floor(latencies.length * share))] ?? 0) * 100) / 100
const loaded: Loaded = { answers: latencies.length, statuses, seconds, p50Ms: at(0.5), p99Ms: at(0.99) }
process.stdout.write(`${JSON.stringify(loaded)}\n`)
