import { setTimeout as after } from 'node:timers/promises'
import { type Store, systemScope, withScope } from '#platform/database/store.ts'
import type { TenantId } from '#platform/id.ts'
import type { Log } from '#platform/log.ts'
import type { Metrics } from '#platform/metrics.ts'
import { eventLag } from './event.queries.ts'

/** How often the lag is measured, in milliseconds. */
const everyMs = 5_000

interface Parts {
  readonly store: Store
  readonly log: Log
  readonly metrics: Metrics
  readonly tenants: () => Promise<readonly { readonly id: TenantId }[]>
}

/** Keeps the metric of the events' lag up to date, the worst of all tenants, so that reading metrics costs no query. */
export function watchEventLag(parts: Parts, ms = everyMs): { stop(): Promise<void> } {
  const { store, log, metrics, tenants } = parts
  const measure = async () => {
    let worst = 0
    for (const { id } of await tenants()) {
      worst = Math.max(worst, await withScope(store, systemScope(id, 'metrics'), eventLag))
    }
    metrics.eventLag.set(worst)
  }
  const stopping = new AbortController()
  const watching = (async () => {
    while (!stopping.signal.aborted) {
      await measure().catch((error) => log.error({ err: error }, 'event lag not measured'))
      await after(ms, undefined, { signal: stopping.signal }).catch(() => undefined)
    }
  })()
  return {
    stop: () => {
      stopping.abort()
      return watching
    },
  }
}
