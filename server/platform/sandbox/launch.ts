import { type ChildProcess, spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { type Order, orderVariable } from './protocol.ts'
import type { Limits } from './work.ts'

const child = fileURLToPath(new URL('./child.ts', import.meta.url))
const root = new URL('../../../', import.meta.url)

/** The code that any entry may load: this folder, the shared workspaces and the packages. None of it is a secret. */
const code = ['server/package.json', 'server/platform/sandbox/', 'trust/', 'contract/', 'node_modules/', 'package.json']
const readable = code.map((path) => fileURLToPath(new URL(path, root)))

/**
 * The kernel’s own limits, for what outlives this process or outruns its watch: processor time, no growing of files,
 * no core dump, and private memory (in KiB) with what V8 reserves and never touches (about 0.55 GiB measured) on top.
 */
const confine = 'ulimit -t "$1" && ulimit -d "$2" && ulimit -f 0 && ulimit -c 0 && shift 2 && exec "$@"'
const reservedKiB = 1024 * 1024

/** What Node takes before it has read anything. */
const ownMiB = 64

/** Starts the child with nothing but the right to read code: no network, no writing, no processes, no environment. */
export function launch(order: Order, limits: Limits, input: 'pipe' | number): ChildProcess {
  // Three quarters of the rest: V8 takes space beside its heap, and should notice before the watch does.
  const heapMiB = Math.max(16, Math.floor((limits.memoryBytes / 1024 / 1024 - ownMiB) * 0.75))
  const node = [
    process.execPath,
    '--permission',
    ...[...readable, fileURLToPath(new URL('.', order.entry))].map((path) => `--allow-fs-read=${path}`),
    '--no-addons',
    '--no-experimental-sqlite',
    '--disable-proto=delete',
    '--disable-sigusr1',
    '--disable-warning=ExperimentalWarning',
    `--max-old-space-size=${heapMiB}`,
    child,
  ]
  const seconds = Math.ceil((limits.milliseconds / 1000) * 4)
  const kib = Math.ceil(limits.memoryBytes / 1024) + reservedKiB
  const command = ['/bin/sh', '-c', confine, 'sandbox', String(seconds), String(kib), ...node]
  const [program = '', ...args] = process.platform === 'win32' ? node : command
  return spawn(program, args, {
    cwd: fileURLToPath(root),
    env: { [orderVariable]: JSON.stringify(order) },
    stdio: [input, 'ignore', 'pipe', 'pipe'],
    windowsHide: true,
  })
}
