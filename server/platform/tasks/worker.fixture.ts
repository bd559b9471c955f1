/** A worker in a process of its own, whose one task says that it began and never ends; for tests that kill it. */
import { systemClock } from '#platform/clock.ts'
import { openPool } from '#platform/database/pool.ts'
import { Store } from '#platform/database/store.ts'
import { createLog } from '#platform/log.ts'
import { createMetrics } from '#platform/metrics.ts'
import { startWorker } from './worker.ts'

const [workerUrl = ''] = process.argv.slice(2)
const pool = openPool(workerUrl, { max: 8, name: 'fixture', onError: () => undefined })
const hang = () => {
  process.send?.('began')
  return new Promise<void>(() => undefined)
}
await startWorker({
  pool,
  store: new Store(pool),
  clock: systemClock,
  log: createLog('fatal'),
  metrics: createMetrics(),
  handlers: { 'test/note': hang } as never,
  recurring: [],
  places: 4,
  tenants: async () => [],
})
