import { rmSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { switches } from '../sabotage/switches.ts'
import { Screen } from './screen.ts'
import { tell } from './story.ts'

// The whole loop, from a published vulnerability to verified devices and evidence, through the command line and over
// real sockets. Its end is judged by the checker, which believes neither the server nor this program.

const { values } = parseArgs({
  options: {
    devices: { type: 'string', default: '50' },
    seed: { type: 'string', default: '1' },
    json: { type: 'boolean', default: false },
    exit: { type: 'boolean', default: false },
    keep: { type: 'boolean', default: false },
    sabotage: { type: 'string' },
    sabotages: { type: 'boolean', default: false },
  },
})

if (values.sabotages) {
  process.stdout.write(switches.map(({ name }) => `${name}\n`).join(''))
  process.exit(0)
}

function wholeNumber(name: 'devices' | 'seed', least: number, most: number): number {
  const number = Number(values[name])
  if (!Number.isInteger(number) || number < least || number > most)
    throw new Error(`--${name} is a whole number from ${least} to ${most}.`)
  return number
}

const sabotage = values.sabotage === undefined ? undefined : switches.find(({ name }) => name === values.sabotage)
if (values.sabotage !== undefined && !sabotage)
  throw new Error(`--sabotage is one of ${switches.map(({ name }) => name).join(', ')}.`)

const screen = new Screen(values.json)
const over = new AbortController()
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => over.abort())

const told = await tell({
  devices: wholeNumber('devices', 40, 2000),
  seed: wholeNumber('seed', 0, 2 ** 31),
  sabotage,
  screen,
  signal: over.signal,
})
if (values.json) process.stdout.write(`${JSON.stringify(told.result)}\n`)
if (!values.exit && !over.signal.aborted) {
  screen.chapter(`The server goes on at ${told.url}; Ctrl-C ends it.`)
  await new Promise<void>((resolve) => over.signal.addEventListener('abort', () => resolve(), { once: true }))
}
await told.end()
if (values.keep) screen.say(`Everything is in ${told.folder}`)
else rmSync(told.folder, { recursive: true, force: true })
process.exit(told.failures.length === 0 ? 0 : 1)
