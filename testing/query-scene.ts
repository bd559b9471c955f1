import { type Connection, call } from '@suture/contract/client.ts'
import * as contract from '@suture/contract/inventory.ts'
import { expect } from 'vitest'
import { startTestServer, type TestServer, type TestTenant } from './world.ts'

export type Row = Parameters<typeof call<typeof contract.importDevices>>[2]['body']['devices'][number]

export const versions = ['1.9', '1.10', '1.10.0', '2.0', 'V2.0 SP1', '10.0', 'unknown'] as const
const places = ['Hall 3', 'hall 4', '100%', 'a_b', undefined] as const
const pick = <T>(from: readonly T[], n: number): T => from[n % from.length] as T

/** Devices that differ in everything that can be asked for. */
export const fleet: readonly Row[] = Array.from({ length: 60 }, (_, n) => {
  const zone = pick(places, Math.floor(n / 3))
  return {
    serial: `S-${n}`,
    name: pick([`Pump ${n}`, `pump-${n}*`, `Ventil "${n}"`], n),
    manufacturer: pick(['Axis', 'Moxa', "O'Hara"], n),
    model: pick(['P32', 'P3245', 'EDR-810'], Math.floor(n / 2)),
    type: pick(['camera', 'router'], n),
    hardwareRevision: pick(['A', 'B'], n),
    firmware: pick(versions, n),
    site: pick(['Plant 2', 'Plant 20'], n),
    exposure: pick(['exposed', 'internal', 'isolated', 'unknown'] as const, n),
    criticality: pick(['low', 'high'] as const, n),
    rig: n % 7 === 0,
    controllerId: `c-${n}`,
    ...(zone === undefined ? {} : { zone }),
  }
})

/** A tenant with that fleet, and the serial numbers that a query of its devices finds. */
export interface Asking {
  readonly server: TestServer
  readonly tenant: TestTenant
  /** As the viewer of the tenant, unless another asks; the count is held against the list. */
  readonly list: (q: string, by?: Connection) => Promise<string[]>
}

export async function startAsking(): Promise<Asking> {
  const server = await startTestServer()
  const tenant = await server.addTenant('plant')
  await call(tenant.people.operator, contract.createSite, { body: { name: 'Plant 2' } })
  await call(tenant.people.operator, contract.createSite, { body: { name: 'Plant 20' } })
  await call(tenant.people.operator, contract.importDevices, { body: { devices: [...fleet] } })
  const list = async (q: string, by: Connection = tenant.people.viewer) => {
    const { items, counts } = await call(by, contract.listDevices, { query: { q, limit: 500 } })
    expect(counts?.devices).toBe(items.length)
    return items.map(({ serial }) => serial)
  }
  return { server, tenant, list }
}

export const thatAre = (is: (row: Row) => boolean) => fleet.filter(is).map(({ serial }) => serial)
