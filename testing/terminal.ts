import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { onTestFinished } from 'vitest'

/** Whether a terminal can be made here, by `script` of util-linux; with `SUTURE_REQUIRE_PEERS=1` it must be. */
export function hasTerminal(env = process.env): boolean {
  const { stdout } = spawnSync('script', ['--version'], { encoding: 'utf8', env })
  const isHere = stdout?.includes('util-linux') ?? false
  if (!isHere && env.SUTURE_REQUIRE_PEERS === '1')
    throw new Error('Not installed: script of util-linux. Install Debian’s package bsdutils.')
  return isHere
}

/** A program in a terminal of its own, with somebody at the keyboard. */
interface Terminal {
  /** Everything that has appeared so far. */
  screen(): string
  type(keys: string): void
  /** The exit status of the program, as a shell tells it: 128 and the number of the signal that ended it. */
  readonly ended: Promise<number | null>
}

const quoted = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`

/** Starts a program of Node in a terminal, and ends it with the test; what the keyboard sends goes through the line discipline, as a person's does. */
export function startInTerminal(args: readonly string[], env: NodeJS.ProcessEnv): Terminal {
  const command = `stty columns 100 rows 24; exec ${[process.execPath, ...args].map(quoted).join(' ')}`
  const child: ChildProcess = spawn('script', ['-qefc', command, '/dev/null'], {
    env: { ...env, SHELL: '/bin/sh', TERM: 'xterm' },
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  onTestFinished(() => void child.kill())
  let screen = ''
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    screen += text
  })
  return {
    screen: () => screen,
    type: (keys) => void child.stdin?.write(keys),
    ended: once(child, 'close').then(() => child.exitCode),
  }
}
