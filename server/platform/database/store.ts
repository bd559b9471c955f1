import { Kysely, PostgresDialect, sql, type Transaction } from 'kysely'
import type { TenantId } from '#platform/id.ts'
import type { Pool } from './pool.ts'
import { Names, preparing } from './prepared.ts'
import type { DirectoryTables, TenantTables } from './schema.ts'

/** Who acts: a person, a machine token, or a part of the server itself. */
export interface Actor {
  readonly kind: 'user' | 'token' | 'system'
  readonly id: string
  readonly name: string
}

/** In whose name a query runs, and which sites it may see. */
export interface Scope {
  readonly tenant: TenantId
  readonly actor: Actor
  readonly sites: 'all' | readonly number[]
}

/** The server itself, acting in a tenant. */
export const systemScope = (tenant: TenantId, id: string): Scope => ({
  tenant,
  actor: { kind: 'system', id, name: 'Suture' },
  sites: 'all',
})

declare const scopedBrand: unique symbol
declare const directoryBrand: unique symbol

/** A transaction inside a scope: the only thing that queries of tenant tables take. Made by `withScope` alone. */
export interface Scoped {
  readonly scope: Scope
  readonly db: Transaction<TenantTables & DirectoryTables>
  readonly [scopedBrand]: true
}

/** Access to the directory tables alone, for the moment before the tenant is known. */
export interface Directory {
  readonly db: Kysely<DirectoryTables>
  readonly [directoryBrand]: true
}

type Tables = TenantTables & DirectoryTables
type Transact = <T>(run: (db: Transaction<Tables>) => Promise<T>) => Promise<T>

/** A database as one role sees it. It has no query methods: see `withScope`, `together` and `directory`. */
export class Store {
  readonly #pool: Pool
  readonly #kysely: Kysely<Tables>
  readonly #longest: number
  #transact: Transact

  /** @param longest the seconds for which a transaction may go on; see `withScope` */
  constructor(
    pool: Pool,
    longest = 5,
    kysely = new Kysely<Tables>({ dialect: new PostgresDialect({ pool: preparing(pool, new Names()) }) }),
  ) {
    this.#pool = pool
    this.#longest = longest
    this.#kysely = kysely
    this.#transact = async (run) => {
      let begun: Transaction<Tables> | undefined
      const result = await kysely.transaction().execute((db) => {
        begun = db
        return run(db)
      })
      if (begun) committed(begun)
      return result
    }
  }

  static kysely(store: Store): Kysely<Tables> {
    return store.#kysely
  }

  static longest(store: Store): string {
    return `${store.#longest}s`
  }

  static transact<T>(store: Store, run: (db: Transaction<Tables>) => Promise<T>): Promise<T> {
    return store.#transact(run)
  }

  /** The same database, whose transactions somebody else opens and ends. */
  static through(store: Store, transact: Transact): Store {
    const other = new Store(store.#pool, store.#longest, store.#kysely)
    other.#transact = transact
    return other
  }

  /** Closes every connection; queries under way finish first. */
  async close(): Promise<void> {
    await this.#pool.close()
  }
}

/**
 * No transaction goes on for longer than five seconds, because readers of events wait for the oldest one. PostgreSQL
 * before 17 can bound only each statement and each pause between two.
 */
const deadline = (longest: string) => sql`
  case when current_setting('server_version_num')::int >= 170000 then set_config('transaction_timeout', ${longest}, true)
  else set_config('statement_timeout', ${longest}, true)
    || set_config('idle_in_transaction_session_timeout', ${longest}, true) end`

/** What is to be done when a transaction has committed. */
const whenDone = new WeakMap<Scoped['db'], (() => void)[]>()

/** Has something done in this process as soon as the transaction has committed; a rollback, and it is forgotten. */
export const whenCommitted = ({ db }: Pick<Scoped, 'db'>, act: () => void): void => {
  whenDone.set(db, [...(whenDone.get(db) ?? []), act])
}

/** Does what waited for the commit of a transaction; whoever commits one says so. */
export function committed(db: Scoped['db']): void {
  const acts = whenDone.get(db) ?? []
  whenDone.delete(db)
  for (const act of acts) act()
}

/**
 * Runs one transaction in a scope. PostgreSQL's row-level security reads the same scope, so a query that forgets
 * its tenant finds nothing.
 */
export const withScope = <T>(store: Store, scope: Scope, run: (scoped: Scoped) => Promise<T>): Promise<T> =>
  Store.transact(store, async (db) => {
    const sites = scope.sites === 'all' ? '*' : `{${scope.sites.join(',')}}`
    await sql`select set_config('app.tenant_id', ${String(scope.tenant)}, true),
                     set_config('app.site_ids', ${sites}, true),
                     ${deadline(Store.longest(store))}`.execute(db)
    return run({ scope, db } as Scoped)
  })

/** The directory tables of a store. */
export const directory = (store: Store): Directory =>
  ({ db: Store.kysely(store) as unknown as Kysely<DirectoryTables> }) as Directory
