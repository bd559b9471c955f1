import { type BlobStore, sha256OfFile } from '#platform/blob/store.ts'
import type { Clock } from '#platform/clock.ts'
import { type Scope, type Scoped, type Store, withScope } from '#platform/database/store.ts'
import { emit } from '#platform/events/event.queries.ts'
import { createGate } from '#platform/gate.ts'
import { step } from '#platform/machine.ts'
import { Refusal } from '#platform/refusal.ts'
import { stillAsked } from '#platform/tasks/task.ts'
import { firmwareBills, firmwareKey, storeBills } from './bill.operations.ts'
import { insertHistory, internComponents, moveToBill, updateFirmwareBill } from './bill.queries.ts'
import { type Addressed, addressed, billDigest, type Component, firmwareComponent } from './bill.ts'
import { askFor } from './bill-import.operations.ts'
import {
  changeImport,
  holdModel,
  type ImportRow,
  isOvertaken,
  lockImport,
  noteStored,
  underWaySince,
} from './bill-import.queries.ts'
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

/** So many SBOMs are taken at once in one process: the worker has other things to do as well. */
const working = createGate({ atOnce: 2, waiting: 0 })

/** After so long one is tried again that found no place, here or in the sandbox, in milliseconds. */
const againMs = 2_000

/** A component of a bill out of one that an SBOM lists; what the SBOM leaves out stays empty. */
const componentOf = ({ supplier = '', group, name, version = '', purl, cpe }: SbomComponent): Component => ({
  supplier,
  name: group === undefined ? name : `${group}/${name}`,
  version,
  purl,
  cpe,
})

/** Thrown when an import has ended: this run of the task has nothing left to do. */
class Ended extends Error {}

/** Thrown when somebody else works on it, who may fail as well: the queue tries again. */
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
    if (!row || Object.keys(billImport[row.state]).length === 0) throw new Ended()
    const next = step(billImport, { kind: row.state }, news)
    if (!next.ok) throw new Overtaken(`Somebody else works on the import ${id}, which is ${row.state}`)
    return work(scoped, row, next.state.kind)
  })

/**
 * Takes a document that was sent to its end: the bill that it lists, or the reason why it is none. It may be called again
 * at any time, also while it runs: the document is then read once more, and the end comes once.
 * @throws what time or an operator can mend, so that the task is tried again
 */
export async function takeSbom(parts: Parts, id: string): Promise<void> {
  try {
    await working.run(() => take(parts, id))
  } catch (error) {
    if (error instanceof Refusal && error.code === 'http/too-many-requests')
      await withScope(parts.store, parts.scope, (scoped) => askLater(scoped, parts.clock, id))
    else throw error
  }
}

async function take(parts: Parts, id: string): Promise<void> {
  try {
    const row = await move(parts, id, { kind: 'begin' }, async (scoped, found, state) => {
      await changeImport(scoped, id, { state, components: null, stored: 0 })
      return found
    })
    const sbom = await read(parts, row)
    if (sbom) await makeBill(parts, row, sbom)
  } catch (error) {
    if (error instanceof Ended) return
    if (error instanceof Overtaken) throw error
    // Until the queue tries again nobody reads it. Where this fails too, the next one who begins finds it as it is.
    await move(parts, id, { kind: 'wait' }, (scoped, _, state) =>
      changeImport(scoped, id, { state, components: null, stored: 0 }),
    ).catch(() => undefined)
    throw error
  }
}

/** A task is asked for in the transaction that begins an import, so after so long one that has none has lost it. */
const lostMs = 600_000

/**
 * Ends the imports that nobody works on any more, because their task has failed for the last time: what was in the way is
 * in the log, and whoever sent the SBOM sends it again.
 */
export async function giveUpImports({ store, clock, scope }: Pick<Parts, 'store' | 'clock' | 'scope'>): Promise<void> {
  const lost = await withScope(store, scope, async (scoped) => {
    const ids = await underWaySince(scoped, new Date(clock.now().getTime() - lostMs))
    const asked = await stillAsked(scoped, 'inventory/take-sbom', ids)
    return ids.filter((id) => !asked.has(id))
  })
  for (const id of lost)
    await move({ store, scope }, id, { kind: 'give-up' }, (scoped, _, state) =>
      changeImport(scoped, id, { state, ended_at: clock.now() }),
    ).catch((error: unknown) => {
      if (!(error instanceof Ended)) throw error
    })
}

/** What the disk has spoilt says nothing of what was sent. */
const spoilt = (document: string) => new Error(`The document ${document} has other bytes on the disk than were sent`)

/** Reads the document in the sandbox, outside any transaction; nothing when it was refused, or has to wait. */
async function read(parts: Parts, { id, document }: ImportRow): Promise<Sbom | undefined> {
  try {
    const sbom = await readSbom({ path: parts.blobs.path(document) }, parts.mostBytes, parts.signal)
    if (sbom.sha256 !== document) throw spoilt(document)
    return sbom
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    if (error.code === 'http/too-many-requests') await postpone(parts, id)
    else if ((await sha256OfFile(parts.blobs.path(document))) !== document) throw spoilt(document)
    else await refuse(parts, id, error)
    return undefined
  }
}

const postpone = (parts: Parts, id: string): Promise<void> =>
  move(parts, id, { kind: 'wait' }, async (scoped, _, state) => {
    await changeImport(scoped, id, { state })
    await askLater(scoped, parts.clock, id)
  })

const askLater = (scoped: Scoped, clock: Clock, id: string): Promise<void> =>
  askFor(scoped, id, new Date(clock.now().getTime() + againMs))

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
  // Tasks that failed come later than they were asked for: what was sent last is what counts.
  await holdModel(scoped, modelId)
  if (await isOvertaken(scoped, row)) return { bill_id: billId, devices: 0 }
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
    const detail = { import: row.id, manufacturer, model, firmware, digest, devices: moved.length }
    await emit(scoped, clock, { kind: 'bill.imported', subject: String(billId), detail })
  }
  return { bill_id: billId, devices: moved.length }
}
