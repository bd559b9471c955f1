import { type RawBuilder, sql } from 'kysely'
import type { Scoped } from '#platform/database/store.ts'
import { findFacts } from './device-part.queries.ts'
import type { Fact } from './fact.ts'
import type { Known } from './import.ts'

const deviceIds = (serials: readonly string[], controllerIds: readonly string[]): RawBuilder<number> => sql`any(array(
  select k.device_id from inventory_device_key k
    where (k.kind = 'serial' and k.value = any(${serials}::text[]))
       or (k.kind = 'controller-id' and k.value = any(${controllerIds}::text[]))))`

const selectKnown = ({ db }: Scoped) =>
  db
    .selectFrom('inventory_device as d')
    .innerJoin('inventory_model as m', 'm.id', 'd.model_id')
    .innerJoin('inventory_context as c', 'c.id', 'd.context_id')
    .leftJoin('inventory_site as s', 's.id', 'd.site_id')
    .leftJoin('inventory_device_key as k', (join) =>
      join.onRef('k.device_id', '=', 'd.id').on('k.kind', '=', 'controller-id'),
    )
    .leftJoin('inventory_device_secret as x', 'x.device_id', 'd.id')
    .leftJoin('inventory_endpoint as e', 'e.device_id', 'd.id')
    .select(['d.id', 'd.uid', 'd.state', 'd.name', 'd.serial', 'd.hardware_revision', 'd.bootloader', 'd.firmware'])
    .select(['d.area', 'd.zone', 'd.site_id', 'd.bill_id', 'd.bill_assurance', 'd.is_rig'])
    .select(['m.manufacturer', 'm.name as model', 's.name as site', 'k.value as controller_id', 'x.hash'])
    .select(['c.exposure', 'c.criticality', 'c.safety_role', 'c.data_sensitivity'])
    .select(['e.protocol', 'e.host', 'e.port', 'e.path'])

type KnownRow = Awaited<ReturnType<ReturnType<typeof selectKnown>['executeTakeFirstOrThrow']>>

/** The devices that have one of these serials or controller ids, held until the transaction ends. */
export async function lockKnown(
  scoped: Scoped,
  serials: readonly string[],
  controllerIds: readonly string[],
): Promise<readonly Known[]> {
  const rows: readonly KnownRow[] = await selectKnown(scoped)
    .where('d.id', '=', deviceIds(serials, controllerIds))
    .orderBy('d.id')
    .forNoKeyUpdate('d')
    .execute()
  const ids = rows.map(({ id }) => id)
  const facts = await findFacts(scoped, ids)
  return rows.map((row) => knownOf(row, facts.get(row.id) ?? []))
}

function knownOf(row: KnownRow, facts: readonly Fact[]): Known {
  const { id, uid, state, name, serial, manufacturer, model, bootloader, firmware, site, area, zone } = row
  const { exposure, criticality, safety_role: safetyRole, data_sensitivity: dataSensitivity } = row
  const { protocol, host, port, path } = row
  const hasIdentity = protocol !== null && host !== null && port !== null && path !== null
  return {
    ...{ id, uid, state, name, serial, manufacturer, model, bootloader, firmware, site, area, zone, facts },
    siteId: row.site_id,
    billId: row.bill_id,
    hardwareRevision: row.hardware_revision,
    firmwareAssurance: row.bill_assurance,
    context: { exposure, criticality, safetyRole, dataSensitivity },
    isRig: row.is_rig,
    controllerId: row.controller_id,
    tokenHash: row.hash?.toString('hex') ?? null,
    identity: hasIdentity ? { protocol, host, port, path } : null,
  }
}

/** A device as it is stored, but for its number. */
export interface DeviceValues {
  readonly uid: string
  readonly name: string
  readonly serial: string
  readonly modelId: number
  readonly hardwareRevision: string
  readonly bootloader: string | null
  readonly firmware: string
  readonly siteId: number | null
  readonly area: string | null
  readonly zone: string | null
  readonly billId: number
  readonly billAssurance: string
  readonly contextId: number
  readonly state: string
  readonly isRig: boolean
}

const column = <K extends keyof DeviceValues>(devices: readonly DeviceValues[], name: K) =>
  devices.map((each) => each[name])

const values = (
  devices: readonly DeviceValues[],
) => sql`unnest(${column(devices, 'uid')}::uuid[], ${column(devices, 'name')}::text[],
  ${column(devices, 'serial')}::text[], ${column(devices, 'modelId')}::int[], ${column(devices, 'hardwareRevision')}::text[],
  ${column(devices, 'bootloader')}::text[], ${column(devices, 'firmware')}::text[], ${column(devices, 'siteId')}::int[],
  ${column(devices, 'area')}::text[], ${column(devices, 'zone')}::text[], ${column(devices, 'billId')}::int[],
  ${column(devices, 'billAssurance')}::text[], ${column(devices, 'contextId')}::int[], ${column(devices, 'state')}::text[],
  ${column(devices, 'isRig')}::boolean[])`

/** Stores new devices; their numbers by their uid. */
export async function insertDevices(
  { db, scope }: Scoped,
  at: Date,
  devices: readonly DeviceValues[],
): Promise<ReadonlyMap<string, number>> {
  const { rows } = await sql<{ id: number; uid: string }>`
    insert into inventory_device (tenant_id, uid, name, serial, model_id, hardware_revision, bootloader, firmware, site_id,
      area, zone, bill_id, bill_assurance, context_id, state, is_rig, created_at)
    select ${scope.tenant}::int, v.*, ${at} from ${values(devices)} as v returning id, uid`.execute(db)
  return new Map(rows.map(({ id, uid }) => [uid, id]))
}

/** Stores what devices have become. */
export async function updateDevices(
  { db }: Scoped,
  devices: readonly (DeviceValues & { readonly id: number })[],
): Promise<void> {
  await sql`
    update inventory_device d
       set name = v.name, serial = v.serial, model_id = v.model_id, hardware_revision = v.hardware_revision,
           bootloader = v.bootloader, firmware = v.firmware, site_id = v.site_id, area = v.area, zone = v.zone,
           bill_id = v.bill_id, bill_assurance = v.bill_assurance, context_id = v.context_id, state = v.state, is_rig = v.is_rig
      from unnest(${devices.map(({ id }) => id)}::bigint[]) with ordinality as i (id, n)
      join ${values(devices)} with ordinality as v (uid, name, serial, model_id, hardware_revision, bootloader, firmware,
        site_id, area, zone, bill_id, bill_assurance, context_id, state, is_rig, n) on v.n = i.n
     where d.id = i.id`.execute(db)
}
