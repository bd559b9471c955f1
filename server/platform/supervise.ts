import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as after } from 'node:timers/promises'
import type { Log } from './log.ts'

/** A child process that is started again whenever it ends by itself. */
export interface Supervised {
  /** `ok` once the child says it is ready, until it ends. */
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
  const life = (async () => {
    for (let wait = backOff.firstMs; !stopping.signal.aborted; wait = Math.min(wait * 2, backOff.mostMs)) {
      const started = fork(entry, { env, stdio: ['ignore', 'ignore', 'inherit', 'ipc'], execArgv: [] })
      child = started
      started.on('message', () => {
        ready = true
        wait = backOff.firstMs
      })
      const [code, signal] = await once(started, 'exit')
      ready = false
      if (stopping.signal.aborted) return
      log.error({ process: name, exitStatus: code, signal, restartInMs: wait }, 'a child process ended by itself')
      await after(wait, undefined, { signal: stopping.signal }).catch(() => undefined)
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
