import { setTimeout as after } from 'node:timers/promises'
import type { TenantId } from '#platform/id.ts'
import type { Log } from '#platform/log.ts'
import { Refusal } from '#platform/refusal.ts'
import type { Authenticate, Caller } from './caller.ts'

interface Options {
  /** The streams that one session or token may have open at a time, and the process in all. */
  readonly perCredential: number
  readonly inAll: number
  /** How often every credential is looked at again, in milliseconds. */
  readonly checkMs: number
}

const usual: Options = { perCredential: 8, inAll: 500, checkMs: 1_000 }

/** The secret that a stream was opened with. */
interface Shown {
  readonly secret: string
  readonly kind: 'session' | 'token'
}

interface Credential {
  readonly tenant: TenantId
  readonly shown: Shown
  readonly streams: Set<Stream>
}

/** What a stream lives by. */
interface Stream {
  readonly gone: AbortController
  /** Whether the caller may still read it. */
  readonly may: (caller: Caller) => boolean
}

/** The event streams and uploads that are open. Each lives no longer than the credential and the permission behind it. */
export class Streams {
  readonly #authenticate: Authenticate
  readonly #log: Log
  readonly #options: Options
  readonly #credentials = new Map<string, Credential>()
  #count = 0
  #watched = false

  constructor(authenticate: Authenticate, log: Log, options: Partial<Options> = {}) {
    this.#authenticate = authenticate
    this.#log = log
    this.#options = { ...usual, ...options }
  }

  /**
   * Makes room for a stream until it is gone.
   * @throws Refusal when the caller or the process has too many
   */
  open(caller: Caller, shown: Shown, stream: Stream): void {
    const key = caller.credential.toString('hex')
    const credential = this.#credentials.get(key) ?? { tenant: caller.scope.tenant, shown, streams: new Set() }
    const { perCredential, inAll } = this.#options
    if (credential.streams.size >= perCredential) throw new Refusal('http/too-many-streams', { most: perCredential })
    if (this.#count >= inAll) throw new Refusal('http/too-many-streams', { most: inAll })
    credential.streams.add(stream)
    this.#credentials.set(key, credential)
    this.#count++
    stream.gone.signal.addEventListener('abort', () => this.#forget(key, credential, stream), { once: true })
    if (stream.gone.signal.aborted) this.#forget(key, credential, stream)
    if (!this.#watched) void this.#watch()
  }

  /** Ends the streams, of one tenant or of all, whose caller may not read them any more. */
  async recheck(tenant?: TenantId): Promise<void> {
    // One after another: looking after the streams takes one connection, however many there are.
    for (const each of [...this.#credentials.values()]) {
      if (tenant === undefined || each.tenant === tenant) await this.#check(each)
    }
  }

  /** Ends every stream. */
  end(): void {
    const stopping = new Refusal('http/not-ready')
    for (const { streams } of [...this.#credentials.values()]) for (const { gone } of [...streams]) gone.abort(stopping)
  }

  async #check({ shown, streams }: Credential): Promise<void> {
    if (streams.size === 0) return
    const caller = await this.#authenticate(shown.secret, shown.kind, 'check').catch((error) => {
      // Whoever cannot be recognised is nobody; the client comes back with its last position.
      this.#log.error({ err: error }, 'streams not checked')
      return undefined
    })
    const ended = new Refusal('auth/not-signed-in')
    for (const { gone, may } of [...streams]) if (!caller || !may(caller)) gone.abort(ended)
  }

  #forget(key: string, credential: Credential, stream: Stream): void {
    if (!credential.streams.delete(stream)) return
    this.#count--
    if (credential.streams.size === 0 && this.#credentials.get(key) === credential) this.#credentials.delete(key)
  }

  async #watch(): Promise<void> {
    this.#watched = true
    while (this.#count > 0) {
      await after(this.#options.checkMs, undefined, { ref: false })
      await this.recheck()
    }
    this.#watched = false
  }
}
