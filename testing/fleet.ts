import { createHash } from 'node:crypto'
import { query } from './database.ts'

interface Component {
  readonly supplier: string
  readonly name: string
  readonly version: string
  readonly cpe?: string
}

/** A device as a test describes it; what is left out is what most devices have. */
export interface FleetDevice {
  readonly uid: string
  readonly manufacturer: string
  readonly model: string
  readonly firmware: string
  /** What the bill holds beside the firmware itself. */
  readonly parts?: readonly Component[]
  readonly hardwareRevision?: string
  readonly exposure?: 'exposed' | 'internal' | 'isolated' | 'unknown'
  readonly site?: string
  readonly state?: string
  readonly isRig?: boolean
  readonly createdAt?: Date
}

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex')

const componentsOf = ({ manufacturer, model, firmware, parts = [] }: FleetDevice) =>
  [{ supplier: manufacturer, name: model, version: firmware }, ...parts].map((each) => ({
    cpe: null,
    ...each,
    digest: sha256(JSON.stringify(each)),
  }))

const rowOf = (device: FleetDevice) => {
  const components = componentsOf(device)
  const bill = sha256(components.map(({ digest }) => digest).join())
  return {
    hardwareRevision: 'A',
    exposure: 'unknown',
    site: 'Works',
    state: 'live',
    isRig: false,
    ...device,
    createdAt: (device.createdAt ?? new Date('2026-01-01T00:00:00Z')).toISOString(),
    components,
    bill,
  }
}

const given = `with given as (select * from jsonb_to_recordset($2::jsonb) as g(uid uuid, manufacturer text, model text,
  firmware text, "hardwareRevision" text, exposure text, site text, state text, "isRig" boolean, "createdAt" timestamptz,
  components jsonb, bill text)),
  part as (select distinct on (c.digest) decode(c.digest, 'hex') as digest, c.supplier, c.name, c.version, c.cpe
    from given, jsonb_to_recordset(components) as c(digest text, supplier text, name text, version text, cpe text))`

/** In this order: each statement reads what those before it stored. */
const statements = [
  `insert into inventory_site (tenant_id, name, created_at) select distinct $1::int, site, now() from given on conflict do nothing`,
  `insert into inventory_model (tenant_id, manufacturer, name, type) select distinct $1::int, manufacturer, model, 'plc' from given
   on conflict do nothing`,
  `insert into inventory_component (tenant_id, digest, supplier, name, version, cpe)
   select $1::int, digest, supplier, name, version, cpe from part on conflict do nothing`,
  `insert into inventory_bill (tenant_id, digest, created_at) select distinct $1::int, decode(bill, 'hex'), now() from given
   on conflict do nothing`,
  `insert into inventory_bill_component (tenant_id, bill_id, component_id)
   select distinct $1::int, b.id, c.id from given g join inventory_bill b on b.tenant_id = $1 and b.digest = decode(g.bill, 'hex'),
     jsonb_to_recordset(g.components) as p(digest text)
     join inventory_component c on c.tenant_id = $1 and c.digest = decode(p.digest, 'hex')
   on conflict do nothing`,
  `insert into inventory_context (tenant_id, exposure, criticality, safety_role, data_sensitivity)
   select distinct $1::int, exposure, 'unknown', 'unknown', 'unknown' from given on conflict do nothing`,
  `insert into inventory_firmware (tenant_id, model_id, version, bill_id)
   select distinct on (m.id, g.firmware) $1::int, m.id, g.firmware, b.id from given g
     join inventory_model m on m.tenant_id = $1 and m.manufacturer = g.manufacturer and m.name = g.model
     join inventory_bill b on b.tenant_id = $1 and b.digest = decode(g.bill, 'hex')
   on conflict do nothing`,
  `insert into inventory_device (tenant_id, uid, name, serial, model_id, hardware_revision, firmware, site_id, bill_id,
     bill_assurance, context_id, state, is_rig, created_at)
   select $1::int, g.uid, g.uid, g.uid, m.id, g."hardwareRevision", g.firmware, s.id, b.id, 'claimed', c.id, g.state, g."isRig",
          g."createdAt"
     from given g
     join inventory_model m on m.tenant_id = $1 and m.manufacturer = g.manufacturer and m.name = g.model
     join inventory_site s on s.tenant_id = $1 and s.name = g.site
     join inventory_bill b on b.tenant_id = $1 and b.digest = decode(g.bill, 'hex')
     join inventory_context c on c.tenant_id = $1 and c.exposure = g.exposure`,
]

/** Stores devices with their models, bills and contexts as rows: what inventory would have stored after an import. */
export async function addFleet(superuser: string, tenant: number, devices: readonly FleetDevice[]): Promise<void> {
  const rows = JSON.stringify(devices.map(rowOf))
  for (const statement of statements) await query(superuser, `${given} ${statement}`, [tenant, rows])
}
