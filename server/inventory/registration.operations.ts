import { ControllerId } from '@suture/contract/device-row.ts'
import type { Clock } from '#platform/clock.ts'
import { type Scope, type Scoped, type Store, withScope } from '#platform/database/store.ts'
import { emit, emitAll } from '#platform/events/event.queries.ts'
import { newId } from '#platform/id.ts'
import { Refusal } from '#platform/refusal.ts'
import { hashSecret } from '#platform/secret-hash.ts'
import { firmwareBills, firmwareKey } from './bill.operations.ts'
import { insertHistory } from './bill.queries.ts'
import {
  deleteAccess,
  findFactsOf,
  type LockedDevice,
  lockDeviceByUid,
  updateDevice,
  updateState,
  viewDeviceAlone,
} from './device.queries.ts'
import {
  contextKey,
  deleteQuarantine,
  insertKeys,
  internContexts,
  putFacts,
  putSecrets,
} from './device-part.queries.ts'
import { effective, type Fact } from './fact.ts'
import { insertDevices } from './import.queries.ts'
import type { KnownDevice } from './known.queries.ts'
import { findModels, insertModels, type NamedModel } from './model.queries.ts'
import { countQuarantined, findByControllerId, insertQuarantine, lockQuarantine } from './registration.queries.ts'
import { findSites } from './site.queries.ts'

/** As many devices as may wait in the quarantine of a tenant: what a stolen gateway secret can fill it with. */
const mostQuarantined = 1000

const nobody: NamedModel = { manufacturer: 'unknown', name: 'unknown', type: 'unknown' }
const unknown = 'unknown'

/** The row number of a model, stored where it is new. */
export async function internModel(scoped: Scoped, model: NamedModel): Promise<number> {
  await insertModels(scoped, [model])
  const [stored] = await findModels(scoped, [model])
  if (!stored) throw new Error(`The model ${model.name} was not stored`)
  return stored.id
}

/**
 * Registers a device that nobody knows, into quarantine, where no job reaches it. A device that registered before and has
 * no secret of its own is found again.
 * @throws Refusal `inventory/quarantine-full`, `inventory/controller-id-taken`, `inventory/controller-id-malformed`
 */
export async function registerDevice(
  scoped: Scoped,
  clock: Clock,
  { controllerId }: { readonly controllerId: string },
): Promise<{ device: KnownDevice }> {
  if (!ControllerId.safeParse(controllerId).success) throw new Refusal('inventory/controller-id-malformed')
  await lockQuarantine(scoped)
  const before = await findByControllerId(scoped, controllerId)
  if (before) {
    if (before.with_secret !== null || before.state === 'retired') throw new Refusal('inventory/controller-id-taken')
    const { id, uid, state, is_rig: isRig, model_id: modelId, hardware_revision: hardwareRevision } = before
    return { device: { id, uid, state, isRig, modelId, hardwareRevision } }
  }
  if ((await countQuarantined(scoped)) >= mostQuarantined)
    throw new Refusal('inventory/quarantine-full', { most: mostQuarantined })
  const device = await insertUnknown(scoped, clock, controllerId)
  await emit(scoped, clock, { kind: 'device.registered', subject: device.uid, detail: { controllerId } })
  return { device }
}

async function insertUnknown(scoped: Scoped, clock: Clock, controllerId: string): Promise<KnownDevice> {
  const at = clock.now()
  const modelId = await internModel(scoped, nobody)
  const bills = await firmwareBills(scoped, clock, [{ ...nobody, modelId, model: nobody.name, version: unknown }])
  const billId = bills.get(firmwareKey(modelId, unknown)) as number
  const context = { exposure: unknown, criticality: unknown, safetyRole: unknown, dataSensitivity: unknown } as const
  const contextId = (await internContexts(scoped, [context])).get(contextKey(context)) as number
  const uid = newId(at)
  const place = { siteId: null, area: null, zone: null }
  const values = {
    modelId,
    hardwareRevision: unknown,
    bootloader: null,
    firmware: unknown,
    billId,
    contextId,
    ...place,
  }
  const said = {
    uid,
    name: controllerId,
    serial: controllerId,
    billAssurance: 'claimed',
    state: 'quarantined',
    isRig: false,
  }
  const id = (await insertDevices(scoped, at, [{ ...values, ...said }])).get(uid) as number
  const kept = await insertKeys(scoped, [{ deviceId: id, kind: 'controller-id', value: controllerId }])
  if (kept.size === 0) throw new Refusal('inventory/controller-id-taken')
  await insertQuarantine(scoped, id, at)
  const evidence = { source: 'registration', ref: controllerId }
  await insertHistory(scoped, at, [{ deviceId: id, billId, assurance: 'claimed', evidence }])
  return { id, uid, state: 'quarantined', isRig: false, modelId, hardwareRevision: unknown }
}

/** What an operator adds when they let a device in. */
interface Admission {
  readonly site: string
  readonly name?: string | undefined
  readonly serial?: string | undefined
  readonly area?: string | undefined
  readonly zone?: string | undefined
  readonly token?: string | undefined
}

/** What a quarantined device said it is, or a refusal that names what it has not said yet. */
function identityOf(facts: readonly Fact[]) {
  const told = effective(facts)
  const needed = ['manufacturer', 'model', 'hardwareRevision', 'firmware'] as const
  const missing = needed.filter((name) => !told.has(name))
  if (missing.length > 0) throw new Refusal('inventory/facts-missing', { missing })
  const value = (name: string) => told.get(name)?.value
  return {
    manufacturer: value('manufacturer') as string,
    model: value('model') as string,
    hardwareRevision: value('hardwareRevision') as string,
    firmware: value('firmware') as string,
    bootloader: value('bootloader') ?? null,
    serial: value('serial'),
  }
}

/**
 * Lets a device that registered itself out of quarantine, as what it says it is, into a site.
 * @throws Refusal `inventory/not-quarantined`, `inventory/facts-missing`, `inventory/serial-taken`
 */
export async function admit(
  scoped: Scoped,
  clock: Clock,
  device: LockedDevice,
  { site, ...given }: Omit<Admission, 'site'> & { readonly site: { readonly id: number; readonly name: string } },
): Promise<void> {
  if (device.state !== 'quarantined') throw new Refusal('inventory/not-quarantined')
  const told = identityOf(await findFactsOf(scoped, device.id))
  const serial = given.serial ?? told.serial ?? device.serial
  const kept = await insertKeys(scoped, [{ deviceId: device.id, kind: 'serial', value: serial }])
  if (kept.size === 0) throw new Refusal('inventory/serial-taken', { serial })
  const at = clock.now()
  const modelId = await internModel(scoped, { manufacturer: told.manufacturer, name: told.model, type: unknown })
  const bills = await firmwareBills(scoped, clock, [{ ...told, modelId, version: told.firmware }])
  const billId = bills.get(firmwareKey(modelId, told.firmware)) as number
  await updateDevice(scoped, device.id, {
    ...{ name: given.name ?? serial, serial, model_id: modelId, hardware_revision: told.hardwareRevision },
    ...{ bootloader: told.bootloader, firmware: told.firmware, bill_id: billId, state: 'live' },
    ...{ site_id: site.id, area: given.area ?? null, zone: given.zone ?? null },
  })
  const { hardwareRevision, firmware, bootloader } = told
  // From now on it is the operator's word, which the device's own does not change.
  const own = { hardwareRevision, firmware, ...(bootloader === null ? {} : { bootloader }) }
  await storeAdmission(scoped, device.id, { ...given, ...own, site: site.name, serial }, at)
  const evidence = { source: 'admission', ref: scoped.scope.actor.name }
  await insertHistory(scoped, at, [{ deviceId: device.id, billId, assurance: 'claimed', evidence }])
  await emit(scoped, clock, { kind: 'device.admitted', subject: device.uid, detail: { serial, site: site.name } })
}

/** Lets one device in. */
export const admitDevice = (store: Store, clock: Clock, scope: Scope, uid: string, given: Admission) =>
  withScope(store, scope, async (scoped) => {
    const device = mustBeSeen(await lockDeviceByUid(scoped, uid))
    if (device.state !== 'quarantined') throw new Refusal('inventory/not-quarantined')
    const [site] = await findSites(scoped, [given.site])
    if (!site) throw new Refusal('inventory/site-unknown')
    await admit(scoped, clock, device, { ...given, site })
    return mustBeSeen(await viewDeviceAlone(scoped, uid))
  })

async function storeAdmission(
  scoped: Scoped,
  deviceId: number,
  {
    token,
    ...said
  }: Admission & Readonly<Record<'hardwareRevision' | 'firmware', string>> & { readonly bootloader?: string },
  at: Date,
): Promise<void> {
  const facts = Object.entries(said).flatMap(([name, value]) =>
    value === undefined ? [] : [{ deviceId, name, value, source: 'admission', assurance: 'claimed' as const, at }],
  )
  await putFacts(scoped, facts)
  if (token !== undefined) await putSecrets(scoped, at, [{ deviceId, hash: hashSecret(token) }])
  await deleteQuarantine(scoped, [deviceId])
}

function mustBeSeen<T>(device: T | undefined): T {
  if (!device) throw new Refusal('inventory/device-unknown')
  return device
}

/** Retires devices: whatever let them in or a request out to them is gone, what is known of them stays. */
export async function retireAll(scoped: Scoped, clock: Clock, devices: readonly LockedDevice[]): Promise<void> {
  const ids = devices.map(({ id }) => id)
  await updateState(scoped, ids, 'retired')
  await deleteAccess(scoped, ids)
  await deleteQuarantine(scoped, ids)
  await emitAll(
    scoped,
    clock,
    devices.map(({ uid, serial, site }) => ({
      kind: 'device.retired' as const,
      subject: uid,
      detail: { serial, site },
    })),
  )
}

/** Retires one device. Twice is no error. */
export const retireDevice = (store: Store, clock: Clock, scope: Scope, uid: string) =>
  withScope(store, scope, async (scoped) => {
    const device = mustBeSeen(await lockDeviceByUid(scoped, uid))
    if (device.state !== 'retired') await retireAll(scoped, clock, [device])
    return mustBeSeen(await viewDeviceAlone(scoped, uid))
  })
