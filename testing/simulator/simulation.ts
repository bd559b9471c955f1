import { firstPoll } from './course.ts'
import { type Device, startDevice, switchOff } from './device.ts'
import type { Fleet } from './fleet.ts'
import { createLinks } from './link.ts'
import { run } from './poll.ts'
import { openTruth } from './truth.ts'

/** A fleet that runs. */
export interface Simulation {
  readonly devices: readonly { readonly controllerId: string; readonly identityPort: number }[]
  /** Rejects when it cannot go on. */
  readonly failed: Promise<never>
  /** Switches every device off, and ends the file of facts. */
  stop(): Promise<void>
}

/**
 * Starts every device of a fleet.
 * @throws when a port or the file of facts cannot be opened
 */
export async function startSimulation(fleet: Fleet): Promise<Simulation> {
  const truth = await openTruth(fleet.truth)
  const links = createLinks(fleet.server)
  const devices: Device[] = []
  for (const entry of fleet.devices) devices.push(await startDevice(fleet, entry, links, truth))
  const lives = Promise.all(devices.map((device) => run(device, firstPoll(fleet, device.entry))))
  const broken = lives.then(() => new Promise<never>(() => {}))
  broken.catch(() => undefined)
  return {
    devices: devices.map(({ entry, door }) => ({ controllerId: entry.controllerId, identityPort: door.port })),
    failed: Promise.race([broken, truth.failed]),
    stop: async () => {
      await Promise.all(devices.map(switchOff))
      await lives
      links.close()
      await truth.end()
    },
  }
}
