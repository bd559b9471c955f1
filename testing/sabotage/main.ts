import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import type { Ended } from './blindness.ts'
import { type SuiteName, suites, type Trial } from './suites.ts'

// Puts one fault after the other into the product, and runs what is to notice it: all of them, those of the suites that
// are named, or single ones. What stays green under a fault, or turns red about something else, is blind. The last line
// is `N passed, N failed`.

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { devices: { type: 'string', default: '60' }, 'at-once': { type: 'string', default: '2' } },
})

/** What is under way; it ends its own children in order when it is asked to. */
const running = new Set<ChildProcess>()
let isOver = false
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
  process.on(signal, () => {
    isOver = true
    for (const child of running) child.kill('SIGTERM')
  })

async function run({ command: [program = '', ...args], env }: Trial): Promise<Ended> {
  const child = spawn(program, args, {
    cwd: join(import.meta.dirname, '../..'),
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  running.add(child)
  const said = { out: '', err: '' }
  child.stdout.on('data', (chunk) => (said.out += chunk))
  child.stderr.on('data', (chunk) => (said.err += chunk))
  const [status] = (await once(child, 'close')) as [number | null]
  running.delete(child)
  return { status, ...said }
}

const every = Object.entries(suites).map(([suite, trials]) => [suite as SuiteName, trials(values.devices)] as const)
const wantedBy = (name: string): readonly Trial[] => {
  const found = every.flatMap(([suite, trials]) => trials.filter((each) => name === suite || name === each.name))
  if (found.length > 0) return found
  process.stderr.write(`${name} is no suite (${Object.keys(suites).join(', ')}) and no sabotage.\n`)
  process.exit(2)
}
const wanted = positionals.length === 0 ? every.flatMap(([, trials]) => trials) : positionals.flatMap(wantedBy)

let passed = 0
async function tryAll(trials: Iterable<Trial>, atOnce: number): Promise<void> {
  const waiting = Iterator.from(trials)
  const worker = async () => {
    for (const each of waiting) {
      if (isOver) return
      const why = each.blindness(await run(each))
      if (why === undefined) passed++
      process.stdout.write(`sabotage ${each.name}: ${why ?? 'noticed'}\n`)
    }
  }
  await Promise.all(Array.from({ length: atOnce }, worker))
}
const atOnce = Number(values['at-once'])
const { alone = [], others = [] } = Object.groupBy(wanted, (each) => (each.alone ? 'alone' : 'others'))
await tryAll(others, atOnce)
await tryAll(alone, Math.min(1, atOnce))
// What was not run is not passed.
const failed = wanted.length - passed
process.stdout.write(`${passed} passed, ${failed} failed\n`)
process.exitCode = failed === 0 ? 0 : 1
