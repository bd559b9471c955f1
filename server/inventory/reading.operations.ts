import type { Assurance } from '@suture/contract/states.ts'
import type { Clock } from '#platform/clock.ts'
import type { Scoped } from '#platform/database/store.ts'
import { emitAll } from '#platform/events/event.queries.ts'
import { Refusal } from '#platform/refusal.ts'
import { firmwareBills, firmwareKey } from './bill.operations.ts'
import { type Evidence, insertHistory } from './bill.queries.ts'
import {
  type DeviceReading,
  findFactsOf,
  type LockedDevice,
  lockDeviceById,
  lockDevicesById,
  updateDevice,
  updateRead,
} from './device.queries.ts'
import { putFacts } from './device-part.queries.ts'
import { effective, type Fact, readClaims, strengthOf } from './fact.ts'
import { findModels } from './model.queries.ts'
import { internModel } from './registration.operations.ts'

async function mustLock(scoped: Scoped, id: number): Promise<LockedDevice> {
  const device = await lockDeviceById(scoped, id)
  if (!device) throw new Refusal('inventory/device-unknown')
  return device
}

/** What was read from a device, and how. */
export interface Reading {
  readonly deviceId: number
  readonly firmware: string
  readonly hardwareRevision?: string | undefined
  readonly bootloader?: string | undefined
  readonly assurance: Assurance
  readonly evidence: Evidence
}

/** What a device is from now on, if a reading makes it anything else, or the same better known. */
interface Adopted {
  readonly device: LockedDevice
  readonly reading: Reading
  readonly next: DeviceReading
  /** Whether its firmware is another one, or better known. */
  readonly changed: boolean
  /** Whether it is another revision, or starts another way, than was believed. */
  readonly revised: boolean
}

function adoptedBy(device: LockedDevice, reading: Reading, billId: number): Adopted {
  const { firmware, assurance, hardwareRevision, bootloader } = reading
  const isSame = device.firmware === firmware && device.bill_id === billId
  const changed = !isSame || strengthOf(assurance) > strengthOf(device.bill_assurance)
  const next = {
    ...{ id: device.id, firmware, billId },
    assurance: changed ? assurance : device.bill_assurance,
    hardwareRevision: hardwareRevision ?? device.hardware_revision,
    bootloader: bootloader ?? device.bootloader,
  }
  const revised = next.hardwareRevision !== device.hardware_revision || next.bootloader !== device.bootloader
  return { device, reading, next, changed, revised }
}

/** Tells what became of devices that were read. */
async function tellAdopted(scoped: Scoped, clock: Clock, all: readonly Adopted[]): Promise<void> {
  const revisions = all
    .filter(({ revised }) => revised)
    .map(({ device, next: { hardwareRevision, bootloader } }) => ({
      kind: 'device.revised' as const,
      subject: device.uid,
      detail: { from: device.hardware_revision, to: hardwareRevision, bootloader },
    }))
  const adoptions = all
    .filter(({ changed }) => changed)
    .map(({ device, reading: { firmware, assurance, evidence } }) => ({
      kind: 'device.bill-adopted' as const,
      subject: device.uid,
      detail: { from: device.firmware, to: firmware, assurance, evidence },
    }))
  await emitAll(scoped, clock, revisions)
  await emitAll(scoped, clock, adoptions)
}

/**
 * Takes over what was read from devices, each of them once: from now on it counts, whatever was believed before, and a
 * new entry of a device's history says so. The same reading again changes nothing but its time.
 * @returns by device, whether its firmware is another one or better known, and what was believed and is now
 */
export async function adoptReadings(
  scoped: Scoped,
  clock: Clock,
  readings: readonly Reading[],
): Promise<ReadonlyMap<number, { readonly changed: boolean; readonly from: string; readonly to: string }>> {
  if (readings.length === 0) return new Map()
  const devices = await lockDevicesById(
    scoped,
    readings.map(({ deviceId }) => deviceId),
  )
  const known = new Map(devices.map((device) => [device.id, device]))
  const found = readings.map((reading) => {
    const device = known.get(reading.deviceId)
    if (!device) throw new Refusal('inventory/device-unknown')
    return { device, reading }
  })
  await putFacts(scoped, readings.flatMap(factsIn(clock.now())))
  const named = found.map(({ device, reading }) => ({
    ...{ modelId: device.model_id, manufacturer: device.manufacturer, model: device.model, version: reading.firmware },
  }))
  const bills = await firmwareBills(scoped, clock, named)
  const adopted = found.map(({ device, reading }) =>
    adoptedBy(device, reading, bills.get(firmwareKey(device.model_id, reading.firmware)) as number),
  )
  await updateRead(
    scoped,
    adopted.filter(({ changed, revised }) => changed || revised).map(({ next }) => next),
  )
  const changed = adopted.filter((each) => each.changed)
  await insertHistory(
    scoped,
    clock.now(),
    changed.map(({ next, reading: { evidence } }) => ({ ...next, deviceId: next.id, evidence })),
  )
  await tellAdopted(scoped, clock, adopted)
  return new Map(
    adopted.map((each) => [
      each.device.id,
      { changed: each.changed, from: each.device.firmware, to: each.next.firmware },
    ]),
  )
}

/** What a reading says, fact by fact. */
const factsIn =
  (at: Date) =>
  ({ deviceId, firmware, hardwareRevision, bootloader, assurance, evidence }: Reading) =>
    Object.entries({ firmware, hardwareRevision, bootloader }).flatMap(([name, value]) =>
      value === undefined ? [] : [{ deviceId, name, value, source: evidence.source, assurance, at }],
    )

/**
 * Keeps what a device says of itself, each word as claimed. Only a device in quarantine is taken for what it says; one
 * that somebody let in keeps what an operator said until it is read, because its own report must not end a finding.
 */
export async function recordClaims(
  scoped: Scoped,
  clock: Clock,
  deviceId: number,
  told: Readonly<Record<string, string>>,
): Promise<void> {
  const device = await mustLock(scoped, deviceId)
  const claims = readClaims(told)
  if (device.state === 'retired' || claims.size === 0) return
  const at = clock.now()
  await putFacts(
    scoped,
    [...claims].map(([name, value]) => ({ deviceId, name, value, source: 'ddi', assurance: 'claimed' as const, at })),
  )
  if (device.state !== 'quarantined') return
  const believed = effective(await findFactsOf(scoped, deviceId))
  const revision = believed.get('hardwareRevision')?.value ?? device.hardware_revision
  const bootloader = believed.get('bootloader')?.value ?? device.bootloader
  if (revision !== device.hardware_revision || bootloader !== device.bootloader)
    await updateDevice(scoped, deviceId, { hardware_revision: revision, bootloader })
  await showClaims(scoped, device, believed)
}

/**
 * Shows a quarantined device as what it says it is. It gets a bill when somebody lets it in; a model that nobody knows is
 * made once for each such device, so that a flood of words makes no flood of rows.
 */
async function showClaims(scoped: Scoped, device: LockedDevice, believed: ReadonlyMap<string, Fact>): Promise<void> {
  const said = (name: string) => believed.get(name)?.value
  const [manufacturer, model] = [said('manufacturer'), said('model')]
  const named = { manufacturer: manufacturer ?? '', name: model ?? '', type: 'unknown' }
  const isNamed = manufacturer !== undefined && model !== undefined
  const known = isNamed ? (await findModels(scoped, [named]))[0]?.id : undefined
  const mayName = isNamed && device.manufacturer === 'unknown' && device.model === 'unknown'
  const modelId = known ?? (mayName ? await internModel(scoped, named) : device.model_id)
  await updateDevice(scoped, device.id, {
    model_id: modelId,
    serial: said('serial') ?? device.serial,
    firmware: said('firmware') ?? device.firmware,
  })
}
