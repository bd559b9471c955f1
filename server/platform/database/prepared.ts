import { createHash } from 'node:crypto'
import type { PostgresPool, PostgresPoolClient } from 'kysely'
import { isBroken, unlessAway } from './away.ts'
import type { Pool } from './pool.ts'

/** As many statements are prepared on each connection, where each takes PostgreSQL’s memory for good. */
const mostPrepared = 400
/** As many texts are remembered as seen once, before all of them are forgotten. */
const mostSeen = 1_000
/** The most values of a statement that is prepared: more are rows in a list, whose length differs and whose plan is large. */
const mostValues = 64

/** Which statements are worth preparing: those that come again. A text that comes once is planned as it comes. */
export class Names {
  readonly #names = new Map<string, string>()
  readonly #seen = new Set<string>()
  readonly #most: number

  constructor(most = mostPrepared) {
    this.#most = most
  }

  /** The name of a statement’s text; undefined at its first coming, and when enough have one. */
  of(text: string): string | undefined {
    const known = this.#names.get(text)
    if (known !== undefined || this.#names.size >= this.#most) return known
    if (!this.#seen.delete(text)) {
      if (this.#seen.size >= mostSeen) this.#seen.clear()
      this.#seen.add(text)
      return undefined
    }
    const name = `s${createHash('sha256').update(text).digest('base64url')}`
    this.#names.set(text, name)
    return name
  }
}

/**
 * Whether a connection may keep this error for good: its statement is gone (26000) or answers with other columns since
 * the schema changed (0A000), or the driver could not send the values and PostgreSQL never saw them.
 */
const staysBroken = ({ code }: { code?: string }): boolean => code === undefined || code === '26000' || code === '0A000'

/**
 * The pool as Kysely sees it: a statement that comes again is sent by name, so that each connection parses it once and
 * PostgreSQL may keep its plan (PREPARE, `plan_cache_mode = auto`).
 */
export function preparing({ pg }: Pool, names: Names): PostgresPool {
  const clients = new WeakMap<object, () => PostgresPoolClient>()
  return {
    options: pg.options,
    end: () => pg.end(),
    async connect() {
      const client = await pg.connect().catch((error) => {
        throw unlessAway(error)
      })
      const known = clients.get(client)
      if (known) return known()
      let broken = false
      // Why a connection is gone is said once: with the statement under way, or to nobody between two of them.
      let first: unknown
      client.on('error', (error) => {
        first ??= error
      })
      const query = (text: string, values: readonly unknown[]) => {
        // Without values it is one message as it is, and `begin` needs no plan.
        const name = values.length > 0 && values.length <= mostValues ? names.of(text) : undefined
        return client.query({ name, text, values: [...values] }).catch((error) => {
          broken ||= name !== undefined && staysBroken(error)
          first ??= error
          throw unlessAway(isBroken(error) ? first : error)
        })
      }
      // Kysely’s other form of a query, a cursor, is for streams, which this dialect is not set up for.
      const prepared = {
        query: query as unknown as PostgresPoolClient['query'],
        release: (discard = false) => client.release(discard || broken),
      }
      const checkedOut = () => {
        first = undefined
        return prepared
      }
      clients.set(client, checkedOut)
      return checkedOut()
    },
  }
}
