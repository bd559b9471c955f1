import { join } from 'node:path'
import { createSite } from '@suture/contract/inventory.ts'
import { type Child, start } from './children.ts'
import { type DemoDevice, sites } from './fleet.ts'
import type { Person } from './people.ts'
import { put } from './world.ts'

/** The simulated devices, in a process of their own. */
export interface Devices {
  readonly process: Child
  /** Where the ground truth is written. */
  readonly truth: string
  /** Where each device tells who it is, by controller id. */
  readonly ports: ReadonlyMap<string, number>
}

/** Switches every device on. The server does not know them yet, so they are turned away until they are imported. */
export async function startDevices(
  folder: string,
  url: string,
  seed: number,
  fleet: readonly DemoDevice[],
): Promise<Devices> {
  const truth = join(folder, 'files', 'truth.jsonl')
  const file = put(
    folder,
    'fleet.json',
    JSON.stringify({
      server: url,
      tenant: 'main',
      seed,
      truth,
      identityHost: '127.0.0.1',
      installSeconds: [1, 4],
      bootSeconds: [0.2, 0.8],
      devices: fleet.map((each) => ({
        controllerId: each.controllerId,
        token: each.token,
        manufacturer: each.manufacturer,
        model: each.model,
        hardwareRevision: each.hardwareRevision,
        bootloader: each.bootloader,
        firmware: each.firmware,
        serial: each.serial,
        identity: { protocol: each.protocol, port: 0 },
        behaviour: each.behaviour,
      })),
    }),
  )
  const process = start('the simulator', ['testing/simulator/main.ts', file], {})
  const ready = JSON.parse(await process.line((line) => line.startsWith('{"ready":true'))) as {
    devices: { controllerId: string; identityPort: number }[]
  }
  return {
    process,
    truth,
    ports: new Map(ready.devices.map(({ controllerId, identityPort }) => [controllerId, identityPort])),
  }
}

/** What an operator would have in a spreadsheet. */
const rowOf = (device: DemoDevice, port: number | undefined) => ({
  serial: device.serial,
  name: device.controllerId,
  manufacturer: device.manufacturer,
  model: device.model,
  type: device.type,
  hardwareRevision: device.hardwareRevision,
  bootloader: device.bootloader,
  firmware: device.firmware,
  site: device.site,
  exposure: device.exposure,
  controllerId: device.controllerId,
  token: device.token,
  identity: { protocol: device.protocol, host: '127.0.0.1', port, path: '/identity' },
  ...(device.rig ? { rig: true } : {}),
})

/** The operator makes the sites, with the network in which devices may be read, and imports the devices. */
export async function importFleet(
  folder: string,
  operator: Person,
  fleet: readonly DemoDevice[],
  ports: Devices['ports'],
): Promise<void> {
  const networks = { probeNetworks: ['127.0.0.0/8'] }
  await Promise.all(sites.map((name) => operator.calls(createSite, { body: { name, ...networks } })))
  const rows = fleet.map((device) => rowOf(device, ports.get(device.controllerId)))
  const file = put(folder, 'devices.json', JSON.stringify(rows))
  await operator.does(['device', 'import', file])
}
