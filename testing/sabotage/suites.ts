import { join } from 'node:path'
import { fuzzSwitches } from '../fuzz/switches.ts'
import { blindness, type Ended } from './blindness.ts'
import { codeSwitches } from './code-switches.ts'
import { crashSwitches } from './crash-switches.ts'
import type { Switch, TestSwitch } from './fault.ts'
import { interopSwitches } from './interop-switches.ts'
import { noticeSwitches } from './notice-switches.ts'
import { switches } from './switches.ts'
import { webhookSwitches } from './webhook-switches.ts'

const repository = join(import.meta.dirname, '../..')

/** One fault, what is run under it, and how one sees that it was noticed. */
export interface Trial {
  readonly name: string
  readonly command: readonly string[]
  readonly env?: Readonly<Record<string, string>>
  /** Whether it loads the machine so much that nothing may run beside it. */
  readonly alone?: true
  /** Why it does not count as noticed; nothing when it was. */
  readonly blindness: (ended: Ended) => string | undefined
}

const program = (path: string, ...args: string[]) => [process.execPath, join(repository, path), ...args]

/** A run that judges itself is red with this fault, and says what is wrong. */
const judging =
  (command: (name: string) => readonly string[]) =>
  ({ name, seen }: Switch): Trial => ({
    name,
    command: command(name),
    blindness({ status, out, err }) {
      if (status !== 1) return `it ended with ${status}: ${err.slice(-600)}`
      return seen.test(out) || seen.test(err) ? undefined : `it is red about something else: ${err.slice(-2000)}`
    },
  })

/** How a test ends that waited in vain, for whatever reason. */
const impatient = /Test timed out in|Hook timed out in|did not succeed in time|It never came to that/

/**
 * One test is red with this fault, and it is that test.
 * @param patience how long it may take in milliseconds, which is longer than anything that it waits for
 */
const testing =
  (patience: number) =>
  ({ name, file, test }: TestSwitch): Trial => ({
    name,
    command: [
      ...[join(repository, 'node_modules/.bin/vitest'), 'run', file],
      ...['--testTimeout', String(patience), '-t', test.replaceAll(/[\\^$.*+?()[\]{}|]/g, '\\$&')],
    ],
    // Vitest puts the fault into what it loads itself, and the preload into what tests start.
    env: {
      ...{ SUTURE_SABOTAGE: name, SUTURE_REQUIRE_PEERS: '1', NO_COLOR: '1' },
      NODE_OPTIONS: `--import=${join(repository, 'testing/sabotage/register.ts')}`,
    },
    blindness({ status, out, err }) {
      const said = `${out}\n${err}`
      const isRed = status === 1 && said.split('\n').some((line) => line.includes('FAIL') && line.includes(test))
      if (isRed && impatient.test(said)) return `“${test}” only waited in vain: ${said.slice(-2000)}`
      return isRed ? undefined : `“${test}” ended with ${status}: ${said.slice(-2000)}`
    },
  })

const demo = ({ name, seen }: Switch, devices: string): Trial => ({
  name,
  command: program('testing/demo/main.ts', '--json', '--exit', '--devices', devices, '--sabotage', name),
  blindness: (ended) => blindness(ended, seen),
})

/** Every suite that has faults of its own. */
export const suites = {
  demo: (devices: string) => switches.map((each) => demo(each, devices)),
  code: () => codeSwitches.map(testing(90_000)),
  notices: () => [...webhookSwitches, ...noticeSwitches].map(testing(90_000)),
  // A device that tries again by itself is waited for, and longest in `until` of interop/plant.ts.
  interop: () => interopSwitches.map(testing(300_000)),
  fuzz: () =>
    fuzzSwitches.map(judging((name) => program('testing/fuzz/main.ts', '--seconds', '20', '--sabotage', name))),
  crash: () =>
    crashSwitches
      .map(judging((name) => program('testing/crash/main.ts', '--sabotage', name)))
      .map((each): Trial => ({ ...each, alone: true })),
} as const
export type SuiteName = keyof typeof suites
