import type { Readable } from 'node:stream'
import type { BlobStore } from '#platform/blob/store.ts'
import type { Clock } from '#platform/clock.ts'
import { type Scope, type Scoped, type Store, withScope } from '#platform/database/store.ts'
import { mustSeeAllSites } from '#platform/http/caller.ts'
import { newId } from '#platform/id.ts'
import { Refusal } from '#platform/refusal.ts'
import { findModelNamed } from './bill.queries.ts'
import { countUnderWay, holdImports, insertImport, lastTooMany, viewImport } from './bill-import.queries.ts'
import { askForTurn } from './sbom-turn.operations.ts'

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

/**
 * So many SBOMs of a tenant may wait for their turn, and so many bytes of them may come within a day: each document stays
 * on the disk.
 */
const most = { underWay: 100, bytesADay: 4 * 2 ** 30 }

const dayMs = 24 * 3_600_000

async function demandRoom(scoped: Scoped, now: Date, length = 1): Promise<void> {
  if ((await countUnderWay(scoped)) >= most.underWay)
    throw new Refusal('inventory/imports-waiting', { retryAfterSeconds: 10 })
  const last = await lastTooMany(scoped, new Date(now.getTime() - dayMs), most.bytesADay - length)
  if (!last) return
  const retryAfterSeconds = Math.max(1, Math.ceil((last.getTime() + dayMs - now.getTime()) / 1_000))
  throw new Refusal('inventory/sbom-bytes-a-day', { retryAfterSeconds })
}

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
    await demandRoom(scoped, clock.now())
  })
  return blobs.draft(sent.bytes, sent.maxBytes, ({ sha256: document, length, keep }) =>
    withScope(store, scope, async (scoped) => {
      const at = clock.now()
      const id = newId(at)
      const modelId = await mustFindModel(scoped, sent)
      // Others came while the bytes did, and come now.
      await holdImports(scoped)
      await demandRoom(scoped, at, length)
      await insertImport(scoped, { id, modelId, firmware: sent.firmware, document, bytes: length, at })
      await askForTurn(scoped)
      // Last: no file is there that was refused, and once this commits no row names one that is not.
      await keep()
      return mustFindImport(scoped, id)
    }),
  )
}

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
