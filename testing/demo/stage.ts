import type { Switch } from '../sabotage/fault.ts'
import { type Cast, gather } from './cast.ts'
import { type Devices, importFleet, startDevices } from './devices.ts'
import { type DemoDevice, makeFleet } from './fleet.ts'
import { splitKnowledge } from './knowledge.ts'
import { begin, equip } from './making.ts'
import type { Screen } from './screen.ts'
import { type DemoServer, startServer } from './server.ts'
import { models, star } from './world.ts'

/** What whoever runs the demo asked for. */
export interface Given {
  readonly devices: number
  readonly seed: number
  readonly sabotage: Switch | undefined
  /** Whether somebody is going to look at the console. */
  readonly withConsole: boolean
  readonly screen: Screen
  readonly signal: AbortSignal
}

/** Everything that the chapters share. */
export interface Stage extends Omit<Given, 'devices'> {
  readonly folder: string
  readonly server: DemoServer
  readonly fleet: readonly DemoDevice[]
  readonly simulated: Devices
  readonly cast: Cast
}

/** Everybody and everything is there, and nothing is known to be wrong yet. */
export async function gatherAll(given: Given, folder: string) {
  const { screen, seed, sabotage } = given
  screen.chapter('A control plane, a signer, and a fleet that nobody manages yet')
  const server = await startServer(folder, sabotage, given.withConsole)
  const fleet = makeFleet(models, given.devices, seed)
  const [cast, simulated] = await Promise.all([
    gather(server.home, server.url, server.process),
    startDevices(folder, server.url, seed, fleet),
  ])
  const { known } = splitKnowledge(folder, star.vulnerability)
  const [vendor] = await Promise.all([
    begin(cast, folder, models[0], seed),
    importFleet(folder, cast.operator, fleet, simulated.ports),
    cast.admin.does(['feed', 'import', ...known]),
  ])
  await equip(cast, fleet, vendor)
  screen.say(
    `${fleet.length} devices of ${models.length} models at three sites are imported; three of them are rigs in the lab.`,
  )
  return { ...given, folder, server, fleet, simulated, cast, vendor }
}
