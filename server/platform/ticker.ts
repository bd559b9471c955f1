import { setTimeout as after } from 'node:timers/promises'
import type { TenantId } from './id.ts'
import type { Log } from './log.ts'

interface Given {
  readonly name: string
  /** From the end of one turn to the beginning of the next, in milliseconds. */
  readonly everyMs: number
  readonly log: Log
  readonly tenants: () => Promise<readonly { readonly id: TenantId }[]>
  /**
   * One turn for one tenant; it decides from stored state and the time, so that a missed turn changes nothing.
   * @param isFresh it is the first turn of this process, or the one before failed: nobody knows what was heard meanwhile
   * @returns what failed in a turn that was taken all the same, so that the next one is not fresh for it
   */
  readonly run: (tenant: TenantId, isFresh: boolean) => Promise<readonly unknown[]>
}

/** Takes one turn for each tenant after another, again and again; what fails for one tenant does not stop the others. */
export function startTicker({ name, everyMs, log, tenants, run }: Given): { stop(): Promise<void> } {
  const stopping = new AbortController()
  const fail = (err: unknown) => log.error({ err, ticker: name }, 'a turn failed')
  /** The tenants whose last turn came through. */
  const steady = new Set<TenantId>()
  const turn = async () => {
    for (const { id } of await tenants()) {
      if (stopping.signal.aborted) return
      const isFresh = !steady.delete(id)
      await run(id, isFresh).then((failed) => {
        steady.add(id)
        for (const each of failed) fail(each)
      }, fail)
    }
  }
  const ticking = (async () => {
    while (!stopping.signal.aborted) {
      await turn().catch((err: unknown) => {
        steady.clear()
        fail(err)
      })
      await after(everyMs, undefined, { signal: stopping.signal }).catch(() => undefined)
    }
  })()
  return {
    stop: () => {
      stopping.abort()
      return ticking
    },
  }
}
