import type { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import type { Clock } from '#platform/clock.ts'
import { type Scope, type Scoped, type Store, withScope } from '#platform/database/store.ts'
import { emit } from '#platform/events/event.queries.ts'
import { Refusal } from '#platform/refusal.ts'
import { firmwareBills, firmwareKey, internBillsOf } from './bill.operations.ts'
import { findModelNamed, insertHistory, moveToBill, updateFirmwareBill } from './bill.queries.ts'
import { addressed, billDigest, type Component, firmwareComponent } from './bill.ts'
import { readSbom } from './sbom/sbom.operations.ts'
import type { Sbom, SbomComponent } from './sbom/sbom.ts'
import { mustSeeAllSites } from './site.operations.ts'

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

/**
 * Takes the SBOM of a firmware version: that firmware and the SBOM's components become its bill, and its devices move to
 * it. The document is read in the sandbox, outside any transaction.
 * @param mostBytes the setting SUTURE_MAX_SBOM_BYTES
 */
export async function importBill(
  store: Store,
  clock: Clock,
  scope: Scope,
  given: Firmware & { readonly bytes: Readable; readonly mostBytes: number },
) {
  mustSeeAllSites(scope)
  await withScope(store, scope, (scoped) => mustFindModel(scoped, given))
  const sbom = await readSbom(await buffer(given.bytes), given.mostBytes)
  return withScope(store, scope, (scoped) => storeBill(scoped, clock, given, sbom))
}

async function storeBill(scoped: Scoped, clock: Clock, given: Firmware, sbom: Sbom) {
  const { manufacturer, model, firmware } = given
  const { id: modelId } = await mustFindModel(scoped, given)
  const components = [firmwareComponent(manufacturer, model, firmware), ...sbom.components.map(componentOf)]
  const held = addressed(components)
  const digest = billDigest(held.map((each) => each.digest))
  const [billId = 0] = await internBillsOf(scoped, clock, [components])
  const before = await firmwareBills(scoped, clock, [{ modelId, manufacturer, model, version: firmware }])
  await updateFirmwareBill(scoped, modelId, firmware, billId)
  const moved = await moveToBill(scoped, modelId, firmware, billId)
  await insertHistory(scoped, clock.now(), moved, { source: 'sbom', ref: sbom.serialNumber ?? digest })
  if (before.get(firmwareKey(modelId, firmware)) !== billId || moved.length > 0) {
    const detail = { manufacturer, model, firmware, digest, devices: moved.length }
    await emit(scoped, clock, { kind: 'bill.imported', subject: String(billId), detail })
  }
  return { bill: digest, components: held.length, devices: moved.length }
}
