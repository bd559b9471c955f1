import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net'

/** What happens to a part of an answer on its way to a device; nothing when it is swallowed. */
export type Fault = (bytes: Buffer, line: Line) => Buffer | undefined

/** One connection of a device. */
interface Line {
  /** The bytes that went to the device so far. */
  readonly passed: number
  cut(): void
}

/** The wire between a device and its server: what is said on it can be read, and it can be cut, slowed and lied on. */
export class Wire {
  readonly #server: Server
  readonly #sockets = new Set<Socket>()
  readonly #target: URL
  /** The beginning of every packet: what the device asked, and what it was told. */
  readonly asked: string[] = []
  readonly told: string[] = []
  /** The bytes that have gone to the device in all. */
  passed = 0
  fault: Fault = (bytes) => bytes
  /** The most bytes that pass in one second towards the device, 0 for as many as there are. */
  bytesPerSecond = 0

  private constructor(target: string) {
    this.#target = new URL(target)
    this.#server = createServer((device) => this.#join(device))
  }

  static async to(target: string): Promise<Wire> {
    const wire = new Wire(target)
    wire.#server.listen(0, '127.0.0.1')
    await once(wire.#server, 'listening')
    return wire
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  #join(device: Socket): void {
    const server = connect(Number(this.#target.port), this.#target.hostname)
    for (const socket of [device, server]) {
      this.#sockets.add(socket)
      socket.on('error', () => socket.destroy())
      socket.on('close', () => {
        this.#sockets.delete(socket)
        device.destroy()
        server.destroy()
      })
    }
    const line = {
      passed: 0,
      cut: () => device.destroy(),
    }
    device.on('data', (bytes: Buffer) => {
      this.asked.push(bytes.toString('latin1').slice(0, 2000))
      server.write(bytes)
    })
    server.on('data', (bytes: Buffer) => {
      const left = this.fault(bytes, line)
      if (left === undefined || device.destroyed) return
      line.passed += left.length
      this.passed += left.length
      this.told.push(left.toString('latin1', 0, 2000))
      device.write(left)
      if (this.bytesPerSecond === 0) return
      server.pause()
      setTimeout(() => server.resume(), (left.length / this.bytesPerSecond) * 1000)
    })
  }

  async end(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy()
    this.#server.close()
    await once(this.#server, 'close')
  }
}
