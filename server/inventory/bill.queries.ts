import type { Assurance } from '@suture/contract/states.ts'
import { sql } from 'kysely'
import type { Scoped } from '#platform/database/store.ts'
import type { Addressed } from './bill.ts'

const bytes = (hex: string): Buffer => Buffer.from(hex, 'hex')
const byDigest = (rows: readonly { readonly digest: Buffer; readonly id: number }[]): Map<string, number> =>
  new Map(rows.map(({ digest, id }) => [digest.toString('hex'), id]))

/** The row numbers of components, stored where they are new; each once and in the order of their digests. */
export async function internComponents(
  { db, scope }: Scoped,
  components: readonly Addressed[],
): Promise<ReadonlyMap<string, number>> {
  const digests = components.map(({ digest }) => bytes(digest))
  await sql`
    insert into inventory_component (tenant_id, digest, supplier, name, version, purl, cpe)
    select ${scope.tenant}::int, c.* from unnest(${digests}::bytea[], ${components.map(({ supplier }) => supplier)}::text[],
      ${components.map(({ name }) => name)}::text[], ${components.map(({ version }) => version)}::text[],
      ${components.map(({ purl }) => purl ?? null)}::text[], ${components.map(({ cpe }) => cpe ?? null)}::text[]) as c
    on conflict (tenant_id, digest) do nothing`.execute(db)
  const rows = await db
    .selectFrom('inventory_component')
    .select(['id', 'digest'])
    .where('digest', '=', sql<Buffer>`any(${digests}::bytea[])`)
    .execute()
  return byDigest(rows)
}

/** A bill by its digest, and its components by their row numbers. */
interface NewBill {
  readonly digest: string
  readonly components: readonly number[]
}

/** The row numbers of bills, stored where they are new, and which were. */
export async function internBills(
  { db, scope }: Scoped,
  at: Date,
  bills: readonly NewBill[],
): Promise<{ ids: ReadonlyMap<string, number>; made: readonly number[] }> {
  const digests = bills.map(({ digest }) => bytes(digest)).sort(Buffer.compare)
  const { rows: made } = await sql<{ id: number; digest: Buffer }>`
    insert into inventory_bill (tenant_id, digest, created_at)
    select ${scope.tenant}::int, digest, ${at} from unnest(${digests}::bytea[]) as digest
    on conflict (tenant_id, digest) do nothing returning id, digest`.execute(db)
  const fresh = byDigest(made)
  const held = bills.flatMap(({ digest, components }) => {
    const bill = fresh.get(digest)
    return bill === undefined ? [] : components.map((component) => ({ bill, component }))
  })
  await sql`
    insert into inventory_bill_component (tenant_id, bill_id, component_id)
    select ${scope.tenant}::int, h.* from unnest(${held.map(({ bill }) => bill)}::int[],
      ${held.map(({ component }) => component)}::int[]) as h`.execute(db)
  const rows = await db
    .selectFrom('inventory_bill')
    .select(['id', 'digest'])
    .where('digest', '=', sql<Buffer>`any(${digests}::bytea[])`)
    .execute()
  return { ids: byDigest(rows), made: made.map(({ id }) => id) }
}

/** A firmware version of a model. */
interface Firmware {
  readonly modelId: number
  readonly version: string
}

const firmwareKeys = (firmwares: readonly Firmware[]) =>
  sql<{ model_id: number; version: string }>`unnest(${firmwares.map(({ modelId }) => modelId)}::int[],
    ${firmwares.map(({ version }) => version)}::text[])`

/** The bills that these firmware versions stand for, as far as one is known. */
export async function findFirmwareBills({ db }: Scoped, firmwares: readonly Firmware[]) {
  const { rows } = await sql<{ model_id: number; version: string; bill_id: number }>`
    select f.model_id, f.version, f.bill_id from inventory_firmware f
      join ${firmwareKeys(firmwares)} as k (model_id, version) on k.model_id = f.model_id and k.version = f.version`.execute(
    db,
  )
  return rows
}

/** Says which bill each firmware version stands for; where one is known already, that one stays. */
export async function insertFirmwareBills(
  { db, scope }: Scoped,
  firmwares: readonly (Firmware & { readonly billId: number })[],
): Promise<void> {
  await sql`
    insert into inventory_firmware (tenant_id, model_id, version, bill_id)
    select ${scope.tenant}::int, f.* from unnest(${firmwares.map(({ modelId }) => modelId)}::int[],
      ${firmwares.map(({ version }) => version)}::text[], ${firmwares.map(({ billId }) => billId)}::int[]) as f
    on conflict (tenant_id, model_id, version) do nothing`.execute(db)
}

export const findModel = ({ db }: Scoped, id: number) =>
  db.selectFrom('inventory_model').select(['id', 'manufacturer', 'name']).where('id', '=', id).executeTakeFirst()

export const findModelNamed = ({ db }: Scoped, manufacturer: string, name: string) =>
  db
    .selectFrom('inventory_model')
    .select(['id', 'manufacturer', 'name'])
    .where('manufacturer', '=', manufacturer)
    .where('name', '=', name)
    .executeTakeFirst()

/** Which bill a device runs from now on, and how that is known. */
export interface Adoption {
  readonly deviceId: number
  readonly billId: number
  readonly assurance: Assurance
}

/** What made us believe something: a source, and what it can be found under there. */
export interface Evidence {
  readonly source: string
  readonly ref: string
}

/**
 * Ends the present entry in the history of each device and begins the next one. Two adoptions in one millisecond become
 * two entries all the same: the second begins a millisecond later.
 */
export async function insertHistory(
  { db, scope }: Scoped,
  at: Date,
  adoptions: readonly (Adoption & { readonly evidence: Evidence })[],
): Promise<void> {
  if (adoptions.length === 0) return
  await sql`
    with n as materialized (
      select * from unnest(${adoptions.map(({ deviceId }) => deviceId)}::bigint[], ${adoptions.map(({ billId }) => billId)}::int[],
        ${adoptions.map(({ assurance }) => assurance)}::text[],
        ${adoptions.map(({ evidence }) => JSON.stringify(evidence))}::text[]) as n (device_id, bill_id, assurance, evidence)
    ), ended as (
      update inventory_device_bill h set to_at = greatest(${at}::timestamptz, h.from_at + interval '1 millisecond')
        from n where h.device_id = n.device_id and h.to_at is null returning h.device_id, h.to_at
    )
    insert into inventory_device_bill (tenant_id, device_id, from_at, to_at, bill_id, assurance, evidence)
    select ${scope.tenant}::int, n.device_id, coalesce(e.to_at, ${at}::timestamptz), null, n.bill_id, n.assurance,
      n.evidence::jsonb
      from n left join ended e on e.device_id = n.device_id`.execute(db)
}

/** Makes a firmware version stand for another bill. */
export const updateFirmwareBill = ({ db }: Scoped, modelId: number, version: string, billId: number) =>
  db
    .updateTable('inventory_firmware')
    .set({ bill_id: billId })
    .where('model_id', '=', modelId)
    .where('version', '=', version)
    .execute()

/** Moves the devices of a firmware version to another bill; how their firmware is known stays. */
export async function moveToBill(
  { db }: Scoped,
  modelId: number,
  version: string,
  billId: number,
): Promise<readonly Adoption[]> {
  // Held in the order in which an import holds them, so that neither waits for the other for ever.
  const { rows } = await sql<Adoption>`
    with held as materialized (
      select id from inventory_device
       where model_id = ${modelId} and firmware = ${version} and bill_id <> ${billId} and state not in ('quarantined', 'retired')
       order by id for no key update
    )
    update inventory_device d set bill_id = ${billId} from held where d.id = held.id
      returning d.id as "deviceId", d.bill_id as "billId", d.bill_assurance as assurance`.execute(db)
  return rows
}
