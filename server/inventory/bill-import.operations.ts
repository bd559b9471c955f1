import type { Readable } from 'node:stream'
import type { BlobStore } from '#platform/blob/store.ts'
import type { Clock } from '#platform/clock.ts'
import { type Scope, type Scoped, type Store, withScope } from '#platform/database/store.ts'
import { mustSeeAllSites } from '#platform/http/caller.ts'
import { newId } from '#platform/id.ts'
import { Refusal } from '#platform/refusal.ts'
import { enqueue } from '#platform/tasks/task.ts'
import { findModelNamed } from './bill.queries.ts'
import { countUnderWay, insertImport, underWaySince, viewImport } from './bill-import.queries.ts'

interface Parts {
  readonly store: Store
  readonly clock: Clock
  readonly blobs: BlobStore
}

interface Sent {
  readonly manufacturer: string
  readonly model: string
  readonly firmware: string
  readonly bytes: Readable
  /** The setting SUTURE_MAX_SBOM_BYTES. */
  readonly maxBytes: number
}

/** So many SBOMs of a tenant may wait: each keeps a document on the disk, and takes its turn. */
const mostUnderWay = 100

async function mustFindModel(scoped: Scoped, { manufacturer, model }: Sent): Promise<number> {
  const found = await findModelNamed(scoped, manufacturer, model)
  if (!found) throw new Refusal('inventory/model-unknown')
  return found.id
}

/**
 * Keeps the SBOM of a firmware version, and asks for it to be read. What can be refused without the document is refused
 * before a byte of it is taken.
 */
export async function importBill({ store, clock, blobs }: Parts, scope: Scope, sent: Sent) {
  mustSeeAllSites(scope)
  await withScope(store, scope, async (scoped) => {
    await mustFindModel(scoped, sent)
    if ((await countUnderWay(scoped)) >= mostUnderWay)
      throw new Refusal('inventory/imports-waiting', { retryAfterSeconds: 10 })
  })
  const { sha256: document, length } = await blobs.put(sent.bytes, { maxBytes: sent.maxBytes })
  return withScope(store, scope, async (scoped) => {
    const at = clock.now()
    const id = newId(at)
    const modelId = await mustFindModel(scoped, sent)
    await insertImport(scoped, { id, modelId, firmware: sent.firmware, document, bytes: length, at })
    await askFor(scoped, id)
    return mustFindImport(scoped, id)
  })
}

const askFor = (scoped: Scoped, id: string): Promise<void> =>
  enqueue(scoped, 'inventory/take-sbom', { import: id }, { key: id, queue: 'inventory/take-sbom' })

/** After so long nobody works on an import any more: its task has failed ten times, and then it is given up. */
const givenUpMs = 6 * 3_600_000

/** Asks once more for what was given up; what was in its way may be mended by now. */
export const resumeImports = (store: Store, clock: Clock, scope: Scope): Promise<void> =>
  withScope(store, scope, async (scoped) => {
    for (const id of await underWaySince(scoped, new Date(clock.now().getTime() - givenUpMs))) await askFor(scoped, id)
  })

async function mustFindImport(scoped: Scoped, id: string) {
  const found = await viewImport(scoped, id)
  if (!found) throw new Refusal('inventory/bill-import-unknown')
  return found
}

/**
 * How far one SBOM has come.
 * @throws Refusal `inventory/bill-import-unknown`
 */
export const getBillImport = (store: Store, scope: Scope, id: string) =>
  withScope(store, scope, (scoped) => mustFindImport(scoped, id))
