import type { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import type { Clock } from '#platform/clock.ts'
import { type Scope, type Scoped, type Store, withScope } from '#platform/database/store.ts'
import { emit } from '#platform/events/event.queries.ts'
import { createGate } from '#platform/gate.ts'
import { mustSeeAllSites } from '#platform/http/caller.ts'
import { Refusal } from '#platform/refusal.ts'
import { firmwareBills, firmwareKey, storeBills } from './bill.operations.ts'
import { findModelNamed, insertHistory, internComponents, moveToBill, updateFirmwareBill } from './bill.queries.ts'
import { type Addressed, addressed, billDigest, type Component, firmwareComponent } from './bill.ts'
import { readSbom } from './sbom/sbom.operations.ts'
import type { SbomComponent } from './sbom/sbom.ts'

/** A component of a bill out of one that an SBOM lists; what the SBOM leaves out stays empty. */
const componentOf = ({ supplier = '', group, name, version = '', purl, cpe }: SbomComponent): Component => ({
  supplier,
  name: group === undefined ? name : `${group}/${name}`,
  version,
  purl,
  cpe,
})

interface Firmware {
  readonly manufacturer: string
  readonly model: string
  readonly firmware: string
}

async function mustFindModel(scoped: Scoped, { manufacturer, model }: Firmware) {
  const found = await findModelNamed(scoped, manufacturer, model)
  if (!found) throw new Refusal('inventory/model-unknown')
  return found
}

/** All bytes of a document; where it says how many there are, they are in memory once and not twice. */
async function gathered(bytes: Readable, length: number | undefined): Promise<Uint8Array> {
  if (length === undefined) return buffer(bytes)
  const whole = Buffer.allocUnsafeSlow(length)
  let at = 0
  for await (const chunk of bytes) at += (chunk as Buffer).copy(whole, at)
  return whole.subarray(0, at)
}

/** So many documents are in memory at once; the bytes of the others wait where they come from. */
const gate = createGate({ atOnce: 2, waiting: 8 })

/** So many components are stored in one transaction, which none may hold for longer than five seconds. */
const atOnce = 5_000

/** The row numbers of components by their digests; the stored ones never change, so they need no common transaction. */
async function storeComponents(store: Store, scope: Scope, components: readonly Addressed[]) {
  const ids = new Map<string, number>()
  for (let from = 0; from < components.length; from += atOnce) {
    const some = components.slice(from, from + atOnce)
    for (const [digest, id] of await withScope(store, scope, (scoped) => internComponents(scoped, some)))
      ids.set(digest, id)
  }
  return ids
}

/**
 * Takes the SBOM of a firmware version: that firmware and the SBOM's components become its bill, and its devices move to
 * it. The document is read in the sandbox, outside any transaction.
 * @param mostBytes the setting SUTURE_MAX_SBOM_BYTES
 */
export async function importBill(
  store: Store,
  clock: Clock,
  scope: Scope,
  given: Firmware & { readonly bytes: Readable; readonly length: number | undefined; readonly mostBytes: number },
) {
  const { manufacturer, model, firmware } = given
  mustSeeAllSites(scope)
  await withScope(store, scope, (scoped) => mustFindModel(scoped, given))
  return gate.run(async () => {
    const sbom = await readSbom(await gathered(given.bytes, given.length), given.mostBytes)
    const components = addressed([
      firmwareComponent(manufacturer, model, firmware),
      ...sbom.components.map(componentOf),
    ])
    const ids = await storeComponents(store, scope, components)
    return withScope(store, scope, (scoped) =>
      storeBill(scoped, clock, given, { components, ids, name: sbom.serialNumber }),
    )
  })
}

interface Read {
  readonly components: readonly Addressed[]
  readonly ids: ReadonlyMap<string, number>
  /** What the SBOM calls itself. */
  readonly name: string | undefined
}

async function storeBill(scoped: Scoped, clock: Clock, given: Firmware, { components, ids, name }: Read) {
  const { manufacturer, model, firmware } = given
  const { id: modelId } = await mustFindModel(scoped, given)
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
  return { bill: digest, components: components.length, devices: moved.length }
}
