import { type ChildProcess, spawn } from 'node:child_process'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { packages, programsOf } from '#platform/program/program.ts'
import { type Order, orderVariable } from './protocol.ts'
import type { Limits } from './work.ts'

const child = new URL('./child.ts', import.meta.url)
const root = fileURLToPath(new URL('../../../', import.meta.url))
const programs = join(root, 'server/dist/sandbox/')

const { make: programOf } = programsOf({
  root,
  modules: join(root, 'server'),
  sources: ['server', 'trust', 'contract', ...packages],
  programs,
})

/** Makes the programs of these entries unless they are there, so that no reading has to wait for them, or to fail. */
export async function prepareSandbox(entries: readonly URL[]): Promise<readonly string[]> {
  const made = []
  for (const module of [child, ...entries]) made.push(fileURLToPath(await programOf(module)))
  return made
}

/** What any entry may read: the programs, and the files that packages bring beside their code. None of it is a secret. */
const readable = [programs, ...['server/package.json', 'node_modules/', 'package.json'].map((path) => join(root, path))]

/**
 * The kernel’s own limits, for what outlives this process or outruns its watch: processor time, no growing of files,
 * no core dump, and private memory (in KiB) with what V8 reserves and never touches (about 0.55 GiB measured) on top.
 */
const confine = 'ulimit -t "$1" && ulimit -d "$2" && ulimit -f 0 && ulimit -c 0 && shift 2 && exec "$@"'
const reservedKiB = 1024 * 1024

/** What Node takes before it has read anything. */
const ownMiB = 64

/** Starts the child with nothing but the right to read code: no network, no writing, no processes, no environment. */
export async function launch(order: Order, limits: Limits, input: 'pipe' | number): Promise<ChildProcess> {
  const [program, entry] = await Promise.all([programOf(child), programOf(new URL(order.entry))])
  // Three quarters of the rest: V8 takes space beside its heap, and should notice before the watch does.
  const heapMiB = Math.max(16, Math.floor((limits.memoryBytes / 1024 / 1024 - ownMiB) * 0.75))
  const node = [
    process.execPath,
    '--permission',
    ...readable.map((path) => `--allow-fs-read=${path}`),
    '--no-addons',
    '--no-experimental-sqlite',
    '--disable-proto=delete',
    '--disable-sigusr1',
    '--disable-warning=ExperimentalWarning',
    `--max-old-space-size=${heapMiB}`,
    fileURLToPath(program),
  ]
  const seconds = Math.ceil((limits.milliseconds / 1000) * 4)
  const kib = Math.ceil(limits.memoryBytes / 1024) + reservedKiB
  const command = ['/bin/sh', '-c', confine, 'sandbox', String(seconds), String(kib), ...node]
  const [shell = '', ...args] = process.platform === 'win32' ? node : command
  return spawn(shell, args, {
    cwd: root,
    env: { [orderVariable]: JSON.stringify({ ...order, entry: entry.href } satisfies Order) },
    stdio: [input, 'ignore', 'pipe', 'pipe'],
    // In a group of its own: Ctrl-C in the server's terminal would end the reader, and that would be told of what it reads.
    detached: process.platform !== 'win32',
    windowsHide: true,
  })
}
