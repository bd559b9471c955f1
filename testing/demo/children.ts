import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'

export const repository = join(import.meta.dirname, '../..')

/** A process that the demo started, by its id, and will end. */
export interface Child {
  readonly pid: number
  /** The next line of its output that fits, or an error with what it said when it ends first. */
  line(fits: (line: string) => boolean): Promise<string>
  /** Asks it to stop, and waits until it has; kills it when it does not. */
  stop(): Promise<void>
}

/** What runs now, in the order in which it was started, by what ends it. */
const running = new Set<() => Promise<void>>()
let stopping = false

/** Whoever is still in the middle of something starts nothing any more once the end has come. */
function mustNotStop(): void {
  if (stopping) throw new Error('The demo is being ended')
}

/** Ends whatever still runs, the last that was started first. */
export async function stopAll(): Promise<void> {
  stopping = true
  for (const end of [...running].reverse()) await end()
}

/** Remembers a child until it has ended. */
function remember(child: ChildProcess): { readonly ended: Promise<unknown>; readonly end: () => Promise<void> } {
  const ended = once(child, 'exit')
  const end = () => stop(child, ended)
  running.add(end)
  void ended.finally(() => running.delete(end)).catch(() => undefined)
  return { ended, end }
}

/** How long a child may take to end in order, in milliseconds. */
const patienceMs = 20_000

/**
 * Starts a program of this repository with the Node that runs this one. It is out of reach of the terminal's Ctrl-C, so
 * that the demo ends it in order, and hears by the closed channel when the demo is killed.
 */
export function start(name: string, args: readonly string[], env: Readonly<Record<string, string>>): Child {
  mustNotStop()
  const child = spawn(process.execPath, args, {
    cwd: repository,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    detached: true,
  })
  const { ended, end } = remember(child)
  const said: string[] = []
  const waiting = new Set<(line: string) => void>()
  for (const stream of [child.stdout, child.stderr].filter((each) => each !== null))
    createInterface({ input: stream }).on('line', (line) => {
      said.push(line)
      if (said.length > 500) said.shift()
      for (const hear of [...waiting]) hear(line)
    })
  const line = (fits: (line: string) => boolean) =>
    new Promise<string>((resolve, reject) => {
      const found = said.find(fits)
      if (found !== undefined) return resolve(found)
      const hear = (text: string) => {
        if (!fits(text)) return
        waiting.delete(hear)
        resolve(text)
      }
      waiting.add(hear)
      void ended.then(() => reject(new Error(`${name} ended:\n${said.slice(-20).join('\n')}`)))
    })
  return { pid: child.pid ?? 0, line, stop: end }
}

async function stop(child: ChildProcess, ended: Promise<unknown>): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  child.kill('SIGTERM')
  const kill = setTimeout(() => child.kill('SIGKILL'), patienceMs)
  await ended
  clearTimeout(kill)
}

/** What a command said, and how it ended. */
export interface Ran {
  readonly status: number
  readonly out: string
  readonly err: string
}

/** Runs a program of this repository to its end. */
export async function run(args: readonly string[], env: Readonly<Record<string, string>>, input = ''): Promise<Ran> {
  mustNotStop()
  const child = spawn(process.execPath, args, { cwd: repository, env: { ...process.env, ...env }, detached: true })
  remember(child)
  const chunks = { out: '', err: '' }
  child.stdout.on('data', (chunk) => (chunks.out += chunk))
  child.stderr.on('data', (chunk) => (chunks.err += chunk))
  // A child that is ended before it has read everything breaks the pipe; how it ended tells enough.
  child.stdin.on('error', () => undefined)
  child.stdin.end(input)
  const [status] = (await once(child, 'close')) as [number | null]
  return { status: status ?? 1, ...chunks }
}
