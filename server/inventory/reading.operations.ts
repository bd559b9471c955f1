import type { Assurance } from '@suture/contract/states.ts'
import type { Clock } from '#platform/clock.ts'
import type { Scoped } from '#platform/database/store.ts'
import { emit } from '#platform/events/event.queries.ts'
import { Refusal } from '#platform/refusal.ts'
import { firmwareBill } from './bill.operations.ts'
import { insertHistory } from './bill.queries.ts'
import { findFactsOf, type LockedDevice, lockDeviceById, updateDevice } from './device.queries.ts'
import { putFacts } from './device-part.queries.ts'
import { effective, type Fact, readClaims, strengthOf } from './fact.ts'
import { findModels } from './model.queries.ts'
import { internModel } from './registration.operations.ts'

/** What made us believe something: a source, and what it can be found under there. */
interface Evidence {
  readonly source: string
  readonly ref: string
}

async function mustLock(scoped: Scoped, id: number): Promise<LockedDevice> {
  const device = await lockDeviceById(scoped, id)
  if (!device) throw new Refusal('inventory/device-unknown')
  return device
}

/**
 * Makes a device's firmware another one, or the same one better known; a new entry of its history and an event say so.
 * What changes neither is nothing.
 */
async function adoptFirmware(
  scoped: Scoped,
  clock: Clock,
  device: LockedDevice,
  firmware: string,
  { assurance, evidence }: { readonly assurance: Assurance; readonly evidence: Evidence },
): Promise<boolean> {
  const billId = await firmwareBill(scoped, clock, device.model_id, firmware)
  const isSame = device.firmware === firmware && device.bill_id === billId
  if (isSame && strengthOf(assurance) <= strengthOf(device.bill_assurance)) return false
  await updateDevice(scoped, device.id, { firmware, bill_id: billId, bill_assurance: assurance })
  await insertHistory(scoped, clock.now(), [{ deviceId: device.id, billId, assurance }], evidence)
  const detail = {
    from: device.firmware,
    to: firmware,
    assurance,
    evidence: { source: evidence.source, ref: evidence.ref },
  }
  await emit(scoped, clock, { kind: 'device.bill-adopted', subject: device.uid, detail })
  return true
}

/**
 * Takes over what was read from a device: from now on it counts, whatever was believed before. The same reading again
 * changes nothing but its time.
 */
export async function adoptReading(
  scoped: Scoped,
  clock: Clock,
  deviceId: number,
  reading: {
    readonly firmware: string
    readonly hardwareRevision?: string | undefined
    readonly bootloader?: string | undefined
  },
  known: { readonly assurance: Assurance; readonly evidence: Evidence },
): Promise<{ changed: boolean; from: string; to: string }> {
  const device = await mustLock(scoped, deviceId)
  const { firmware, hardwareRevision, bootloader } = reading
  const fact = (name: string, value: string | undefined) =>
    value === undefined
      ? []
      : [{ deviceId, name, value, source: known.evidence.source, assurance: known.assurance, at: clock.now() }]
  await putFacts(scoped, [
    ...fact('firmware', firmware),
    ...fact('hardwareRevision', hardwareRevision),
    ...fact('bootloader', bootloader),
  ])
  if (
    (hardwareRevision ?? device.hardware_revision) !== device.hardware_revision ||
    (bootloader ?? device.bootloader) !== device.bootloader
  )
    await updateDevice(scoped, deviceId, {
      hardware_revision: hardwareRevision ?? device.hardware_revision,
      bootloader: bootloader ?? device.bootloader,
    })
  const changed = await adoptFirmware(scoped, clock, device, firmware, known)
  return { changed, from: device.firmware, to: firmware }
}

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
