import { type ChildProcess, spawn } from 'node:child_process'
import { closeSync, mkdirSync, openSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as after } from 'node:timers/promises'
import { urlsOf } from '@suture/server/platform/database/embedded/cluster.ts'
import { type Child, repository } from '../demo/children.ts'
import type { Switch } from '../sabotage/fault.ts'
import { type Census, censusOf, isWhole } from './processes.ts'

/** How long a start, or coming back to health, may take before the run is given up, in milliseconds. */
const patienceMs = 40_000

/** How coming back went, in seconds from the kill unless it says otherwise. */
export interface Recovery {
  /** From the start of the server until it listened; undefined when it was not the server that was killed. */
  readonly listening: number | undefined
  /** Until `/health` had nothing to complain of, the time left out for which a killed server was left alone. */
  readonly healthy: number | undefined
  /** Until there was exactly one of everything; undefined when that did not come within ten seconds of health. */
  readonly whole: number | undefined
  readonly census: Census
}

/** A service manager with one service: it starts the server, notices when it has ended, and starts it again. */
export class Keeper {
  readonly home: string
  readonly log: string
  /** How often the server ended although nobody had killed it. */
  ownEnds = 0
  /** What it had written last each time. */
  readonly lastWords: string[] = []
  starts = 0
  url = ''
  readonly #env: Readonly<Record<string, string>>
  #child: ChildProcess | undefined
  #isKilled = false
  #stopping = false
  #coming: Promise<void> | undefined

  constructor(folder: string, pollSeconds: number, sabotage: Switch | undefined) {
    this.home = join(folder, 'home')
    this.log = join(folder, 'server.log')
    mkdirSync(this.home, { mode: 0o700 })
    this.#env = {
      SUTURE_HOME: this.home,
      SUTURE_LOG_LEVEL: 'info',
      SUTURE_POLL_SECONDS: String(pollSeconds),
      SUTURE_CONSOLE: 'off',
      ...(sabotage
        ? {
            NODE_OPTIONS: `--import=${join(repository, 'testing/sabotage/register.ts')}`,
            SUTURE_SABOTAGE: sabotage.name,
          }
        : {}),
    }
  }

  /** Everything that the server and its signer have written since the first start. */
  told = (): string => readFileSync(this.log, 'utf8')

  census = (): Census => censusOf(this.home, repository)

  /** Starts the server, at the port that it had before. */
  async start(): Promise<void> {
    const log = openSync(this.log, 'a', 0o600)
    const before = this.starts === 0 ? 0 : this.told().length
    const listen = this.url === '' ? '127.0.0.1:0' : new URL(this.url).host
    const child = spawn(process.execPath, ['cli/bin/suture.mjs', 'serve'], {
      cwd: repository,
      env: { ...process.env, ...this.#env, SUTURE_LISTEN: listen },
      stdio: ['ignore', log, log, 'ipc'],
      detached: true,
    })
    closeSync(log)
    this.#child = child
    this.#isKilled = false
    this.starts++
    child.once('exit', () => this.#ended(child))
    for (const deadline = Date.now() + patienceMs; ; await after(20)) {
      const url = /listens at (\S+?);/.exec(this.told().slice(before))?.[1]
      if (url !== undefined) {
        this.url = url
        return
      }
      if (child.exitCode !== null || Date.now() > deadline)
        throw new Error(`The server did not start:\n${this.told().slice(before).slice(-3000)}`)
    }
  }

  /** As a service manager does: whoever ends without having been told to is started again. */
  #ended(child: ChildProcess): void {
    if (this.#stopping || this.#isKilled || child !== this.#child) return
    this.ownEnds++
    this.lastWords.push(this.told().slice(-3000))
    this.#coming = after(500).then(() => this.start())
    this.#coming.catch(() => undefined)
  }

  /** Says that the end of the server that runs now is meant. */
  expectEnd(): void {
    this.#isKilled = true
  }

  async #healthy(): Promise<boolean> {
    const reply = await fetch(`${this.url}/health`, { signal: AbortSignal.timeout(2000) }).catch(() => undefined)
    const told = (await reply?.json().catch(() => undefined)) as Record<string, string> | undefined
    return told?.database === 'ok' && told?.signer === 'ok'
  }

  /** Until the server says that it is well, and not of those who were killed: word of a death takes a moment. */
  async #untilHealthy(killed: readonly number[]): Promise<boolean> {
    for (const deadline = Date.now() + patienceMs; Date.now() < deadline; await after(50)) {
      await this.#coming
      const { servers, signers, postmasters } = this.census()
      const isMissing = servers.length === 0 || signers.length === 0 || postmasters.length === 0
      const isOld = [...servers, ...signers, ...postmasters].some((pid) => killed.includes(pid))
      if (!isMissing && !isOld && (await this.#healthy())) return true
    }
    return false
  }

  /**
   * Brings back what was killed: the server by starting it after a while, the rest by waiting until it has come back.
   * @param killed the processes that were
   * @param isBack called once the server listens, or at once where it was not killed
   */
  async recover(
    killed: readonly number[],
    { isServerDown, downMs }: { readonly isServerDown: boolean; readonly downMs: number },
    isBack: () => void,
  ): Promise<Recovery> {
    const killedAt = performance.now()
    const seconds = () => (performance.now() - killedAt) / 1000
    let listening: number | undefined
    if (isServerDown) {
      await after(downMs)
      const startedAt = seconds()
      await this.start()
      listening = seconds() - startedAt
    }
    isBack()
    const isHealthy = await this.#untilHealthy(killed)
    const healthy = isHealthy ? seconds() - (isServerDown ? downMs / 1000 : 0) : undefined
    let census = this.census()
    for (const deadline = Date.now() + 10_000; !isWhole(census) && Date.now() < deadline; await after(100))
      census = this.census()
    return { listening, healthy, whole: isHealthy && isWhole(census) ? seconds() : undefined, census }
  }

  /** The connection of one of the database's roles. */
  async database(role: 'app' | 'worker'): Promise<string> {
    const urls = await urlsOf(this.home)
    if (!urls) throw new Error('The database has no addresses')
    return urls[role]
  }

  /** The server as whoever waits for its first words knows it. */
  asChild(): Child {
    return {
      pid: this.#child?.pid ?? 0,
      line: async (fits) => {
        for (;;) {
          const found = this.told().split('\n').find(fits)
          if (found !== undefined) return found
          await after(20)
        }
      },
      stop: () => this.stop(),
    }
  }

  /** Asks the server to stop, and waits until it has. */
  async stop(): Promise<void> {
    this.#stopping = true
    const child = this.#child
    if (!child || child.exitCode !== null || child.signalCode !== null) return
    child.kill('SIGTERM')
    for (const deadline = Date.now() + 20_000; child.exitCode === null && child.signalCode === null; await after(50))
      if (Date.now() > deadline) child.kill('SIGKILL')
  }
}
