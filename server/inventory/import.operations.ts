import type { DeviceRow } from '@suture/contract/device-row.ts'
import type { Clock } from '#platform/clock.ts'
import { type Scope, type Scoped, type Store, withScope } from '#platform/database/store.ts'
import { emit, emitAll } from '#platform/events/event.queries.ts'
import { createGate } from '#platform/gate.ts'
import { newId } from '#platform/id.ts'
import { Refusal } from '#platform/refusal.ts'
import { hashSecret } from '#platform/secret-hash.ts'
import { enqueue } from '#platform/tasks/task.ts'
import { firmwareBills, firmwareKey } from './bill.operations.ts'
import { insertHistory } from './bill.queries.ts'
import {
  contextKey,
  deleteControllerIds,
  deleteQuarantine,
  insertKeys,
  internContexts,
  putEndpoints,
  putFacts,
  putSecrets,
} from './device-part.queries.ts'
import { type DeviceValues, insertDevices, lockKnown, updateDevices } from './import.queries.ts'
import { type Known, type Planned, planRow } from './import.ts'
import { checkRows, matchRows, modelKey, type RowError } from './import-check.ts'
import { findModels, insertModels, type NamedModel, updateTypes } from './model.queries.ts'
import { findSites } from './site.queries.ts'

/** As many errors as one refusal tells. */
const mostErrors = 100

const hashOf = (token: string | undefined): Buffer | undefined => (token === undefined ? undefined : hashSecret(token))

function refuse(errors: readonly RowError[]): never {
  throw new Refusal('inventory/rows-refused', { errors: errors.slice(0, mostErrors), total: errors.length })
}

/** From so many new devices on the planner's statistics are made anew; as few as autovacuum itself waits for. */
const manyRows = 50

/** A large import is a second's work, so only few run at once. */
const gate = createGate({ atOnce: 2, waiting: 16 })

/** What is there already: the plan for each row, or a refusal that names every row that cannot be. */
async function planImport(scoped: Scoped, rows: readonly DeviceRow[], at: Date): Promise<Plan> {
  const controllerIds = rows.flatMap(({ controllerId }) => controllerId ?? [])
  const known = await lockKnown(
    scoped,
    rows.map(({ serial }) => serial),
    controllerIds,
  )
  const sites = await findSites(scoped, [...new Set(rows.flatMap(({ site }) => site ?? []))])
  const named = rows.map(({ manufacturer, model, type }) => ({ manufacturer, name: model, type }))
  const models = [...new Map(named.map((each) => [modelKey(each.manufacturer, each.name), each])).values()]
  const types = (await findModels(scoped, models)).map(
    (model) => [modelKey(model.manufacturer, model.name), model.type] as const,
  )
  const errors = checkRows(rows, {
    known,
    sites: new Set(sites.map(({ name }) => name)),
    seesAll: scoped.scope.sites === 'all',
    types: new Map(types),
  })
  if (errors.length > 0) refuse(errors)
  const matched = matchRows(rows, known)
  const planned = rows.map((row, n) => planRow(row, matched[n], hashOf(row.token)?.toString('hex'), at))
  return { planned, models, sites: new Map(sites.map(({ id, name }) => [name, id])) }
}

interface Plan {
  readonly planned: readonly Planned[]
  readonly models: readonly NamedModel[]
  readonly sites: ReadonlyMap<string, number>
}

/**
 * Imports devices as an operator lists them, all or none. What a row leaves out stays as it was; a device that waits in
 * quarantine under the row's controller id is let in by it.
 * @throws Refusal `inventory/rows-refused` with the rows and fields that speak against it
 */
export const importDevices = (
  store: Store,
  clock: Clock,
  scope: Scope,
  { devices, dryRun }: { readonly devices: readonly DeviceRow[]; readonly dryRun: boolean },
) =>
  gate.run(() =>
    withScope(store, scope, async (scoped) => {
      const at = clock.now()
      const plan = await planImport(scoped, devices, at)
      const count = (outcome: Planned['outcome']) => plan.planned.filter((each) => each.outcome === outcome).length
      const counts = { created: count('created'), changed: count('changed'), unchanged: count('unchanged') }
      if (!dryRun && counts.unchanged < devices.length) {
        const bills = await storePlan(scoped, clock, at, plan)
        await emit(scoped, clock, { kind: 'devices.imported', subject: newId(at), detail: { ...counts, bills } })
        if (counts.created >= manyRows) await enqueue(scoped, 'inventory/refresh-statistics', { rows: counts.created })
      }
      const rows = plan.planned.map(({ row, outcome, fields }, n) => ({
        row: n + 1,
        serial: row.serial,
        outcome,
        fields: [...fields],
      }))
      return { dryRun, ...counts, rows }
    }),
  )

/** A plan with the number of its device, once it has one. */
interface Stored extends Planned {
  readonly id: number
  readonly index: number
  readonly values: DeviceValues
}

/** Stores what a plan changes; says how many devices got another bill. */
async function storePlan(scoped: Scoped, clock: Clock, at: Date, plan: Plan): Promise<number> {
  const stored = await storeDevices(scoped, clock, at, plan)
  await storeKeys(scoped, stored)
  await storeParts(scoped, at, stored)
  await storeAdmissions(scoped, clock, stored)
  const adoptions = stored
    .filter(({ known, values }) => known?.billId !== values.billId || known.firmwareAssurance !== values.billAssurance)
    .map(({ id, values, next }) => ({
      ...{ deviceId: id, billId: values.billId, assurance: next.firmwareAssurance },
      evidence: { source: 'import', ref: scoped.scope.actor.name },
    }))
  await insertHistory(scoped, at, adoptions)
  return adoptions.length
}

/** Stores facts, secrets and addresses, as far as they differ from what was there. */
async function storeParts(scoped: Scoped, at: Date, stored: readonly Stored[]): Promise<void> {
  const facts = stored.flatMap(({ id, facts }) => facts.map((fact) => ({ ...fact, deviceId: id })))
  const secrets = stored.flatMap(({ id, row, fields }) => {
    const secret = fields.includes('token') ? hashOf(row.token) : undefined
    return secret ? [{ deviceId: id, hash: secret }] : []
  })
  const addresses = stored.flatMap(({ id, row: { identity }, fields }) =>
    identity && fields.includes('identity') ? [{ deviceId: id, ...identity }] : [],
  )
  await putFacts(scoped, facts)
  await putSecrets(scoped, at, secrets)
  await putEndpoints(scoped, at, addresses)
}

/** Lets the devices in that waited in quarantine: the operator's list says whose they are. */
async function storeAdmissions(scoped: Scoped, clock: Clock, stored: readonly Stored[]): Promise<void> {
  const admitted = stored.filter(({ known }) => known?.state === 'quarantined')
  const ids = admitted.map(({ id }) => id)
  await deleteQuarantine(scoped, ids)
  const events = admitted.map(({ values, next }) => ({
    kind: 'device.admitted' as const,
    subject: values.uid,
    detail: { serial: next.serial, site: next.site },
  }))
  await emitAll(scoped, clock, events)
}

async function storeDevices(scoped: Scoped, clock: Clock, at: Date, plan: Plan): Promise<readonly Stored[]> {
  const work = plan.planned.map((each, index) => ({ ...each, index })).filter(({ outcome }) => outcome !== 'unchanged')
  const become = await valuesOf(scoped, clock, at, plan, work)
  const valued = work.map((each) => ({ ...each, values: become(each) }))
  const fresh = await insertDevices(
    scoped,
    at,
    valued.filter(({ known }) => !known).map(({ values }) => values),
  )
  const stored = valued.map((each) => ({ ...each, id: each.known?.id ?? (fresh.get(each.values.uid) as number) }))
  await updateDevices(
    scoped,
    stored.filter(({ known }) => known).map(({ id, values }) => ({ ...values, id })),
  )
  return stored
}

/** Stores the models, contexts and bills that devices will point to, and says what each device becomes. */
async function valuesOf(
  scoped: Scoped,
  clock: Clock,
  at: Date,
  { models, sites }: Plan,
  work: readonly Planned[],
): Promise<(each: Planned) => DeviceValues> {
  await insertModels(scoped, models)
  await updateTypes(scoped, models)
  const ids = (await findModels(scoped, models)).map(
    ({ id, manufacturer, name }) => [modelKey(manufacturer, name), id] as const,
  )
  const byName = new Map(ids)
  const modelOf = ({ next }: Planned) => byName.get(modelKey(next.manufacturer, next.model)) as number
  const firmwares = work.map((each) => ({ ...each.next, modelId: modelOf(each), version: each.next.firmware }))
  const bills = await firmwareBills(scoped, clock, firmwares)
  const wanted = work.map(({ next }) => next.context)
  const contexts = await internContexts(scoped, wanted)
  return (each) => {
    const { known, next } = each
    const modelId = modelOf(each)
    return {
      ...next,
      uid: known?.uid ?? newId(at),
      modelId,
      siteId: next.site === null ? null : (sites.get(next.site) ?? known?.siteId ?? null),
      billId: bills.get(firmwareKey(modelId, next.firmware)) as number,
      billAssurance: next.firmwareAssurance,
      contextId: contexts.get(contextKey(next.context)) as number,
      state: known && known.state !== 'quarantined' ? known.state : 'live',
    }
  }
}

/** Stores serials and controller ids; whatever turns out to be taken by a device that the caller cannot see is refused. */
async function storeKeys(scoped: Scoped, stored: readonly Stored[]): Promise<void> {
  const renamed = stored.filter(({ fields }) => fields.includes('controllerId'))
  await deleteControllerIds(
    scoped,
    renamed.map(({ id }) => id),
  )
  const needsSerial = (known: Known | undefined) => !known || known.state === 'quarantined'
  const keys = [
    ...stored
      .filter(({ known }) => needsSerial(known))
      .map((each) => ({ ...each, kind: 'serial' as const, value: each.row.serial })),
    ...renamed.map((each) => ({ ...each, kind: 'controller-id' as const, value: each.row.controllerId as string })),
  ]
  const free = await insertKeys(
    scoped,
    keys.map(({ id, kind, value }) => ({ deviceId: id, kind, value })),
  )
  const taken = keys.filter(({ kind, value }) => !free.has(`${kind} ${value}`))
  if (taken.length === 0) return
  refuse(
    taken.map(({ index, kind }) => ({
      row: index + 1,
      field: `/devices/${index}/${kind === 'serial' ? 'serial' : 'controllerId'}`,
      message: 'another device has it, which you may not see or which came just now',
    })),
  )
}
