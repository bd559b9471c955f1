import type { BlobStore } from '#platform/blob/store.ts'
import type { Clock } from '#platform/clock.ts'
import { type Scope, type Scoped, type Store, withScope } from '#platform/database/store.ts'
import { emit } from '#platform/events/event.queries.ts'
import { step } from '#platform/machine.ts'
import { Refusal } from '#platform/refusal.ts'
import { enqueue } from '#platform/tasks/task.ts'
import { firmwareBills, firmwareKey, storeBills } from './bill.operations.ts'
import { insertHistory, internComponents, moveToBill, updateFirmwareBill } from './bill.queries.ts'
import { type Addressed, addressed, billDigest, type Component, firmwareComponent } from './bill.ts'
import { changeImport, type ImportRow, lockImport, noteStored } from './bill-import.queries.ts'
import { type BillImportNews, billImport } from './bill-import.ts'
import { readSbom } from './sbom/sbom.operations.ts'
import type { Sbom, SbomComponent } from './sbom/sbom.ts'

interface Parts {
  readonly store: Store
  readonly clock: Clock
  readonly blobs: Pick<BlobStore, 'path'>
  /** The setting SUTURE_MAX_SBOM_BYTES. */
  readonly mostBytes: number
  /** The tenant, in the name of the server itself. */
  readonly scope: Scope
  readonly signal: AbortSignal
}

/** So many components are stored in one transaction, which none may hold for longer than five seconds. */
const atOnce = 5_000

/** After so long a document is tried again that found the sandbox busy, in milliseconds. */
const againMs = 2_000

/** A component of a bill out of one that an SBOM lists; what the SBOM leaves out stays empty. */
const componentOf = ({ supplier = '', group, name, version = '', purl, cpe }: SbomComponent): Component => ({
  supplier,
  name: group === undefined ? name : `${group}/${name}`,
  version,
  purl,
  cpe,
})

/** Thrown when somebody else works on the same import, or has ended it: this run of the task has nothing left to do. */
class Overtaken extends Error {}

/** Does something that moves an import, in one transaction with its new state. */
const move = <T>(
  { store, scope }: Pick<Parts, 'store' | 'scope'>,
  id: string,
  news: BillImportNews,
  work: (scoped: Scoped, row: ImportRow, state: ImportRow['state']) => Promise<T>,
): Promise<T> =>
  withScope(store, scope, async (scoped) => {
    const row = await lockImport(scoped, id)
    const next = row && step(billImport, { kind: row.state }, news)
    if (!row || !next?.ok) throw new Overtaken()
    return work(scoped, row, next.state.kind)
  })

/**
 * Takes a document that was sent to its end: the bill that it lists, or the reason why it is none. It may be called again
 * at any time, also while it runs: the document is then read once more, and the end comes once.
 * @throws what time or an operator can mend, so that the task is tried again
 */
export async function takeSbom(parts: Parts, id: string): Promise<void> {
  try {
    const row = await move(parts, id, { kind: 'begin' }, async (scoped, found, state) => {
      await changeImport(scoped, id, { state, components: null, stored: 0 })
      return found
    })
    const sbom = await read(parts, row)
    if (sbom) await makeBill(parts, row, sbom)
  } catch (error) {
    if (!(error instanceof Overtaken)) throw error
  }
}

/** Reads the document in the sandbox, outside any transaction; nothing when it was refused, or has to wait. */
async function read(parts: Parts, { id, document }: ImportRow): Promise<Sbom | undefined> {
  try {
    const sbom = await readSbom({ path: parts.blobs.path(document) }, parts.mostBytes, parts.signal)
    if (sbom.sha256 !== document) throw new Error(`The document ${document} has other bytes on the disk than were sent`)
    return sbom
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    await (error.code === 'http/too-many-requests' ? postpone(parts, id) : refuse(parts, id, error))
    return undefined
  }
}

const postpone = (parts: Parts, id: string): Promise<void> =>
  move(parts, id, { kind: 'wait' }, async (scoped, _, state) => {
    await changeImport(scoped, id, { state })
    const runAt = new Date(parts.clock.now().getTime() + againMs)
    await enqueue(scoped, 'inventory/take-sbom', { import: id }, { key: id, queue: 'inventory/take-sbom', runAt })
  })

const refuse = (parts: Parts, id: string, { code, detail }: Refusal): Promise<void> =>
  move(parts, id, { kind: 'refuse' }, async (scoped, row, state) => {
    await changeImport(scoped, id, {
      state,
      refusal_code: code,
      refusal_detail: String(detail.detail ?? ''),
      ended_at: parts.clock.now(),
    })
    const { manufacturer, model, firmware, document } = row
    await emit(inNameOf(scoped, row), parts.clock, {
      kind: 'bill.refused',
      subject: id,
      detail: { manufacturer, model, firmware, document, code },
    })
  })

/** The same transaction in the name of whoever sent the document. */
const inNameOf = (scoped: Scoped, { actor_kind: kind, actor_id: id, actor_name: name }: ImportRow): Scoped => ({
  ...scoped,
  scope: { ...scoped.scope, actor: { kind, id, name } },
})

async function makeBill(parts: Parts, { id, manufacturer, model, firmware }: ImportRow, sbom: Sbom): Promise<void> {
  const components = addressed([firmwareComponent(manufacturer, model, firmware), ...sbom.components.map(componentOf)])
  await move(parts, id, { kind: 'read' }, (scoped, _, state) =>
    changeImport(scoped, id, { state, components: components.length }),
  )
  const ids = await storeComponents(parts, id, components)
  await move(parts, id, { kind: 'finish' }, async (scoped, row, state) => {
    const made = await storeBill(inNameOf(scoped, row), parts.clock, row, { components, ids, name: sbom.serialNumber })
    const at = parts.clock.now()
    await changeImport(scoped, id, { state, ...made, stored: components.length, ended_at: at })
  })
}

/** The row numbers of components by their digests; the stored ones never change, so they need no common transaction. */
async function storeComponents(parts: Parts, id: string, components: readonly Addressed[]) {
  const ids = new Map<string, number>()
  for (let from = 0; from < components.length; from += atOnce) {
    parts.signal.throwIfAborted()
    const some = components.slice(from, from + atOnce)
    const stored = await withScope(parts.store, parts.scope, async (scoped) => {
      const found = await internComponents(scoped, some)
      await noteStored(scoped, id, from + some.length)
      return found
    })
    for (const [digest, number] of stored) ids.set(digest, number)
  }
  return ids
}

interface Listed {
  readonly components: readonly Addressed[]
  readonly ids: ReadonlyMap<string, number>
  /** What the SBOM calls itself. */
  readonly name: string | undefined
}

async function storeBill(scoped: Scoped, clock: Clock, row: ImportRow, { components, ids, name }: Listed) {
  const { modelId, manufacturer, model, firmware } = row
  const digest = billDigest(components.map((each) => each.digest))
  const [billId = 0] = await storeBills(scoped, clock, [components], ids)
  const before = await firmwareBills(scoped, clock, [{ modelId, manufacturer, model, version: firmware }])
  await updateFirmwareBill(scoped, modelId, firmware, billId)
  const moved = await moveToBill(scoped, modelId, firmware, billId)
  const evidence = { source: 'sbom', ref: name ?? digest }
  await insertHistory(
    scoped,
    clock.now(),
    moved.map((each) => ({ ...each, evidence })),
  )
  if (before.get(firmwareKey(modelId, firmware)) !== billId || moved.length > 0) {
    const detail = { manufacturer, model, firmware, digest, devices: moved.length }
    await emit(scoped, clock, { kind: 'bill.imported', subject: String(billId), detail })
  }
  return { bill_id: billId, devices: moved.length }
}
