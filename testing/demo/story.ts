import { once } from 'node:events'
import { join } from 'node:path'
import type { Switch } from '../sabotage/switches.ts'
import { type Cast, enrol, gather } from './cast.ts'
import { type Devices, importFleet, startDevices } from './devices.ts'
import { type DemoDevice, makeFleet } from './fleet.ts'
import { splitKnowledge } from './knowledge.ts'
import { deliver, equip, makeReleases } from './making.ts'
import { prove } from './proving.ts'
import { type Result, resultOf } from './result.ts'
import { rollOut } from './rolling.ts'
import type { Screen } from './screen.ts'
import { type DemoServer, startServer } from './server.ts'
import { models, star } from './world.ts'

interface Given {
  readonly devices: number
  readonly seed: number
  readonly sabotage: Switch | undefined
  readonly screen: Screen
  readonly signal: AbortSignal
}

/** What the story came to. */
export interface Told {
  readonly url: string
  readonly result: Result
  /** What did not hold, in sentences. */
  readonly failures: readonly string[]
}

/** Everything that the chapters share. */
export interface Stage extends Omit<Given, 'devices'> {
  readonly folder: string
  readonly server: DemoServer
  readonly fleet: readonly DemoDevice[]
  readonly simulated: Devices
  readonly cast: Cast
}

/** Tells the whole story once, in a folder; it is given up as soon as the signal says so. What it started goes on. */
export async function tell(given: Given, folder: string): Promise<Told> {
  const { signal } = given
  const givenUp = once(signal, 'abort').then(() => signal.throwIfAborted())
  return (await Promise.race([play(given, folder), givenUp])) as Told
}

/** The chapters, in order; within one, people who do not wait for each other do their part at the same time. */
async function play(given: Given, folder: string): Promise<Told> {
  const { screen, signal } = given
  const { lab, ...stage } = await gatherAll(given, folder)
  const { cast } = stage
  screen.chapter(`${star.vulnerability} is published, and listed as exploited`)
  const [known, digests] = await Promise.all([learn(stage), deliver(cast, lab)])
  screen.chapter('A release is made, tested on rigs, and made again')
  screen.say('The vendor signed two builds; each was verified before it was stored.')
  const made = await makeReleases(cast, screen, models[0], digests)
  screen.chapter('Two people approve, and the first wave opens')
  const rolled = await rollOut({ cast, folder, screen, signal }, made.release)
  screen.chapter('The evidence is signed, and verified without the server')
  const proof = await prove(stage, rolled)
  const { result, failures } = resultOf(stage, { known, made, rolled, proof })
  screen.chapter(failures.length === 0 ? 'It held.' : 'It did not hold.')
  for (const failure of failures) screen.say(failure)
  const { ok, compared } = proof.checker
  const verdict = ok ? 'all true' : 'not all true'
  screen.say(`The checker compared ${compared} statements with the ground truth: ${verdict}.`)
  return { url: stage.server.url, result, failures }
}

/** Everybody and everything is there, and nothing is known to be wrong yet. */
async function gatherAll(given: Given, folder: string) {
  const { screen, seed, sabotage } = given
  screen.chapter('A control plane, a signer, and a fleet that nobody manages yet')
  const server = await startServer(folder, sabotage)
  const fleet = makeFleet(models, given.devices, seed)
  const [cast, simulated] = await Promise.all([
    gather(server.home, server.url, server.process),
    startDevices(folder, server.url, seed, fleet),
  ])
  const { known } = splitKnowledge(folder, star.vulnerability)
  const imported = importFleet(folder, cast.operator, fleet, simulated.ports)
  const [lab] = await Promise.all([
    imported.then(() => equip(cast, folder, fleet, models[0], seed)),
    enrol(cast, join(server.home, 'lab', 'lab-key.pub')),
    cast.admin.does(['feed', 'import', ...known]),
  ])
  screen.say(
    'Six people have accounts; two may approve. Their keys are in the signer’s sealed home, not in the database.',
  )
  screen.say(
    `${fleet.length} devices of ${models.length} models at three sites are imported; three of them are rigs in the lab.`,
  )
  return { ...given, folder, server, fleet, simulated, cast, lab }
}

interface Decision {
  readonly table: string
  readonly row: number
  readonly outcome: string
  readonly dueAt: string | null
}

/** What the news come to: the devices that are affected, and a decision about them. */
export type Known = Awaited<ReturnType<typeof learn>>

/** The news arrives, and what follows from it is found. */
async function learn({ folder, screen, cast }: Stage) {
  const { operator, admin } = cast
  await admin.does(['feed', 'import', splitKnowledge(folder, star.vulnerability).news])
  const affected = await until(() =>
    operator.reads<readonly { device: { id: string } }[]>(['finding', 'list', '--vulnerability', star.vulnerability]),
  )
  const device = affected[0]?.device.id ?? ''
  const [why] = await until(async () => {
    const ran = await operator.tries(['finding', 'explain', device, star.vulnerability, '-o', 'json'])
    return ran.status === 0 ? [JSON.parse(ran.out) as Decision] : []
  })
  const [all, vulnerabilities] = await Promise.all([
    operator.reads<readonly unknown[]>(['finding', 'list']),
    operator.reads<readonly unknown[]>(['vuln', 'list']),
  ])
  screen.say(
    `It is on ${affected.length} devices. ${why?.table}, row ${why?.row}: ${why?.outcome}, due ${why?.dueAt ?? 'never'}.`,
  )
  return { affected: affected.length, findings: all.length, vulnerabilities: vulnerabilities.length, decision: why }
}

/** Matching follows an import within a moment; what never follows is a failure of the story. */
async function until<T>(ask: () => Promise<readonly T[]>): Promise<readonly T[]> {
  const deadline = Date.now() + 20_000
  for (;;) {
    const found = await ask()
    if (found.length > 0) return found
    if (Date.now() > deadline) throw new Error('Nothing followed from the news within twenty seconds')
  }
}
