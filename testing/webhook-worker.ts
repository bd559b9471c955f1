/** A worker in a process of its own that sends what waits for webhooks; for a test that kills it. */

import { integrationsTasks } from '@suture/server/integrations/tasks.ts'
import { systemClock } from '@suture/server/platform/clock.ts'
import { openPool } from '@suture/server/platform/database/pool.ts'
import { Store } from '@suture/server/platform/database/store.ts'
import { createLog } from '@suture/server/platform/log.ts'
import { createMetrics } from '@suture/server/platform/metrics.ts'
import { startWorker } from '@suture/server/platform/tasks/worker.ts'

const log = createLog('fatal')
const [workerUrl = '', home = '', ...outward] = process.argv.slice(2)
const pool = openPool(workerUrl, { max: 8, name: 'fixture', onError: () => undefined })
await startWorker({
  pool,
  store: new Store(pool),
  clock: systemClock,
  log,
  metrics: createMetrics(),
  handlers: integrationsTasks({ home, outward, log }),
  recurring: [],
  places: 4,
  tenants: async () => [],
})
