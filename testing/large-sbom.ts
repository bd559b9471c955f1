import { addressed, firmwareComponent } from '@suture/server/inventory/bill.ts'
import pg from 'pg'

export const firmware = { manufacturer: 'Maker', model: 'Pump', firmware: '1' }

/** A device of that firmware, as an import lists it. */
export const deviceOf = (serial: string) => ({ ...firmware, serial, type: 'plc', hardwareRevision: 'A' })

const names = (count: number): string[] => Array.from({ length: count }, (_, at) => `c${at}`)

/** An SBOM of so many components. */
export const sbomOf = (count: number): Uint8Array<ArrayBuffer> => {
  const components = names(count).map((name) => ({ type: 'library', name, version: '1' }))
  return new TextEncoder().encode(
    JSON.stringify({ bomFormat: 'CycloneDX', specVersion: '1.6', version: 1, components }),
  )
}

/**
 * Keeps that SBOM from being stored beyond its first 5,000 components: one of the next is on its way into the table by
 * another transaction, whose end everybody waits for.
 * @returns ends it
 */
export async function holdStoring(superuser: string, tenant: number, count: number): Promise<() => Promise<void>> {
  const { manufacturer, model, firmware: version } = firmware
  const listed = names(count).map((name) => ({ supplier: '', name, version: '1' }))
  const { digest } = addressed([firmwareComponent(manufacturer, model, version), ...listed])[5_000] ?? {}
  if (digest === undefined) throw new Error('An SBOM with less than 5,000 components is stored in one go')
  const client = new pg.Client({ connectionString: superuser })
  await client.connect()
  await client.query('begin')
  await client.query(
    `insert into inventory_component (tenant_id, digest, supplier, name, version) values ($1, decode($2, 'hex'), '', 'held', '1')`,
    [tenant, digest],
  )
  return async () => {
    await client.query('rollback')
    await client.end()
  }
}
