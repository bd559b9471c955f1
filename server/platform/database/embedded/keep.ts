import { setTimeout as after } from 'node:timers/promises'
import { type Log, text } from './home.ts'

/** How often somebody looks whether PostgreSQL still runs, and the waits between attempts to start it, in milliseconds. */
const lookMs = 250
const backOff = { firstMs: 250, mostMs: 30_000 }

interface Given {
  /** The process that runs now. */
  readonly first: number
  readonly isRunning: (pid: number) => Promise<boolean>
  /** Finds it running or starts it; the process. */
  readonly start: () => Promise<number>
  readonly halt: (pid: number) => Promise<void>
  readonly log: Log
}

/** Keeps PostgreSQL running until it is told to stop: one that was killed is started again, and recovers what was committed. */
export function keepRunning({ first, isRunning, start, halt, log }: Given): { pid(): number; stop(): Promise<void> } {
  const stopping = new AbortController()
  const rest = (ms: number) => after(ms, undefined, { signal: stopping.signal }).catch(() => undefined)
  let pid = first
  let wait = backOff.firstMs
  const restart = async () => {
    try {
      const before = pid
      pid = await start()
      wait = backOff.firstMs
      log(`PostgreSQL (process ${before}) was gone; it runs again (process ${pid})`)
    } catch (cause) {
      log(`PostgreSQL is gone and does not start, trying again in ${wait} ms: ${text(cause)}`)
      await rest(wait)
      wait = Math.min(wait * 2, backOff.mostMs)
    }
  }
  const life = (async () => {
    while (!stopping.signal.aborted) {
      if (await isRunning(pid)) await rest(lookMs)
      else await restart()
    }
  })()
  return {
    pid: () => pid,
    stop: async () => {
      stopping.abort()
      await life
      await halt(pid)
    },
  }
}
