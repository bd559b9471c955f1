import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { interopSwitches } from '../testing/sabotage/interop-switches.ts'

// Runs, under every fault of its list, the test of a third-party client that is to notice it. A test that stays green
// proves that it is blind. The last line is `N passed, N failed`.

const root = join(import.meta.dirname, '..')
const vitest = join(root, 'node_modules/.bin/vitest')

/** What the test says under a sabotage; nothing when it is red, as it must be. */
async function blindness(name: string, title: string): Promise<string | undefined> {
  const pattern = title.replaceAll(/[\\^$.*+?()[\]{}|]/g, '\\$&')
  const child = spawn(vitest, ['run', '--project', 'interop', '-t', pattern], {
    cwd: root,
    env: { ...process.env, SUTURE_SABOTAGE: name, SUTURE_REQUIRE_PEERS: '1', NO_COLOR: '1' },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let said = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (said += chunk))
  const [status] = (await once(child, 'close')) as [number | null]
  const isRed = status === 1 && said.split('\n').some((line) => line.includes('FAIL') && line.includes(title))
  return isRed ? undefined : `the test ended with ${status}: ${said.slice(-2000)}`
}

const waiting = interopSwitches.values()
let passed = 0
const worker = async () => {
  for (const { name, test } of waiting) {
    const why = await blindness(name, test)
    if (why === undefined) passed++
    process.stdout.write(`sabotage ${name}: ${why ?? `“${test}” is red`}\n`)
  }
}
await Promise.all([worker(), worker()])
const failed = interopSwitches.length - passed
process.stdout.write(`${passed} passed, ${failed} failed\n`)
process.exitCode = failed === 0 ? 0 : 1
