import { parseArgs } from 'node:util'
import { Rejected } from './baselines.ts'
import { benchConsole } from './console.ts'
import { benchDemo } from './demo.ts'
import { benchPoll } from './poll.ts'
import { missingIn, table } from './table.ts'

// One benchmark, against its baseline in the same run. 0: measured; 1: it broke; 2: asked wrongly; 3: rejected, because
// what was measured says nothing.

const usage = `npm run bench -- NAME [--json] [--devices N] [--seconds N]

  console   The list of devices: its queries on the server, the script that the first page loads, and in Chromium how
            its rows follow the wheel and the news.
  demo      The whole loop: memory of each process, size of the database, log per job, share of HOT updates.
  poll      Polls without anything to do, against a bare node:http server that answers as many bytes.
`

const wrong = (sentence: string): never => {
  process.stderr.write(`${sentence}\n\n${usage}`)
  process.exit(2)
}

function read() {
  try {
    return parseArgs({
      allowPositionals: true,
      options: {
        json: { type: 'boolean', default: false },
        devices: { type: 'string' },
        seconds: { type: 'string', default: '15' },
      },
    })
  } catch (error) {
    return wrong((error as Error).message)
  }
}

const { values, positionals } = read()
const wholeNumber = (name: string, text: string, least: number, most: number): number => {
  const number = /^\d+$/.test(text) ? Number(text) : Number.NaN
  return number >= least && number <= most ? number : wrong(`--${name} is a whole number from ${least} to ${most}.`)
}

const over = new AbortController()
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => over.abort())

const [name, ...more] = positionals
if (name === undefined || more.length > 0) wrong('Name one benchmark.')
const seconds = wholeNumber('seconds', values.seconds, 3, 600)
const run = {
  console: () =>
    benchConsole({ devices: wholeNumber('devices', values.devices ?? '100000', 1000, 1_000_000), signal: over.signal }),
  demo: () => benchDemo({ devices: wholeNumber('devices', values.devices ?? '500', 40, 2000), signal: over.signal }),
  poll: () =>
    benchPoll({ devices: wholeNumber('devices', values.devices ?? '2000', 100, 20_000), seconds, signal: over.signal }),
}[name as 'console' | 'demo' | 'poll']
if (!run) wrong(`There is no benchmark ${name}.`)

try {
  const { noise, ...measured } = await run()
  const missing = missingIn(measured)
  if (missing.length > 0) throw new Error(`The benchmark did not measure: ${missing.join(', ')}`)
  // What is rejected is shown all the same, and called so where it is read.
  if (noise !== undefined) {
    process.exitCode = 3
    process.stderr.write(`Rejected. ${noise}\n`)
  }
  process.stdout.write(values.json ? `${JSON.stringify({ ...measured, rejected: noise ?? null })}\n` : table(measured))
} catch (error) {
  process.exitCode = error instanceof Rejected ? 3 : 1
  process.stderr.write(error instanceof Rejected ? `Rejected. ${error.message}\n` : `${(error as Error).stack}\n`)
}
process.exit()
