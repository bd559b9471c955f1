import { setTimeout as after } from 'node:timers/promises'
import { systemClock } from '@suture/server/platform/clock.ts'
import type { Pool } from '@suture/server/platform/database/pool.ts'
import { type Scope, type Scoped, systemScope } from '@suture/server/platform/database/store.ts'
import { ensureTenant } from '@suture/server/platform/database/tenant.ts'
import type { TenantId } from '@suture/server/platform/id.ts'
import { createLog } from '@suture/server/platform/log.ts'
import { createMetrics } from '@suture/server/platform/metrics.ts'
import { enqueue, type Recurring, type TaskContext } from '@suture/server/platform/tasks/task.ts'
import { startWorker } from '@suture/server/platform/tasks/worker.ts'
import { onTestFinished } from 'vitest'
import { databaseForThisTest, type TestDatabase } from './database.ts'

/** What the product's slices declare by augmentation, a test asks for by name. */
export const ask = (scoped: Scoped, note: string, options?: { key?: string; runAt?: Date }, name = 'test/note') =>
  enqueue(scoped, name as never, { note } as never, options)

interface Seen {
  readonly note: string
  readonly scope: Scope
}

/** A database of its own with two tenants. */
export async function world() {
  const database = await databaseForThisTest()
  const tenants = [
    await ensureTenant(database.urls.owner, systemClock, 'one'),
    await ensureTenant(database.urls.owner, systemClock, 'two'),
  ] as const
  const inTenant = (at: 0 | 1) => systemScope(tenants[at].id, 'test')
  return { database, tenants, inTenant }
}

/** A worker that does what the test names, until the test is over. */
export async function working(
  database: TestDatabase,
  options: {
    tenants?: readonly { id: TenantId }[]
    recurring?: Recurring[]
    during?: () => Promise<void>
    name?: string
    places?: number
    pool?: Pool
  } = {},
) {
  const seen: Seen[] = []
  const note = async ({ payload, scope }: TaskContext<{ note: string }>) => {
    await options.during?.()
    seen.push({ note: payload.note, scope })
  }
  const metrics = createMetrics()
  const logged: string[] = []
  const worker = await startWorker({
    pool: options.pool ?? database.workerPool,
    store: database.worker,
    clock: systemClock,
    log: createLog('error', { write: (line) => void logged.push(line) }),
    metrics,
    handlers: { [options.name ?? 'test/note']: note } as never,
    recurring: options.recurring ?? [],
    places: options.places ?? 4,
    tenants: async () => options.tenants ?? [],
  })
  onTestFinished(() => worker.stop())
  return { seen, metrics, worker, logged }
}

export const until = async (condition: () => boolean | Promise<boolean>): Promise<void> => {
  while (!(await condition())) await after(20)
}
