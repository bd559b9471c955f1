import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { stopAll } from '../demo/children.ts'
import { crashSwitches } from '../sabotage/crash-switches.ts'
import { Keeper } from './keeper.ts'
import { killNow } from './processes.ts'
import { policy } from './staging.ts'
import { tell } from './story.ts'

// Kills the server, the signer and PostgreSQL while two rollouts run, and has the end judged. The last line is
// `N passed, N failed`.

const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: '1' },
    kills: { type: 'string', default: '10' },
    devices: { type: 'string', default: '110' },
    json: { type: 'boolean', default: false },
    keep: { type: 'boolean', default: false },
    sabotage: { type: 'string' },
    sabotages: { type: 'boolean', default: false },
  },
})

function wrong(sentence: string): never {
  process.stderr.write(`${sentence}\n`)
  process.exit(2)
}

function wholeNumber(name: 'seed' | 'kills' | 'devices', least: number, most: number): number {
  const number = /^\d+$/.test(values[name]) ? Number(values[name]) : Number.NaN
  if (!(number >= least && number <= most)) wrong(`--${name} is a whole number from ${least} to ${most}.`)
  return number
}

if (values.sabotages) {
  process.stdout.write(crashSwitches.map(({ name }) => `${name}\n`).join(''))
  process.exit(0)
}

const sabotage = values.sabotage === undefined ? undefined : crashSwitches.find(({ name }) => name === values.sabotage)
if (values.sabotage !== undefined && !sabotage)
  wrong(`--sabotage is one of ${crashSwitches.map(({ name }) => name).join(', ')}.`)

const given = {
  seed: wholeNumber('seed', 0, 2 ** 31),
  kills: wholeNumber('kills', 0, 100),
  devices: wholeNumber('devices', 60, 500),
  sabotage,
  say: (sentence: string) => void process.stderr.write(`${sentence}\n`),
}

if (process.platform !== 'linux') wrong('Processes are found in /proc, so this runs on Linux alone.')

const folder = mkdtempSync(join(tmpdir(), 'suture-crash-'))
mkdirSync(join(folder, 'files'))
const keeper = new Keeper(folder, policy.pollSeconds, sabotage)

/** Ends what a run leaves behind when the product does not: by the ids of this home's own processes. */
async function tidy(): Promise<void> {
  await stopAll()
  await keeper.stop()
  const { servers, signers, postmasters, backends } = keeper.census()
  for (const pid of [...servers, ...signers, ...postmasters, ...backends]) killNow(pid)
  if (values.keep) given.say(`Everything is in ${folder}`)
  else rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
}

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
  process.once(signal, () => void tidy().finally(() => process.exit(130)))

/** What did not hold. */
const told: string[] = []
let passed = 0
let failed = 1
try {
  const { judged, figures } = await tell(given, folder, keeper)
  ;({ passed, failed } = judged)
  for (const failure of judged.failures) given.say(`FAILED: ${failure}`)
  for (const words of keeper.lastWords) given.say(`The server ended by itself after it had written:\n${words}`)
  told.push(...judged.failures)
  if (values.json) process.stdout.write(`${JSON.stringify(figures)}\n`)
  else process.stdout.write(`${JSON.stringify(figures, undefined, 2)}\n`)
} catch (error) {
  told.push((error as Error).message)
  given.say(`FAILED: ${(error as Error).stack}`)
} finally {
  await tidy()
}
if (sabotage && !told.some((failure) => sabotage.seen.test(failure)))
  given.say(`The sabotage ${sabotage.name} was not seen for what it is: ${sabotage.seen}`)
process.stdout.write(`${passed} passed, ${failed} failed\n`)
process.exit(failed === 0 ? 0 : 1)
