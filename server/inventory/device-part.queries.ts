import { sql } from 'kysely'
import type { Scoped } from '#platform/database/store.ts'
import { type Fact, factsOf, toldOf } from './fact.ts'
import type { Context } from './import.ts'

/** Stores facts; what the same source said before under the same name gives way. */
export async function putFacts(
  { db, scope }: Scoped,
  facts: readonly (Fact & { readonly deviceId: number })[],
): Promise<void> {
  const bySource = [...Map.groupBy(facts, ({ deviceId, source }) => `${deviceId} ${source}`).values()]
  const said = bySource.map((each) => ({ device: each[0]?.deviceId, source: each[0]?.source, told: toldOf(each) }))
  // One document: in an array of them every quotation mark would be written twice and read twice.
  await sql`
    insert into inventory_fact as f (tenant_id, device_id, source, told)
    select ${scope.tenant}::int, s.device, s.source, s.told
      from jsonb_to_recordset(${JSON.stringify(said)}::jsonb) as s (device bigint, source text, told jsonb)
    on conflict (tenant_id, device_id, source) do update set told = f.told || excluded.told`.execute(db)
}

/** What everybody said of these devices, by device. */
export async function findFacts({ db }: Scoped, ids: readonly number[]): Promise<ReadonlyMap<number, readonly Fact[]>> {
  const rows = await db
    .selectFrom('inventory_fact')
    .select(['device_id', 'source', 'told'])
    .where('device_id', '=', sql<number>`any(${ids}::bigint[])`)
    .execute()
  const bySource = Map.groupBy(rows, ({ device_id }) => device_id)
  return new Map([...bySource].map(([id, said]) => [id, said.flatMap(({ source, told }) => factsOf(source, told))]))
}

/** What finds a device from outside. */
interface Key {
  readonly deviceId: number
  readonly kind: 'serial' | 'controller-id'
  readonly value: string
}

/** Stores keys; those that were free until now. One that another device has stays with that device. */
export async function insertKeys({ db, scope }: Scoped, keys: readonly Key[]): Promise<ReadonlySet<string>> {
  const { rows } = await sql<{ kind: string; value: string }>`
    insert into inventory_device_key (tenant_id, kind, value, device_id)
    select ${scope.tenant}::int, k.* from unnest(${keys.map(({ kind }) => kind)}::text[],
      ${keys.map(({ value }) => value)}::text[], ${keys.map(({ deviceId }) => deviceId)}::bigint[]) as k
    on conflict (tenant_id, kind, value) do nothing returning kind, value`.execute(db)
  return new Set(rows.map(({ kind, value }) => `${kind} ${value}`))
}

/** Takes the controller ids of devices away, before they get others. */
export const deleteControllerIds = ({ db }: Scoped, ids: readonly number[]) =>
  db
    .deleteFrom('inventory_device_key')
    .where('kind', '=', 'controller-id')
    .where('device_id', '=', sql<number>`any(${ids}::bigint[])`)
    .execute()

/** Stores the SHA-256 of devices' secrets, in place of what they had. */
export async function putSecrets(
  { db, scope }: Scoped,
  at: Date,
  secrets: readonly { readonly deviceId: number; readonly hash: Buffer }[],
): Promise<void> {
  await sql`
    insert into inventory_device_secret (tenant_id, device_id, hash, created_at)
    select ${scope.tenant}::int, s.*, ${at} from unnest(${secrets.map(({ deviceId }) => deviceId)}::bigint[],
      ${secrets.map(({ hash }) => hash)}::bytea[]) as s
    on conflict (tenant_id, device_id) do update set hash = excluded.hash, created_at = excluded.created_at`.execute(db)
}

/** An address where a device's identity may be read. */
interface Address {
  readonly deviceId: number
  readonly protocol: string
  readonly host: string
  readonly port: number
  readonly path: string
}

/** Stores confirmed addresses, with who confirmed them and when. */
export async function putEndpoints({ db, scope }: Scoped, at: Date, addresses: readonly Address[]): Promise<void> {
  await sql`
    insert into inventory_endpoint (tenant_id, device_id, protocol, host, port, path, confirmed_by, confirmed_at)
    select ${scope.tenant}::int, a.*, ${scope.actor.name}, ${at} from unnest(${addresses.map(({ deviceId }) => deviceId)}::bigint[],
      ${addresses.map(({ protocol }) => protocol)}::text[], ${addresses.map(({ host }) => host)}::text[],
      ${addresses.map(({ port }) => port)}::int[], ${addresses.map(({ path }) => path)}::text[]) as a
    on conflict (tenant_id, device_id) do update set protocol = excluded.protocol, host = excluded.host, port = excluded.port,
      path = excluded.path, confirmed_by = excluded.confirmed_by, confirmed_at = excluded.confirmed_at`.execute(db)
}

/** What tells a context from all others. */
export const contextKey = ({ exposure, criticality, safetyRole, dataSensitivity }: Context): string =>
  [exposure, criticality, safetyRole, dataSensitivity].join(' ')

/** The row numbers of contexts by `contextKey`, stored where they are new. */
export async function internContexts(
  { db, scope }: Scoped,
  contexts: readonly Context[],
): Promise<ReadonlyMap<string, number>> {
  const distinct = [...new Map(contexts.map((each) => [contextKey(each), each])).entries()]
    .sort()
    .map(([, each]) => each)
  await sql`
    insert into inventory_context (tenant_id, exposure, criticality, safety_role, data_sensitivity)
    select ${scope.tenant}::int, c.* from unnest(${distinct.map(({ exposure }) => exposure)}::text[],
      ${distinct.map(({ criticality }) => criticality)}::text[], ${distinct.map(({ safetyRole }) => safetyRole)}::text[],
      ${distinct.map(({ dataSensitivity }) => dataSensitivity)}::text[]) as c
    on conflict do nothing`.execute(db)
  const rows = await db
    .selectFrom('inventory_context')
    .select(['id', 'exposure', 'criticality', 'safety_role as safetyRole', 'data_sensitivity as dataSensitivity'])
    .execute()
  return new Map(rows.map((row) => [contextKey(row), row.id]))
}

/** Lets devices out of quarantine. */
export const deleteQuarantine = ({ db }: Scoped, ids: readonly number[]) =>
  db.deleteFrom('inventory_quarantine').where('device_id', '=', sql<number>`any(${ids}::bigint[])`).execute()
