import { once } from 'node:events'
import { join } from 'node:path'
import type { Switch } from '../sabotage/switches.ts'
import { type Cast, enrol, gather } from './cast.ts'
import { run } from './children.ts'
import { type Devices, importFleet, startDevices } from './devices.ts'
import { badCell, type DemoDevice, makeFleet } from './fleet.ts'
import { splitKnowledge } from './knowledge.ts'
import { type LabResult, makeReleases } from './making.ts'
import { type Rolled, rollOut } from './rolling.ts'
import type { Screen } from './screen.ts'
import { type DemoServer, startServer } from './server.ts'
import { models, policy, put, star } from './world.ts'

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
  readonly result: Readonly<Record<string, unknown>>
  readonly failures: readonly string[]
}

interface Stage extends Given {
  readonly folder: string
  readonly server: DemoServer
  readonly devices: number
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

async function play(given: Given, folder: string): Promise<Told> {
  const { screen, seed } = given
  screen.chapter('A control plane, a signer, and a fleet that nobody manages yet')
  const server = await startServer(folder, given.sabotage)
  const cast = await gather(server.home, server.url, server.process)
  await cast.publisher.does(['lab', 'key'])
  await enrol(cast, join(server.home, 'lab', 'lab-key.pub'))
  screen.say(
    'Six people have accounts; two may approve. Their keys are in the signer’s sealed home, not in the database.',
  )
  const fleet = makeFleet(models, given.devices, seed)
  const simulated = await startDevices(folder, server.url, seed, fleet)
  const stage: Stage = { ...given, folder, server, fleet, simulated, cast }
  const known = await learn(stage)
  const made = await make(stage)
  const rolled = await roll(stage, made.release)
  const proof = await prove(stage, rolled)
  return conclude(stage, { known, made, rolled, proof })
}

interface Decision {
  readonly table: string
  readonly row: number
  readonly outcome: string
  readonly dueAt: string | null
}

/** The fleet is imported, what was known matches, and then the news arrives. */
async function learn({ folder, screen, cast, fleet, simulated }: Stage) {
  const { operator, admin } = cast
  const feeds = splitKnowledge(folder, star.vulnerability)
  await admin.does(['feed', 'import', ...feeds.known])
  await importFleet(folder, operator, fleet, simulated.ports)
  screen.say(
    `${fleet.length} devices of ${models.length} models at three sites are imported, the lab’s rigs among them.`,
  )
  screen.chapter(`${star.vulnerability} is published, and listed as exploited`)
  await admin.does(['feed', 'import', feeds.news])
  const affected = await until(() =>
    operator.reads<readonly { device: { id: string } }[]>(['finding', 'list', '--vulnerability', star.vulnerability]),
  )
  const device = affected[0]?.device.id ?? ''
  const decision = await until(async () => {
    const ran = await operator.tries(['finding', 'explain', device, star.vulnerability, '-o', 'json'])
    return ran.status === 0 ? [JSON.parse(ran.out) as Decision] : []
  })
  const all = await operator.reads<readonly unknown[]>(['finding', 'list'])
  const vulnerabilities = await operator.reads<readonly unknown[]>(['vuln', 'list'])
  const [why] = decision
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

function make({ screen, cast, folder, fleet, seed }: Stage) {
  screen.chapter('A release is made, tested on rigs, and made again')
  return makeReleases({ cast, folder, screen, seed }, models[0] as (typeof models)[number], fleet)
}

function roll({ screen, cast, folder, signal }: Stage, release: string): Promise<Rolled> {
  screen.chapter('Two people approve, and the first wave opens')
  return rollOut({ cast, folder, screen, signal }, release)
}

interface Proof {
  readonly file: string
  readonly verified: boolean
  readonly checker: { readonly ok: boolean; readonly compared: number; readonly failures: readonly string[] }
}

/** The evidence is packed, verified without the server, and held against the ground truth. */
async function prove(stage: Stage, rolled: Rolled): Promise<Proof> {
  const { folder, screen, cast, server, simulated } = stage
  screen.chapter('The evidence is signed, and verified without the server')
  const [file, keys] = [join(folder, 'files', 'evidence.json'), join(folder, 'files', 'keys.json')]
  await cast.auditor.does(['signer', 'keys', '--export', keys])
  const packed = await cast.auditor.tries(['evidence', 'pack', rolled.rollout.id, '--out', file])
  if (packed.status !== 0) screen.say(`No evidence: ${packed.err.trim()}`)
  const verified = await cast.auditor.tries(['evidence', 'verify', file, '--keys', keys])
  for (const line of verified.out.trim().split('\n')) screen.say(line)
  // The world stands still before it is looked at.
  await simulated.process.stop()
  const world = put(folder, 'world.json', JSON.stringify(worldOf(stage, rolled)))
  const checked = await run(
    [
      ...['testing/checker/main.ts', '--world', world, '--truth', simulated.truth, '--database', server.database],
      ...['--pack', file, '--keys', keys],
    ],
    {},
  )
  if (checked.out === '') throw new Error(`The checker did not run: ${checked.err}`)
  const checker = JSON.parse(checked.out) as Proof['checker']
  return { file, verified: verified.status === 0, checker }
}

/** What this program did, for the checker. */
const worldOf = ({ cast, fleet }: Stage, { rollout, approvals }: Rolled) => ({
  tenant: cast.tenant,
  rollout: rollout.id,
  vulnerability: star.vulnerability,
  vulnerable: [models[0]?.firmware],
  wanted: star.correctedAs,
  audience: fleet.filter(({ model, rig }) => model === models[0]?.model && !rig).map(({ serial }) => serial),
  approvals,
  badCell: { hardwareRevision: badCell.hardwareRevision, bootloaders: badCell.bootloaders, most: policy.perStratum },
})

interface Outcome {
  readonly known: Awaited<ReturnType<typeof learn>>
  readonly made: { readonly lab: LabResult; readonly broken: { readonly state: string } }
  readonly rolled: Rolled
  readonly proof: Proof
}

/** What has to be so at the end, whatever the seed; what is not is told in a sentence. */
function invariants({ fleet }: Stage, { made, rolled, proof }: Outcome): string[] {
  const { rollout, startedTooEarly } = rolled
  const good = fleet.filter(
    ({ model, rig, hardwareRevision }) => model === models[0]?.model && !rig && hardwareRevision !== 'C',
  )
  const verified = rollout.waves.reduce((sum, wave) => sum + wave.verified, 0)
  const holds: readonly (readonly [boolean, string])[] = [
    [made.broken.state === 'failed', 'The lab did not stop the broken release'],
    [made.lab.verdict === 'passed', 'The lab did not pass the corrected release'],
    [
      made.lab.uncovered.some(({ hardwareRevision }) => hardwareRevision === 'C'),
      'The lab did not name the uncovered cell',
    ],
    [!startedTooEarly, 'The rollout started with one approval'],
    [rollout.state === 'finished', `The rollout is ${rollout.state}, and should have finished`],
    [rollout.quarantined.some(({ hardwareRevision }) => hardwareRevision === 'C'), 'Revision C was not quarantined'],
    [rollout.quarantined.length === 1, 'More than the one bad revision was quarantined'],
    [verified >= good.length - 6, `Only ${verified} of ${good.length} devices of the good revisions are verified`],
    [proof.verified, 'The evidence does not verify'],
    [proof.checker.ok, `The checker found: ${proof.checker.failures.slice(0, 5).join('; ')}`],
  ]
  return holds.filter(([isSo]) => !isSo).map(([, sentence]) => sentence)
}

function conclude(stage: Stage, outcome: Outcome) {
  const { screen, fleet, server } = stage
  const { known, made, rolled, proof } = outcome
  const { waves, quarantined } = rolled.rollout
  const sum = (key: 'offered' | 'verified' | 'failed' | 'silent') => waves.reduce((total, wave) => total + wave[key], 0)
  const failures = invariants(stage, outcome)
  const result = {
    devices: fleet.length,
    models: models.length,
    vulnerabilities: known.vulnerabilities,
    findings: known.findings,
    affectedDevices: known.affected,
    decision: { table: known.decision?.table, row: known.decision?.row, deadline: known.decision?.dueAt },
    lab: { ...made.lab, uncovered: made.lab.uncovered.length },
    rollout: {
      waves: waves.length,
      jobs: sum('offered'),
      verified: sum('verified'),
      failed: sum('failed'),
      silent: sum('silent'),
      quarantinedRevisions: quarantined.map(({ hardwareRevision }) => hardwareRevision),
    },
    evidence: { file: proof.file, verified: proof.verified },
    checker: { ok: proof.checker.ok, compared: proof.checker.compared },
    seconds: screen.seconds,
    failures,
  }
  screen.chapter(failures.length === 0 ? 'It held.' : 'It did not hold.')
  for (const failure of failures) screen.say(failure)
  screen.say(
    `The checker compared ${proof.checker.compared} statements with the ground truth: ${proof.checker.ok ? 'all true' : 'not all true'}.`,
  )
  return { url: server.url, result, failures }
}
