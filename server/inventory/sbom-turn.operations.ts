import { type Scoped, withScope } from '#platform/database/store.ts'
import { enqueue, SeenTo } from '#platform/tasks/task.ts'
import { dueImport, nextTurn } from './bill-import.queries.ts'
import { type Taking, takeSbom } from './take-sbom.operations.ts'

/** Of a tenant one waits for its turn: behind those of the tenants that waited before. */
export const askForTurn = (scoped: Scoped, runAt?: Date): Promise<void> =>
  enqueue(scoped, 'inventory/take-sbom', {}, { key: 'next', queue: 'inventory/take-sbom', ...(runAt ? { runAt } : {}) })

/** Asks for the next turn of a tenant, where it has an SBOM that has not come to its end. */
export const askAgain = ({ store, scope }: Pick<Taking, 'store' | 'scope'>): Promise<void> =>
  withScope(store, scope, async (scoped) => {
    const at = await nextTurn(scoped)
    if (at) await askForTurn(scoped, at)
  })

/**
 * Takes the oldest SBOM of a tenant that may be begun, and asks for the tenant's next turn.
 * @throws SeenTo when that SBOM has to wait; anything else when this has to be tried again
 */
export async function takeNextSbom(taking: Taking): Promise<void> {
  const due = await withScope(taking.store, taking.scope, dueImport)
  let failed: SeenTo | undefined
  try {
    if (due) await takeSbom(taking, due)
  } catch (error) {
    if (!(error instanceof SeenTo)) throw error
    failed = error
  }
  await askAgain(taking).catch((error: unknown) => {
    throw failed
      ? new AggregateError([failed, error], 'An SBOM failed, and the next turn could not be asked for')
      : error
  })
  if (failed) throw failed
}
