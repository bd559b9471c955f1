import { EventEmitter } from 'node:events'
import { hostname } from 'node:os'
import { makeWorkerUtils, parseCronItems, type Runner, run, type WorkerEvents } from 'graphile-worker'
import { z } from 'zod'
import type { Clock } from '#platform/clock.ts'
import type { Pool } from '#platform/database/pool.ts'
import { directory, type Store, systemScope } from '#platform/database/store.ts'
import type { TenantId } from '#platform/id.ts'
import type { Log } from '#platform/log.ts'
import type { Metrics } from '#platform/metrics.ts'
import { queueLogger } from './install.ts'
import { deadPools, dropLease, dropOldLeases, renewLease } from './lease.queries.ts'
import type { Recurring, TaskContext, TaskHandlers } from './task.ts'

/** A pool says this often that it lives, and is taken for dead after three silences: crashed work resumes within 10 s. */
const leaseMs = 2_000
const deadAfterSeconds = 6

const Envelope = z.object({ tenant: z.int().transform((id) => id as TenantId), payload: z.unknown() })

interface Parts {
  /** Connections as the worker role; whoever opened them closes them, after the worker has stopped. */
  readonly pool: Pool
  readonly store: Store
  readonly clock: Clock
  readonly log: Log
  readonly metrics: Metrics
  readonly handlers: TaskHandlers
  readonly recurring: readonly Recurring[]
  readonly tenants: () => Promise<readonly { readonly id: TenantId }[]>
}

/** Does the tasks that were enqueued, and those that come round, until it is stopped. */
export async function startWorker(parts: Parts): Promise<{ stop(): Promise<void> }> {
  const events: WorkerEvents = new EventEmitter()
  const pools = new Set<string>()
  events.on('pool:create', ({ workerPool }) => void pools.add(workerPool.id))
  const stopping = new AbortController()
  const runner = await run({
    pgPool: parts.pool.pg,
    concurrency: 4,
    noHandleSignals: true,
    events,
    logger: queueLogger(parts.log),
    taskList: { ...onDemand(parts, stopping.signal), ...comingRound(parts, stopping.signal) },
    parsedCronItems: parseCronItems(
      parts.recurring.map(({ name, at }) => ({ task: name, match: at, options: { backfillPeriod: 0 } })),
    ),
  })
  const leases = keepLeases(parts, pools)
  let stopped: Promise<void> | undefined
  return { stop: () => (stopped ??= stopWorker(runner, leases, stopping)) }
}

async function stopWorker(runner: Runner, leases: { stop(): Promise<void> }, stopping: AbortController): Promise<void> {
  stopping.abort()
  await runner.stop()
  await leases.stop()
}

function counted(parts: Parts, name: string, work: () => Promise<void>): Promise<void> {
  return work().then(
    () => parts.metrics.tasks.inc({ task: name, outcome: 'done' }),
    (error) => {
      parts.metrics.tasks.inc({ task: name, outcome: 'failed' })
      throw error
    },
  )
}

type TaskList = Record<string, (payload: unknown) => Promise<void>>

const onDemand = (parts: Parts, signal: AbortSignal): TaskList =>
  Object.fromEntries(
    Object.entries<(context: TaskContext<never>) => Promise<void>>(parts.handlers).map(([name, handle]) => [
      name,
      (raw: unknown) => {
        const { tenant, payload } = Envelope.parse(raw)
        const { store, clock } = parts
        const context = { store, clock, scope: systemScope(tenant, name), payload: payload as never, signal }
        return counted(parts, name, () => handle(context))
      },
    ]),
  )

const comingRound = (parts: Parts, signal: AbortSignal): TaskList =>
  Object.fromEntries(
    parts.recurring.map(({ name, run: work }) => [
      name,
      () =>
        counted(parts, name, async () => {
          for (const { id } of await parts.tenants()) {
            const { store, clock } = parts
            await work({ store, clock, scope: systemScope(id, name), payload: undefined, signal })
          }
        }),
    ]),
  )

/** Renews the leases of our pools, and frees the tasks that dead pools still hold. */
function keepLeases({ pool, store, log }: Parts, pools: ReadonlySet<string>): { stop(): Promise<void> } {
  const process_ = `${hostname()}:${process.pid}`
  const utils = makeWorkerUtils({ pgPool: pool.pg, logger: queueLogger(log) })
  const beat = async () => {
    for (const each of pools) await renewLease(directory(store), each, process_)
    const dead = await deadPools(directory(store), deadAfterSeconds)
    if (dead.length === 0) return
    await (await utils).forceUnlockWorkers(dead)
    await dropOldLeases(directory(store))
    log.warn({ pools: dead }, 'freed the tasks of a worker that died')
  }
  // While the database hangs one beat waits, not one more every two seconds.
  let turn: Promise<void> | undefined
  const next = () => {
    turn ??= beat()
      .catch((error) => log.error({ err: error }, 'leases not renewed'))
      .finally(() => {
        turn = undefined
      })
  }
  const timer = setInterval(next, leaseMs)
  next()
  return {
    stop: async () => {
      clearInterval(timer)
      await turn
      for (const each of pools) await dropLease(directory(store), each)
      await (await utils).release()
    },
  }
}
