import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, openSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { product } from '../testing/published-release.ts'

const programs = ['swupdate', 'openssl', 'cpio']

/** Whether Debian's SWUpdate and what makes images for it are here; with `SUTURE_REQUIRE_PEERS=1` they must be. */
export function hasSwupdate(): boolean {
  const folders = (process.env.PATH ?? '').split(':')
  const missing = programs.filter((name) => !folders.some((folder) => existsSync(join(folder, name))))
  if (missing.length > 0 && process.env.SUTURE_REQUIRE_PEERS === '1')
    throw new Error(`Not installed: ${missing.join(', ')}. Install Debian’s packages swupdate, openssl and cpio.`)
  return missing.length === 0
}

interface About {
  readonly folder: string
  readonly serial: string
  readonly hardwareRevision: string
  readonly firmware: string
  /** Whose images it installs. */
  readonly certificate: string
}

/** How it shows the server who it is: its own secret, or its gateway's. */
export interface Secret {
  readonly kind: 'target' | 'gateway'
  readonly value: string
}

/** What the start after an installation says of it: `2` it came up, `3` it did not. */
type Confirmed = 2 | 3

/**
 * A device that runs Debian's SWUpdate, unmodified, as its DDI client. It has two slots: images are written to `incoming`
 * and run from `active` after a restart, and who it is can be read over HTTP from what is active.
 */
export class SwupdateDevice {
  readonly about: About
  readonly incoming: string
  readonly #active: string
  readonly #identity: Server
  #process: ChildProcess | undefined
  /** Whether anybody answers at its address. */
  isReachable = true

  private constructor(about: About) {
    this.about = about
    this.incoming = join(about.folder, 'incoming')
    this.#active = join(about.folder, 'active')
    for (const each of [this.incoming, this.#active, join(about.folder, 'tmp')]) mkdirSync(each, { recursive: true })
    writeFileSync(join(this.#active, 'firmware.json'), JSON.stringify({ firmware: about.firmware }))
    this.#identity = createServer((_request, response) => {
      if (!this.isReachable) return void response.destroy()
      response.setHeader('content-type', 'application/json').end(JSON.stringify(this.#self()))
    })
  }

  static async make(about: About): Promise<SwupdateDevice> {
    const device = new SwupdateDevice(about)
    await new Promise<void>((resolve) => device.#identity.listen(0, '127.0.0.1', resolve))
    return device
  }

  #self() {
    const { serial, hardwareRevision } = this.about
    return { ...product, serial, hardwareRevision, firmware: this.firmware }
  }

  /** What is active. */
  get firmware(): string {
    return JSON.parse(readFileSync(join(this.#active, 'firmware.json'), 'utf8')).firmware
  }

  /** Makes it run, as it says, another version from now on. */
  boast(firmware: string): void {
    writeFileSync(join(this.#active, 'firmware.json'), JSON.stringify({ firmware }))
  }

  /** Where it tells who it is. */
  get port(): number {
    return (this.#identity.address() as AddressInfo).port
  }

  /** Whether an image has been written that is not active yet. */
  get hasIncoming(): boolean {
    return existsSync(join(this.incoming, 'firmware.json'))
  }

  /** Everything that SWUpdate has said, in all its lives. */
  get log(): string {
    return readFileSync(join(this.about.folder, 'swupdate.log'), 'utf8')
  }

  /**
   * Switches it on; it polls once a second.
   * @param confirmed what it says of the installation before, after a restart
   * @param name under which it polls, if not its serial number
   */
  start(server: string, tenant: string, secret: Secret, confirmed?: Confirmed, name = this.about.serial): void {
    const { folder, certificate } = this.about
    const told = Object.entries(this.#self()).map(([name, value]) => `{ name = "${name}"; value = "${value}"; }`)
    writeFileSync(
      join(folder, 'swupdate.cfg'),
      `globals : { verbose = true; loglevel = 5; syslog = false; public-key-file = "${certificate}"; };
identify : ( ${told.join(', ')} );
suricatta : { polldelay = 1; retry = 10; retrywait = 1; };
`,
    )
    const arguments_ = [
      ...['-t', tenant, '-u', server, '-i', name, '-p', '1'],
      ...[secret.kind === 'target' ? '-k' : '-g', secret.value],
      ...(confirmed === undefined ? [] : ['-c', String(confirmed)]),
    ]
    const log = openSync(join(folder, 'swupdate.log'), 'a')
    // Without SIGPIPE ignored it dies of a failed installation; its sockets lie in TMPDIR, one set for each device.
    const command = `trap '' PIPE; exec swupdate -f swupdate.cfg -H board:1.0 -u "$0"`
    this.#process = spawn('sh', ['-c', command, arguments_.join(' ')], {
      cwd: folder,
      env: { PATH: process.env.PATH, TMPDIR: join(folder, 'tmp') },
      stdio: ['ignore', log, log],
      // A group of its own, because SWUpdate is several processes.
      detached: true,
    })
  }

  /** Switches it off, as a power cut does. */
  async stop(): Promise<void> {
    const { pid, exitCode, signalCode } = this.#process ?? {}
    if (!this.#process || pid === undefined || exitCode !== null || signalCode !== null) return
    const gone = once(this.#process, 'exit')
    process.kill(-pid, 'SIGKILL')
    await gone
  }

  /** Starts again: from what was written, or, when that does not come up, from what it ran before. */
  async restart(server: string, tenant: string, secret: Secret, comesUp = true): Promise<void> {
    await this.stop()
    if (comesUp) renameSync(join(this.incoming, 'firmware.json'), join(this.#active, 'firmware.json'))
    this.start(server, tenant, secret, comesUp ? 2 : 3)
  }

  async end(): Promise<void> {
    await this.stop()
    this.#identity.closeAllConnections()
    await new Promise((resolve) => this.#identity.close(resolve))
  }
}
