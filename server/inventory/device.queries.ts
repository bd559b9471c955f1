import type { DeviceState } from '@suture/contract/states.ts'
import { sql } from 'kysely'
import type { Scoped } from '#platform/database/store.ts'
import { isInside } from '#platform/network.ts'
import { findFacts } from './device-part.queries.ts'
import type { DeviceCondition } from './device-query.queries.ts'
import { effective, type Fact } from './fact.ts'

const selectDevices = ({ db }: Scoped) =>
  db
    .selectFrom('inventory_device as d')
    .innerJoin('inventory_model as m', 'm.id', 'd.model_id')
    .innerJoin('inventory_bill as b', 'b.id', 'd.bill_id')
    .leftJoin('inventory_site as s', 's.id', 'd.site_id')
    .leftJoin('inventory_seen as n', 'n.device_id', 'd.id')
    .select(['d.id', 'd.uid', 'd.name', 'd.serial', 'd.state', 'd.hardware_revision', 'd.bootloader', 'd.firmware'])
    .select(['d.area', 'd.zone', 'd.is_rig', 'd.bill_assurance', 'd.created_at', 'd.context_id', 'n.at as last_seen'])
    .select(['m.manufacturer', 'm.name as model', 'm.type', 's.name as site', 's.probe_networks', 'b.digest'])

type DeviceRow = Awaited<ReturnType<ReturnType<typeof selectDevices>['executeTakeFirstOrThrow']>>

const deviceView = (row: DeviceRow) => ({
  number: row.id,
  id: row.uid,
  name: row.name,
  serial: row.serial,
  state: row.state,
  manufacturer: row.manufacturer,
  model: row.model,
  type: row.type,
  hardwareRevision: row.hardware_revision,
  bootloader: row.bootloader,
  firmware: row.firmware,
  site: row.site,
  area: row.area,
  zone: row.zone,
  rig: row.is_rig,
  bill: row.digest.toString('hex'),
  billAssurance: row.bill_assurance,
  lastSeen: row.last_seen,
})

/** The devices that the scope may see and that pass, in the order in which they came. */
export const viewDevices = async (
  scoped: Scoped,
  where: DeviceCondition | undefined,
  limit: number,
  after: number | undefined,
) => {
  const rows = await selectDevices(scoped)
    .$if(where !== undefined, (query) => query.where(where as DeviceCondition))
    .$if(after !== undefined, (query) => query.where('d.id', '>', after as number))
    .orderBy('d.id')
    .limit(limit)
    .execute()
  return rows.map(deviceView)
}

/** How many devices that the scope may see pass: no join, so that counting them reads no more than it must. */
export const viewDeviceCount = async ({ db }: Scoped, where: DeviceCondition | undefined): Promise<number> =>
  (
    await db
      .selectFrom('inventory_device as d')
      .select(sql<number>`count(*)::int`.as('devices'))
      .$if(where !== undefined, (query) => query.where(where as DeviceCondition))
      .executeTakeFirstOrThrow()
  ).devices

/** One device by its uid, without its parts. */
export const viewDeviceAlone = async (scoped: Scoped, uid: string) => {
  const row = await selectDevices(scoped).where('d.uid', '=', uid).executeTakeFirst()
  return row && deviceView(row)
}

/** As many entries of a device's history as its view shows. */
const mostBills = 100

/** One device with all that is known of it, but for its secret. */
export const viewDevice = async (scoped: Scoped, uid: string) => {
  const row = await selectDevices(scoped).where('d.uid', '=', uid).executeTakeFirst()
  if (!row) return undefined
  const context = await scoped.db
    .selectFrom('inventory_context')
    .select(['exposure', 'criticality', 'safety_role as safetyRole', 'data_sensitivity as dataSensitivity'])
    .where('id', '=', row.context_id)
    .executeTakeFirstOrThrow()
  const facts = await saidOf(scoped, row.id)
  const saying = (name: string) => facts.find((fact) => fact.name === name && fact.effective)?.value ?? null
  return {
    ...deviceView(row),
    ...context,
    createdAt: row.created_at,
    owner: saying('owner'),
    supportEnd: saying('supportEnd'),
    facts,
    keys: await keysOf(scoped, row.id),
    hasToken: await hasSecret(scoped, row.id),
    identity: await identityOf(scoped, row.id, row.probe_networks ?? []),
    bills: await historyOf(scoped, row.id),
  }
}

/** What everybody said of a device, and which of it is believed. */
async function saidOf(scoped: Scoped, id: number) {
  const facts = await findFactsOf(scoped, id)
  const believed = effective(facts)
  return facts
    .map((fact) => ({ ...fact, effective: believed.get(fact.name) === fact }))
    .sort((a, b) => (a.name === b.name ? Number(a.source > b.source) - 0.5 : Number(a.name > b.name) - 0.5))
}

const keysOf = ({ db }: Scoped, id: number) =>
  db.selectFrom('inventory_device_key').select(['kind', 'value']).where('device_id', '=', id).orderBy('kind').execute()

const hasSecret = async ({ db }: Scoped, id: number): Promise<boolean> =>
  (await db
    .selectFrom('inventory_device_secret')
    .select('device_id')
    .where('device_id', '=', id)
    .executeTakeFirst()) !== undefined

async function identityOf({ db }: Scoped, id: number, networks: readonly string[]) {
  const row = await db
    .selectFrom('inventory_endpoint')
    .select(['protocol', 'host', 'port', 'path', 'confirmed_by as confirmedBy', 'confirmed_at as confirmedAt'])
    .where('device_id', '=', id)
    .executeTakeFirst()
  return row ? { ...row, allowed: isInside(row.host, networks) } : null
}

async function historyOf({ db }: Scoped, id: number) {
  const rows = await db
    .selectFrom('inventory_device_bill as h')
    .innerJoin('inventory_bill as b', 'b.id', 'h.bill_id')
    .select(['b.digest', 'h.from_at', 'h.to_at', 'h.assurance', 'h.evidence'])
    .where('h.device_id', '=', id)
    .orderBy('h.from_at', 'desc')
    .limit(mostBills)
    .execute()
  return rows.map(({ digest, from_at, to_at, assurance, evidence }) => ({
    bill: digest.toString('hex'),
    from: from_at,
    to: to_at,
    assurance,
    evidence: evidence as { source: string; ref: string },
  }))
}

/** A device by its number or its uid with its model, held until the transaction ends. */
const lockDevice = ({ db }: Scoped) =>
  db
    .selectFrom('inventory_device as d')
    .innerJoin('inventory_model as m', 'm.id', 'd.model_id')
    .leftJoin('inventory_site as s', 's.id', 'd.site_id')
    .select([
      'd.id',
      'd.uid',
      'd.name',
      'd.serial',
      'd.state',
      'd.model_id',
      'd.hardware_revision',
      'd.bootloader',
      'd.firmware',
    ])
    .select(['d.bill_id', 'd.bill_assurance', 'd.is_rig', 'm.manufacturer', 'm.name as model', 's.name as site'])
    .forNoKeyUpdate('d')

export const lockDeviceById = (scoped: Scoped, id: number) =>
  lockDevice(scoped).where('d.id', '=', id).executeTakeFirst()
/** The same for many, in the one order in which everybody takes them. */
export const lockDevicesById = (scoped: Scoped, ids: readonly number[]) =>
  lockDevice(scoped).where('d.id', '=', sql<number>`any(${ids}::bigint[])`).orderBy('d.id').execute()
export const lockDeviceByUid = (scoped: Scoped, uid: string) =>
  lockDevice(scoped).where('d.uid', '=', uid).executeTakeFirst()
export type LockedDevice = NonNullable<Awaited<ReturnType<typeof lockDeviceById>>>

/** What everybody said of a device. */
export const findFactsOf = async (scoped: Scoped, id: number): Promise<readonly Fact[]> =>
  (await findFacts(scoped, [id])).get(id) ?? []

/** What may change of one device. */
interface Change {
  readonly name?: string
  readonly serial?: string
  readonly model_id?: number
  readonly hardware_revision?: string
  readonly bootloader?: string | null
  readonly firmware?: string
  readonly site_id?: number | null
  readonly area?: string | null
  readonly zone?: string | null
  readonly bill_id?: number
  readonly bill_assurance?: LockedDevice['bill_assurance']
  readonly state?: DeviceState
}

export const updateDevice = ({ db }: Scoped, id: number, change: Change) =>
  db.updateTable('inventory_device').set(change).where('id', '=', id).execute()

/** What a reading makes of a device. */
export interface DeviceReading {
  readonly id: number
  readonly firmware: string
  readonly billId: number
  readonly assurance: LockedDevice['bill_assurance']
  readonly hardwareRevision: string
  readonly bootloader: string | null
}

/** Stores what readings make of devices. */
export async function updateRead({ db, scope }: Scoped, devices: readonly DeviceReading[]): Promise<void> {
  if (devices.length === 0) return
  await sql`
    update inventory_device d
       set firmware = r.firmware, bill_id = r.bill_id, bill_assurance = r.assurance,
           hardware_revision = r.hardware_revision, bootloader = r.bootloader
      from unnest(${devices.map(({ id }) => id)}::bigint[], ${devices.map(({ firmware }) => firmware)}::text[],
                  ${devices.map(({ billId }) => billId)}::int[], ${devices.map(({ assurance }) => assurance)}::text[],
                  ${devices.map(({ hardwareRevision }) => hardwareRevision)}::text[],
                  ${devices.map(({ bootloader }) => bootloader)}::text[])
        as r (id, firmware, bill_id, assurance, hardware_revision, bootloader)
     where d.tenant_id = ${scope.tenant}::int and d.id = r.id`.execute(db)
}

export const updateState = ({ db }: Scoped, ids: readonly number[], state: DeviceState) =>
  db.updateTable('inventory_device').set({ state }).where('id', '=', sql<number>`any(${ids}::bigint[])`).execute()

/** Takes away whatever lets devices in or a request out to them. */
export async function deleteAccess({ db }: Scoped, ids: readonly number[]): Promise<void> {
  const theirs = sql<number>`any(${ids}::bigint[])`
  await db.deleteFrom('inventory_device_secret').where('device_id', '=', theirs).execute()
  await db.deleteFrom('inventory_endpoint').where('device_id', '=', theirs).execute()
}
