import type { ControlledTransaction } from 'kysely'
import type { DirectoryTables, TenantTables } from './schema.ts'
import { committed, Store } from './store.ts'

/** Several uses of a database that come true together, or not at all. */
interface Together {
  /** What `withScope` does with this store is one transaction, opened when it is first needed. */
  readonly store: Store
  /** Whether anything was done with it. */
  isOpen(): boolean
  commit(): Promise<void>
  /** Takes back what was done; after `commit` there is nothing to take back. */
  rollback(): Promise<void>
}

/**
 * Makes one transaction of all that is done with the store that it gives. Its parts come one after another, each in its
 * own scope; once one of them failed, there is nothing left to keep.
 * @param first what is done before all else, as soon as the transaction is open
 */
export function together(base: Store, first: (store: Store) => Promise<void>): Together {
  let open: ControlledTransaction<TenantTables & DirectoryTables> | undefined
  let state: 'usable' | 'in use' | 'failed' | 'over' = 'usable'
  const mustBeUsable = () => {
    if (state !== 'usable') throw new Error(`A transaction of several parts cannot go on: it is ${state}`)
  }
  const begin = async () => {
    const begun = await Store.kysely(base).startTransaction().execute()
    open = begun
    await first(Store.through(base, (run) => run(begun)))
    return begun
  }
  const store = Store.through(base, async (run) => {
    mustBeUsable()
    state = 'in use'
    try {
      const done = await run(open ?? (await begin()))
      state = 'usable'
      return done
    } catch (error) {
      state = 'failed'
      throw error
    }
  })
  return {
    store,
    isOpen: () => open !== undefined,
    async commit() {
      mustBeUsable()
      await open?.commit().execute()
      state = 'over'
      if (open) committed(open)
    },
    async rollback() {
      const isOver = state === 'over'
      state = 'over'
      // Of a connection that is gone there is nothing to take back; asking for it gives the connection up.
      if (!isOver)
        await open
          ?.rollback()
          .execute()
          .catch(() => undefined)
    },
  }
}
