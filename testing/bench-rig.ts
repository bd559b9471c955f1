import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Assignment, DeviceReport, ReportOutcome } from '@suture/server/adapters/port.ts'
import { fateOf, readHeader } from './simulator/image.ts'

/** How a rig behaves when it is told to install something. */
export type Manner = 'honest' | 'lying' | 'silent' | 'gives-up' | 'stays' | 'deaf'

/** Whoever hands out orders: the lab, as an adapter would ask it. */
export interface Orders {
  next(): Promise<Assignment | undefined>
  report(actionId: number, report: DeviceReport): Promise<ReportOutcome>
}

/**
 * A lab device in this process: it tells its identity over HTTP and installs images by the physics of the simulator.
 * Its protocol is left out: it is handed its orders as they are.
 */
export class BenchRig {
  readonly #server: Server
  readonly serial: string
  readonly hardwareRevision: string
  readonly bootloader: string
  readonly protocol = 'http'
  firmware: string
  manner: Manner = 'honest'
  dead = false
  /** How often somebody asked who it is. */
  reads = 0
  readonly done = new Set<number>()

  private constructor(
    server: Server,
    about: Pick<BenchRig, 'serial' | 'hardwareRevision' | 'bootloader' | 'firmware'>,
  ) {
    this.#server = server
    this.serial = about.serial
    this.hardwareRevision = about.hardwareRevision
    this.bootloader = about.bootloader
    this.firmware = about.firmware
  }

  static async start(
    about: Pick<BenchRig, 'serial' | 'hardwareRevision' | 'bootloader' | 'firmware'>,
  ): Promise<BenchRig> {
    const server = createServer((_request, response) => {
      rig.reads++
      if (rig.dead) return void response.destroy()
      const { serial, hardwareRevision, bootloader, firmware } = rig
      response.setHeader('content-type', 'application/json').setHeader('connection', 'close')
      response.end(
        JSON.stringify({ manufacturer: 'Kestrel', model: 'DL-20', serial, hardwareRevision, bootloader, firmware }),
      )
    })
    const rig = new BenchRig(server, about)
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    return rig
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port
  }

  /** One poll: what it is told it does at once, and says so as it goes. */
  async poll(orders: Orders, fileOf: (sha256: string) => string): Promise<void> {
    if (this.dead || this.manner === 'deaf') return
    const order = await orders.next()
    if (order?.kind !== 'install' || this.done.has(order.actionId)) return
    const say = (execution: DeviceReport['execution'], ...details: string[]) =>
      orders.report(order.actionId, { execution, details })
    await say('downloading')
    if (this.manner === 'silent') {
      this.manner = 'deaf'
      return
    }
    const bytes = readFileSync(fileOf(order.artifact.sha256))
    if (createHash('sha256').update(bytes).digest('hex') !== order.artifact.sha256) {
      await say('failed', 'the digest is another one')
      return
    }
    await say('downloaded')
    await say('installing')
    this.done.add(order.actionId)
    await this.#start(bytes, say)
  }

  /** Starts what was installed, as the image has it for this hardware. */
  async #start(bytes: Buffer, say: (execution: DeviceReport['execution'], ...details: string[]) => Promise<unknown>) {
    const header = readHeader(bytes)
    if (!header) throw new Error('A rig was given no firmware image')
    const fate = fateOf(header, this)
    if (fate === 'bricks') {
      this.dead = true
      return
    }
    if (this.manner === 'gives-up' || fate === 'fails') {
      await say('failed', `rolled back to ${this.firmware}`)
      return
    }
    if (this.manner !== 'lying') this.firmware = header.version
    if (this.manner !== 'stays') await say('succeeded')
  }

  end(): Promise<void> {
    return new Promise((resolve) => this.#server.close(() => resolve()))
  }
}
