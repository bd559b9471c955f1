import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { type Switch, switches } from './switches.ts'

// Runs the demo under every sabotage, or under those that are named. A sabotage under which the checker stays green, or
// turns red about something else, proves that it is blind. The last line is `N passed, N failed`.

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { devices: { type: 'string', default: '60' }, 'at-once': { type: 'string', default: '2' } },
})

const demo = join(import.meta.dirname, '../demo/main.ts')

/** What the demo prints, as far as it is read here. */
interface Told {
  readonly checker: { readonly ok: boolean }
}

/** Why a sabotage does not count as noticed; nothing when it does. */
async function blindness({ name, seen }: Switch): Promise<string | undefined> {
  const args = [demo, '--json', '--exit', '--devices', values.devices, '--sabotage', name]
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] })
  const said = { out: '', err: '' }
  child.stdout.on('data', (chunk) => (said.out += chunk))
  child.stderr.on('data', (chunk) => (said.err += chunk))
  const [status] = (await once(child, 'close')) as [number | null]
  if (status !== 1 || said.out === '') return `the demo ended with ${status}: ${said.err.slice(0, 600)}`
  if ((JSON.parse(said.out) as Told).checker.ok) return `the checker is green; the demo says: ${said.err}`
  return seen.test(said.err) ? undefined : `the checker is red about something else: ${said.err}`
}

const known = new Set(switches.map(({ name }) => name))
for (const name of positionals) if (!known.has(name)) throw new Error(`${name} is none of ${[...known].join(', ')}.`)

const wanted = switches.filter(({ name }) => positionals.length === 0 || positionals.includes(name))
const waiting = wanted.values()
let passed = 0
const worker = async () => {
  for (const each of waiting) {
    const why = await blindness(each)
    if (why === undefined) passed++
    process.stdout.write(`sabotage ${each.name}: ${why ?? 'the checker is red, and says why'}\n`)
  }
}
await Promise.all(Array.from({ length: Number(values['at-once']) }, worker))
// What was not run is not passed.
const failed = wanted.length - passed
process.stdout.write(`${passed} passed, ${failed} failed\n`)
process.exitCode = failed === 0 ? 0 : 1
