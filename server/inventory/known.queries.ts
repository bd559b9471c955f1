import type { DeviceState } from '@suture/contract/states.ts'
import { sql } from 'kysely'
import type { Scoped } from '#platform/database/store.ts'
import { isInside } from '#platform/network.ts'

/** A device as whoever speaks to it knows it. */
export interface KnownDevice {
  readonly id: number
  readonly uid: string
  readonly state: DeviceState
  readonly isRig: boolean
  readonly modelId: number
  readonly hardwareRevision: string
}

/** Who a device says it is, and the SHA-256 of the secret that it shows. */
interface Asked {
  readonly controllerId: string
  readonly hash: Buffer
}

/**
 * The devices of these controller ids whose secret fits, by controller id. A device without a secret of its own came
 * through a gateway, and any gateway in force speaks for it; a retired device is nobody.
 *
 * `offset 0` makes each look-up one of its own, by its key: joined freely, and right after an import, PostgreSQL goes
 * through the whole fleet for each device that asks (0.2 s a poll with 500 devices, quadratic with more).
 */
export async function identifyDevices({ db }: Scoped, asked: readonly Asked[]): Promise<Map<string, KnownDevice>> {
  const { rows } = await sql<KnownDevice & { controllerId: string }>`
    select a.controller_id as "controllerId", d.id, d.uid, d.state, d.is_rig as "isRig", d.model_id as "modelId",
           d.hardware_revision as "hardwareRevision"
      from unnest(${asked.map(({ controllerId }) => controllerId)}::text[], ${asked.map(({ hash }) => hash)}::bytea[]) as a (controller_id, hash)
     cross join lateral (select tenant_id, device_id from inventory_device_key
                          where kind = 'controller-id' and value = a.controller_id offset 0) k
     cross join lateral (select id, uid, state, is_rig, model_id, hardware_revision from inventory_device
                          where tenant_id = k.tenant_id and id = k.device_id offset 0) d
      left join lateral (select hash from inventory_device_secret
                          where tenant_id = k.tenant_id and device_id = k.device_id offset 0) s on true
     where d.state <> 'retired'
       and case when s.hash is null
             then exists (select from inventory_gateway g where g.hash = a.hash and g.revoked_at is null)
             else s.hash = a.hash end`.execute(db)
  return new Map(rows.map(({ controllerId, ...device }) => [controllerId, device]))
}

/** Notes when devices were last heard of; an earlier time never replaces a later one. */
export async function noteSeen({ db, scope }: Scoped, at: Date, ids: readonly number[]): Promise<void> {
  // In one order for everybody, so that two writers never wait for each other.
  const sorted = [...new Set(ids)].sort((a, b) => a - b)
  await sql`
    insert into inventory_seen as s (tenant_id, device_id, at)
    select ${scope.tenant}::int, id, ${at} from unnest(${sorted}::bigint[]) as id
    on conflict (tenant_id, device_id) do update set at = excluded.at where s.at < excluded.at`.execute(db)
}

/** Where the identity of a device is read, and what it should tell. */
interface ReadingTarget {
  readonly protocol: 'http' | 'coap'
  readonly host: string
  readonly port: number
  readonly path: string
  /** Whether the address lies in a network of the device's site: otherwise nothing is sent there. */
  readonly allowed: boolean
  readonly serial: string
  readonly firmware: string
}

/** The confirmed addresses of these devices, by device; those without one are left out. */
export async function readingTargets({ db }: Scoped, ids: readonly number[]): Promise<Map<number, ReadingTarget>> {
  const rows = await db
    .selectFrom('inventory_endpoint as e')
    .innerJoin('inventory_device as d', 'd.id', 'e.device_id')
    .leftJoin('inventory_site as s', 's.id', 'd.site_id')
    .select(['d.id', 'd.serial', 'd.firmware', 'e.protocol', 'e.host', 'e.port', 'e.path', 's.probe_networks'])
    .where('d.id', '=', sql<number>`any(${ids}::bigint[])`)
    .where('d.state', 'not in', ['quarantined', 'retired'])
    .execute()
  return new Map(
    rows.map(({ id, probe_networks, ...target }) => [
      id,
      { ...target, allowed: isInside(target.host, probe_networks ?? []) },
    ]),
  )
}

/** Numbers for DDI actions, each handed out once and never again. */
export async function nextActionIds({ db }: Scoped, n: number): Promise<number[]> {
  const { rows } = await sql<{
    id: number
  }>`select nextval('inventory_action_id') as id from generate_series(1, ${n}::int)`.execute(db)
  return rows.map(({ id }) => id)
}
