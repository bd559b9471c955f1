import { type BlobStore, sha256OfFile } from '#platform/blob/store.ts'
import type { Clock } from '#platform/clock.ts'
import { type Scope, type Scoped, type Store, withScope } from '#platform/database/store.ts'
import { emit } from '#platform/events/event.queries.ts'
import { step } from '#platform/machine.ts'
import { Refusal } from '#platform/refusal.ts'
import { SeenTo } from '#platform/tasks/task.ts'
import { firmwareBills, firmwareKey, storeBills } from './bill.operations.ts'
import { insertHistory, internComponents, moveToBill, updateFirmwareBill } from './bill.queries.ts'
import { type Addressed, addressed, billDigest, type Component, firmwareComponent } from './bill.ts'
import {
  changeImport,
  holdModel,
  type ImportRow,
  isOvertaken,
  lockImport,
  noteStored,
  waitWithImport,
} from './bill-import.queries.ts'
import { type BillImportNews, billImport } from './bill-import.ts'
import { readSbom } from './sbom/sbom.operations.ts'
import type { Sbom, SbomComponent } from './sbom/sbom.ts'

export interface Taking {
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

/** So often an SBOM is begun before it is given up; whoever begins it once more does that, which the queue has to come to. */
const mostTries = 10

/** After so long one is begun again for which the sandbox had no place, in seconds. */
const busySeconds = 2

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
  { store, scope }: Pick<Taking, 'store' | 'scope'>,
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

const isBusy = (error: unknown): boolean => error instanceof Refusal && error.code === 'http/too-many-requests'

/**
 * Takes a document that was sent to its end: the bill that it lists, or the reason why it is none. It may be called again
 * at any time, also while it runs: the document is then read once more, and the end comes once.
 * @throws SeenTo when something failed that time or an operator can mend, and the import waits for another try or is given up
 */
export async function takeSbom(taking: Taking, id: string): Promise<void> {
  try {
    const row = await begin(taking, id)
    await toItsEnd(taking, row).catch((error: unknown) => setBack(taking, row, error))
  } catch (error) {
    if (!(error instanceof Ended)) throw error
  }
}

const begin = (taking: Taking, id: string): Promise<ImportRow> =>
  move(taking, id, { kind: 'begin' }, async (scoped, found, state) => {
    const row = { ...found, tries: found.tries + 1 }
    await changeImport(scoped, id, { state, components: null, stored: 0, tries: row.tries })
    return row
  })

async function toItsEnd(taking: Taking, row: ImportRow): Promise<void> {
  // Each of those who began it has ended without a word, perhaps because of it.
  if (row.tries > mostTries) return giveUp(taking, row.id)
  const sbom = await read(taking, row)
  if (sbom) await makeBill(taking, row, sbom)
}

/** Has an import wait after a try that came to nothing. A sandbox that is busy and a server that stops use up none. */
async function setBack(taking: Taking, { id, tries }: ImportRow, error: unknown): Promise<void> {
  if (error instanceof Ended || error instanceof Overtaken) throw error
  const isFault = !isBusy(error) && !taking.signal.aborted
  try {
    if (!isFault) await wait(taking, id, tries - 1, isBusy(error) ? busySeconds : 0)
    else if (tries < mostTries) await wait(taking, id, tries, Math.exp(tries))
    else await giveUp(taking, id)
  } catch (unable) {
    // The queue tries again, and whoever begins then finds it as it is.
    throw unable instanceof Ended ? unable : error
  }
  if (isFault) throw new SeenTo(error)
  if (!isBusy(error)) throw error
}

const wait = (taking: Taking, id: string, tries: number, seconds: number): Promise<void> =>
  move(taking, id, { kind: 'wait' }, async (scoped, _, state) => {
    await waitWithImport(scoped, id, { state, tries, seconds })
  })

/** Ends an import at which the server failed too often: why is in the log, and whoever sent the SBOM sends it again. */
const giveUp = (taking: Taking, id: string): Promise<void> =>
  move(taking, id, { kind: 'give-up' }, async (scoped, row, state) => {
    await changeImport(scoped, id, { state, ended_at: taking.clock.now() })
    const { manufacturer, model, firmware, document } = row
    await emit(inNameOf(scoped, row), taking.clock, {
      kind: 'bill.given-up',
      subject: id,
      detail: { manufacturer, model, firmware, document },
    })
  })

/** What the disk has spoilt says nothing of what was sent. */
const spoilt = (document: string) => new Error(`The document ${document} has other bytes on the disk than were sent`)

/** Reads the document in the sandbox, outside any transaction; nothing when it was refused. */
async function read(taking: Taking, { id, document }: ImportRow): Promise<Sbom | undefined> {
  try {
    const sbom = await readSbom({ path: taking.blobs.path(document) }, taking.mostBytes, taking.signal)
    if (sbom.sha256 !== document) throw spoilt(document)
    return sbom
  } catch (error) {
    if (!(error instanceof Refusal) || isBusy(error)) throw error
    if ((await sha256OfFile(taking.blobs.path(document))) !== document) throw spoilt(document)
    await refuse(taking, id, error)
    return undefined
  }
}

const refuse = (taking: Taking, id: string, { code, detail }: Refusal): Promise<void> =>
  move(taking, id, { kind: 'refuse' }, async (scoped, row, state) => {
    await changeImport(scoped, id, {
      state,
      refusal_code: code,
      refusal_detail: String(detail.detail ?? ''),
      ended_at: taking.clock.now(),
    })
    const { manufacturer, model, firmware, document } = row
    await emit(inNameOf(scoped, row), taking.clock, {
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

async function makeBill(taking: Taking, { id, manufacturer, model, firmware }: ImportRow, sbom: Sbom): Promise<void> {
  const components = addressed([firmwareComponent(manufacturer, model, firmware), ...sbom.components.map(componentOf)])
  await move(taking, id, { kind: 'read' }, (scoped, _, state) =>
    changeImport(scoped, id, { state, components: components.length }),
  )
  const ids = await storeComponents(taking, id, components)
  await move(taking, id, { kind: 'finish' }, async (scoped, row, state) => {
    const made = await storeBill(inNameOf(scoped, row), taking.clock, row, { components, ids, name: sbom.serialNumber })
    const at = taking.clock.now()
    await changeImport(scoped, id, { state, ...made, stored: components.length, ended_at: at })
  })
}

/** The row numbers of components by their digests; the stored ones never change, so they need no common transaction. */
async function storeComponents(taking: Taking, id: string, components: readonly Addressed[]) {
  const ids = new Map<string, number>()
  for (let from = 0; from < components.length; from += atOnce) {
    taking.signal.throwIfAborted()
    const some = components.slice(from, from + atOnce)
    const stored = await withScope(taking.store, taking.scope, async (scoped) => {
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
  if (await isOvertaken(scoped, row)) return { bill_id: billId, devices: 0, overtaken: true }
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
