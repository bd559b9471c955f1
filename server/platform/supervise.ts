import { type ChildProcess, fork } from 'node:child_process'
import { setTimeout as after } from 'node:timers/promises'
import type { Word } from './keeper.ts'
import type { Log } from './log.ts'

/** A child process that is started again whenever it ends by itself. */
export interface Supervised {
  /** `ok` while the child says that it is ready; `down` before, after, and while it says that it waits. */
  state(): 'ok' | 'down'
  stop(): Promise<void>
}

interface Given {
  readonly name: string
  readonly entry: URL
  /** The whole environment of the child: it gets nothing else of ours. */
  readonly env: NodeJS.ProcessEnv
  readonly log: Log
}

/** How a child ended, or why it never began. */
type End = { readonly exitStatus: number | null; readonly signal: NodeJS.Signals | null } | { readonly err: unknown }

/** The first wait before a restart, and the longest; it doubles in between. */
const backOff = { firstMs: 500, mostMs: 30_000 }
/** How long a child may take to stop before it is killed. */
const patienceMs = 8_000

/**
 * Keeps a child process running. It is connected by an IPC channel, so that it notices when this process dies,
 * `kill -9` included, and ends by itself.
 */
export function supervise({ name, entry, env, log }: Given): Supervised {
  const stopping = new AbortController()
  let child: ChildProcess | undefined
  let ready = false
  let wait = backOff.firstMs
  const hear = (message: unknown) => {
    ready = (message as Word).kind === 'ready'
    if (ready) wait = backOff.firstMs
  }
  const live = async (): Promise<End> => {
    child = fork(entry, { env, stdio: ['ignore', 'ignore', 'inherit', 'ipc'], execArgv: [] })
    child.on('message', hear)
    return endOf(child)
  }
  const life = (async () => {
    while (!stopping.signal.aborted) {
      const end = await live().catch((err: unknown): End => ({ err }))
      ready = false
      if (stopping.signal.aborted) return
      log.error({ process: name, ...end, restartInMs: wait }, 'a child process ended by itself')
      await after(wait, undefined, { signal: stopping.signal }).catch(() => undefined)
      wait = Math.min(wait * 2, backOff.mostMs)
    }
  })()
  return {
    state: () => (ready ? 'ok' : 'down'),
    stop: async () => {
      stopping.abort()
      child?.kill('SIGTERM')
      const kill = setTimeout(() => child?.kill('SIGKILL'), patienceMs)
      await life
      clearTimeout(kill)
    },
  }
}

/** A child that could not be started has an error and no exit; one that runs may have errors and runs on. */
const endOf = (child: ChildProcess): Promise<End> =>
  new Promise((resolve) => {
    child.once('exit', (exitStatus, signal) => resolve({ exitStatus, signal }))
    child.on('error', (err) => {
      if (child.pid === undefined) resolve({ err })
    })
  })
