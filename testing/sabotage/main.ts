import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { blindness, type Ended } from './blindness.ts'
import { switches } from './switches.ts'

// Runs the demo under every sabotage, or under those that are named. A sabotage under which the checker stays green, or
// turns red about something else, proves that it is blind. The last line is `N passed, N failed`.

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { devices: { type: 'string', default: '60' }, 'at-once': { type: 'string', default: '2' } },
})

const demo = join(import.meta.dirname, '../demo/main.ts')

/** Demos under way; they end their own children in order when they are asked to. */
const running = new Set<ChildProcess>()
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
  process.on(signal, () => {
    for (const child of running) child.kill('SIGTERM')
  })

async function demoUnder(name: string): Promise<Ended> {
  const args = [demo, '--json', '--exit', '--devices', values.devices, '--sabotage', name]
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] })
  running.add(child)
  const said = { out: '', err: '' }
  child.stdout.on('data', (chunk) => (said.out += chunk))
  child.stderr.on('data', (chunk) => (said.err += chunk))
  const [status] = (await once(child, 'close')) as [number | null]
  running.delete(child)
  return { status, ...said }
}

const known = new Set(switches.map(({ name }) => name))
for (const name of positionals) if (!known.has(name)) throw new Error(`${name} is none of ${[...known].join(', ')}.`)

const wanted = switches.filter(({ name }) => positionals.length === 0 || positionals.includes(name))
const waiting = wanted.values()
let passed = 0
const worker = async () => {
  for (const each of waiting) {
    const why = blindness(await demoUnder(each.name), each.seen)
    if (why === undefined) passed++
    process.stdout.write(`sabotage ${each.name}: ${why ?? 'the checker is red, and says why'}\n`)
  }
}
await Promise.all(Array.from({ length: Number(values['at-once']) }, worker))
// What was not run is not passed.
const failed = wanted.length - passed
process.stdout.write(`${passed} passed, ${failed} failed\n`)
process.exitCode = failed === 0 ? 0 : 1
