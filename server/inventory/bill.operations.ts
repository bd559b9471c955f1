import type { Clock } from '#platform/clock.ts'
import type { Scoped } from '#platform/database/store.ts'
import { emitAll } from '#platform/events/event.queries.ts'
import { Refusal } from '#platform/refusal.ts'
import { findFirmwareBills, findModel, insertFirmwareBills, internBills, internComponents } from './bill.queries.ts'
import { type Addressed, addressed, billDigest, type Component, firmwareComponent } from './bill.ts'

/** A firmware version of a model that is known by name. */
export interface NamedFirmware {
  readonly modelId: number
  readonly manufacturer: string
  readonly model: string
  readonly version: string
}

/** The row numbers of the bills made of these components, in the same order; new ones are told as events. */
async function internBillsOf(
  scoped: Scoped,
  clock: Clock,
  lists: readonly (readonly Component[])[],
): Promise<readonly number[]> {
  const ids = await internComponents(scoped, addressed(lists.flat()))
  return storeBills(scoped, clock, lists.map(addressed), ids)
}

/**
 * Stores the bills of components that are stored already, as far as they are new.
 * @param ids the row numbers of the components by their digests
 */
export async function storeBills(
  scoped: Scoped,
  clock: Clock,
  lists: readonly (readonly Addressed[])[],
  ids: ReadonlyMap<string, number>,
): Promise<readonly number[]> {
  const digests = lists.map((components) => billDigest(components.map(({ digest }) => digest)))
  const bills = new Map(
    lists.map((components, at) => [digests[at] as string, components.map(({ digest }) => ids.get(digest) as number)]),
  )
  const stored = await internBills(
    scoped,
    clock.now(),
    [...bills].map(([digest, components]) => ({ digest, components })),
  )
  const made = new Set(stored.made)
  const events = [...bills].flatMap(([digest, { length }]) => {
    const id = stored.ids.get(digest) as number
    return made.has(id)
      ? [{ kind: 'bill.created' as const, subject: String(id), detail: { digest, components: length } }]
      : []
  })
  await emitAll(scoped, clock, events)
  return digests.map((digest) => stored.ids.get(digest) as number)
}

/** What tells one firmware version of one model from all others. */
export const firmwareKey = (modelId: number, version: string): string => `${modelId} ${version}`

/** The bill that each firmware version stands for, by `firmwareKey`; the least there can be where none is known. */
export async function firmwareBills(
  scoped: Scoped,
  clock: Clock,
  wanted: readonly NamedFirmware[],
): Promise<ReadonlyMap<string, number>> {
  const distinct = new Map(wanted.map((each) => [firmwareKey(each.modelId, each.version), each]))
  const known = async () =>
    new Map(
      (await findFirmwareBills(scoped, [...distinct.values()])).map((row) => [
        firmwareKey(row.model_id, row.version),
        row.bill_id,
      ]),
    )
  const before = await known()
  const missing = [...distinct].filter(([key]) => !before.has(key)).map(([, each]) => each)
  if (missing.length === 0) return before
  const bills = await internBillsOf(
    scoped,
    clock,
    missing.map(({ manufacturer, model, version }) => [firmwareComponent(manufacturer, model, version)]),
  )
  await insertFirmwareBills(
    scoped,
    missing.map(({ modelId, version }, at) => ({ modelId, version, billId: bills[at] as number })),
  )
  // Whoever was first decides, so what is there now counts.
  return known()
}

/**
 * The bill that a firmware version of a model stands for; made of that one component when nobody gave a bill yet.
 * @throws Refusal `inventory/model-unknown`
 */
export async function firmwareBill(scoped: Scoped, clock: Clock, modelId: number, version: string): Promise<number> {
  const model = await findModel(scoped, modelId)
  if (!model) throw new Refusal('inventory/model-unknown')
  const bills = await firmwareBills(scoped, clock, [
    { modelId, manufacturer: model.manufacturer, model: model.name, version },
  ])
  return bills.get(firmwareKey(modelId, version)) as number
}
