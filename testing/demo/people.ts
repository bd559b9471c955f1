import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { whoAmI } from '@suture/contract/auth.ts'
import { type Arguments, call, type Reply } from '@suture/contract/client.ts'
import type { AnyEndpoint } from '@suture/contract/endpoint.ts'
import { type Ran, run } from './children.ts'

/** Somebody at a terminal of their own: they have the command line, and for what is said often, the API. */
export class Person {
  readonly name: string
  readonly login: string
  readonly folder: string
  readonly #url: string
  readonly #env: Readonly<Record<string, string>>

  constructor(name: string, home: string, url: string) {
    this.name = name
    this.login = `${name}@demo.example`
    this.folder = join(home, 'people', name)
    this.#url = url
    this.#env = { SUTURE_URL: url, SUTURE_CLI_HOME: this.folder, SUTURE_HOME: home, SUTURE_LOG_LEVEL: 'warn' }
  }

  /** Runs one command line of `suture`, whatever comes of it. */
  tries(args: readonly string[], input?: string): Promise<Ran> {
    return run(['cli/bin/suture.mjs', ...args], this.#env, input)
  }

  /** Runs one that must succeed; what it printed. */
  async does(args: readonly string[], input?: string): Promise<string> {
    const ran = await this.tries(args, input)
    if (ran.status !== 0) throw new Error(`${this.name}: suture ${args.join(' ')}\n${ran.err || ran.out}`)
    return ran.out
  }

  /** Runs one that must succeed and print JSON. */
  async reads<T>(args: readonly string[], input?: string): Promise<T> {
    return JSON.parse(await this.does([...args, '-o', 'json'], input)) as T
  }

  /** Calls an endpoint in the session that `suture login` opened. */
  calls<E extends AnyEndpoint>(endpoint: E, given: Arguments<E>): Promise<Reply<E>> {
    const { cookie } = JSON.parse(readFileSync(join(this.folder, 'session.json'), 'utf8')) as {
      readonly cookie: string
    }
    return call({ base: this.#url, headers: { cookie } }, endpoint, given)
  }

  /** Calls an endpoint as nobody in particular. */
  callsUnknown<E extends AnyEndpoint>(endpoint: E, given: Arguments<E>): Promise<Reply<E>> {
    return call({ base: this.#url, headers: {} }, endpoint, given)
  }

  /** Under which id the server knows them. */
  async id(): Promise<string> {
    return (await this.calls(whoAmI, {})).id
  }
}
