import { once } from 'node:events'
import { existsSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { switches } from '../sabotage/switches.ts'
import { doors, secret } from './cast.ts'
import { stopAll } from './children.ts'
import { Screen } from './screen.ts'
import { tell } from './story.ts'
import { makeFolder } from './world.ts'

// The whole loop, from a published vulnerability to verified devices and evidence, through the command line and over
// real sockets. Its end is judged by the checker, which believes neither the server nor this program.

/** Ends with a sentence about the command line, and the status that `suture` has for it. */
function wrong(sentence: string): never {
  process.stderr.write(`${sentence}\n`)
  process.exit(2)
}

function readOptions() {
  const options = {
    devices: { type: 'string', default: '500' },
    seed: { type: 'string', default: '1' },
    json: { type: 'boolean', default: false },
    exit: { type: 'boolean', default: false },
    keep: { type: 'boolean', default: false },
    sabotage: { type: 'string' },
    sabotages: { type: 'boolean', default: false },
  } as const
  try {
    return parseArgs({ options }).values
  } catch (error) {
    return wrong((error as Error).message)
  }
}

const values = readOptions()

if (values.sabotages) {
  process.stdout.write(switches.map(({ name }) => `${name}\n`).join(''))
  process.exit(0)
}

function wholeNumber(name: 'devices' | 'seed', least: number, most: number): number {
  const number = /^\d+$/.test(values[name]) ? Number(values[name]) : Number.NaN
  if (!(number >= least && number <= most)) wrong(`--${name} is a whole number from ${least} to ${most}.`)
  return number
}

const sabotage = values.sabotage === undefined ? undefined : switches.find(({ name }) => name === values.sabotage)
if (values.sabotage !== undefined && !sabotage)
  wrong(`--sabotage is one of ${switches.map(({ name }) => name).join(', ')}.`)

const [devices, seed] = [wholeNumber('devices', 40, 2000), wholeNumber('seed', 0, 2 ** 31)]
const screen = new Screen(values.json)
const over = new AbortController()
// Not once: a Ctrl-C in a terminal is heard again from npm and from the command, and is to end everything in order.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => over.abort())
process.once('disconnect', () => over.abort())

const folder = makeFolder()

/** Takes away what was made, but for the evidence: it is worth something without us. */
function tidy(): void {
  const hasEvidence = existsSync(join(folder, 'evidence.json'))
  for (const part of hasEvidence ? ['home', 'files'] : [''])
    rmSync(join(folder, part), { recursive: true, force: true })
  if (hasEvidence) screen.say(`The evidence and the keys that verify it stay in ${folder}`)
}

try {
  const told = await tell({ devices, seed, sabotage, withConsole: !values.exit, screen, signal: over.signal }, folder)
  process.exitCode = told.failures.length === 0 ? 0 : 1
  if (values.json) {
    process.stdout.write(`${JSON.stringify(told.result)}\n`)
    for (const failure of told.failures) process.stderr.write(`${failure}\n`)
  }
  if (!values.exit && !over.signal.aborted) {
    // Whoever wants JSON gets it alone on standard output; a person still has to find the door.
    const door = new Screen(false)
    door.chapter(`The console is open at ${told.url}; Ctrl-C ends everything.`)
    for (const { login, for: what } of doors) door.say(`${login.padEnd(32)} ${what}`)
    door.say(`Each of them signs in with the password “${secret}”.`)
    door.say(
      `The evidence is ${join(folder, 'evidence.json')}, the keys that verify it are ${join(folder, 'keys.json')}.`,
    )
    await once(over.signal, 'abort')
  }
} catch (error) {
  // 130: ended by Ctrl-C, as shells have it.
  process.exitCode = over.signal.aborted ? 130 : 1
  const why = over.signal.aborted ? 'Ended before the story was over.' : (error as Error).stack
  process.stderr.write(`\n${why}\n`)
} finally {
  await stopAll()
  if (values.keep) screen.say(`Everything is in ${folder}`)
  else tidy()
}
process.exit()
