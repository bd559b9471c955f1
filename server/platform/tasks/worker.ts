import { EventEmitter, once } from 'node:events'
import { hostname } from 'node:os'
import { setTimeout as after } from 'node:timers/promises'
import {
  makeWorkerUtils,
  type ParsedCronItem,
  parseCronItems,
  type Runner,
  run,
  type WorkerEvents,
} from 'graphile-worker'
import type pg from 'pg'
import { z } from 'zod'
import type { Clock } from '#platform/clock.ts'
import type { Pool } from '#platform/database/pool.ts'
import { directory, type Store, systemScope } from '#platform/database/store.ts'
import type { TenantId } from '#platform/id.ts'
import type { Log } from '#platform/log.ts'
import type { Metrics } from '#platform/metrics.ts'
import { queueLogger } from './install.ts'
import { deadPools, dropLease, dropOldLeases, renewLease } from './lease.queries.ts'
import { type Recurring, SeenTo, type TaskContext, type TaskHandlers } from './task.ts'

/**
 * A pool says this often that it lives, is taken for dead after six silences, and looks this often for work that nobody
 * told it of: crashed work resumes within 10 s.
 */
const leaseMs = 1_000
const deadAfterSeconds = 6
const lookMs = 1_000
/** The pause before the queue is entered again after it was left, in milliseconds. */
const againMs = 500

const Envelope = z.object({ tenant: z.int().transform((id) => id as TenantId), payload: z.unknown() })

interface Parts {
  /** Connections as the worker role; whoever opened them closes them, after the worker has stopped. */
  readonly pool: Pool
  readonly store: Store
  readonly clock: Clock
  readonly log: Log
  readonly metrics: Metrics
  /** What it does; anything else is left to others. */
  readonly handlers: Partial<TaskHandlers>
  readonly recurring: readonly Recurring[]
  /** How much it does at once. */
  readonly places: number
  readonly tenants: () => Promise<readonly { readonly id: TenantId }[]>
}

/** Does the tasks that were enqueued, and those that come round, until it is stopped; a database that comes and goes is no reason to end. */
export async function startWorker(parts: Parts): Promise<{ stop(): Promise<void> }> {
  const stopping = new AbortController()
  const pools = new Set<string>()
  let queue = await enterQueue(parts, pools, stopping.signal)
  const life = (async () => {
    for (;;) {
      await queue.left
      // One that is broken is told, and not waited for.
      if (!stopping.signal.aborted) queue.runner.stop().catch(() => undefined)
      pools.clear()
      const next = await enterAgain(parts, pools, stopping.signal)
      if (!next) return
      queue = next
      if (stopping.signal.aborted) await leave(queue)
    }
  })()
  const leases = keepLeases(parts, pools)
  const stop = async () => {
    stopping.abort()
    await leave(queue)
    await life
    await leases.stop()
  }
  let stopped: Promise<void> | undefined
  return { stop: () => (stopped ??= stop()) }
}

/** Leaves the queue when the work that has begun is done. One that was left by itself has stopped already, and says so. */
const leave = async ({ runner, broken }: Entered): Promise<void> => {
  await Promise.race([runner.stop().catch(() => undefined), broken])
}

/** The queue as a process takes part in it, until it is left: because it was stopped, or because the database was away. */
interface Entered {
  readonly runner: Runner
  readonly left: Promise<void>
  /** Resolves when it could not write down how a task ended: then it may never come to its own end. */
  readonly broken: Promise<unknown>
}

/** When what comes round does so: never beside itself, however long it takes, and once afterwards if it was due meanwhile. */
export const timetable = (recurring: readonly Recurring[]): ParsedCronItem[] =>
  parseCronItems(
    recurring.map(({ name, at }) => ({
      task: name,
      match: at,
      options: { backfillPeriod: 0, queueName: name, jobKey: name },
    })),
  )

/**
 * The pool as the queue may use it. Where its listening connection breaks just while it is given back, the queue gives it
 * back twice; the second time is a fault for which nobody waits, and would end the process.
 */
const bearing = (pool: pg.Pool): pg.Pool =>
  Object.create(pool, {
    connect: {
      value: (then?: Parameters<pg.Pool['connect']>[0]) =>
        then === undefined
          ? pool.connect()
          : pool.connect((error, client, release) => {
              let isBack = false
              then(error, client, (broken) => {
                // A pool that was ended gives nothing to give back.
                if (!isBack) release?.(broken)
                isBack = true
              })
            }),
    },
  })

async function enterQueue(parts: Parts, pools: Set<string>, signal: AbortSignal): Promise<Entered> {
  const events: WorkerEvents = new EventEmitter()
  events.on('pool:create', ({ workerPool }) => void pools.add(workerPool.id))
  // It could not write down how its tasks ended, and takes no more: nobody says from now on that it lives.
  events.on('pool:fatalError', ({ workerPool }) => void pools.delete(workerPool.id))
  const broken = once(events, 'pool:fatalError')
  const runner = await run({
    pgPool: bearing(parts.pool.pg),
    concurrency: parts.places,
    pollInterval: lookMs,
    noHandleSignals: true,
    events,
    logger: queueLogger(parts.log),
    // Otherwise nobody waits for these, and one that fails because the database is away ends the process.
    preset: { worker: { completeJobBatchDelay: 0, failJobBatchDelay: 0 } },
    taskList: { ...onDemand(parts, signal), ...comingRound(parts, signal) },
    parsedCronItems: timetable(parts.recurring),
  })
  const left = Promise.race([runner.promise, broken]).then(
    () => undefined,
    (error: unknown) => parts.log.warn({ err: error }, 'the task queue was left'),
  )
  return { runner, left, broken }
}

/** Enters the queue once the database lets it; nothing when it is to stop. */
async function enterAgain(parts: Parts, pools: Set<string>, signal: AbortSignal): Promise<Entered | undefined> {
  while (!signal.aborted) {
    try {
      return await enterQueue(parts, pools, signal)
    } catch (error) {
      parts.log.warn({ err: error }, 'the task queue cannot be entered')
    }
    await after(againMs, undefined, { signal }).catch(() => undefined)
  }
  return undefined
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

/** Tells of a failure after which the task has seen to itself; any other is the queue's. */
const tell =
  ({ log }: Parts, task: string) =>
  (error: unknown): void => {
    if (!(error instanceof SeenTo)) throw error
    log.error({ task, err: error.cause }, 'a task failed')
  }

const onDemand = (parts: Parts, signal: AbortSignal): TaskList =>
  Object.fromEntries(
    Object.entries<(context: TaskContext<never>) => Promise<void>>(parts.handlers).map(([name, handle]) => [
      name,
      (raw: unknown) => {
        const { tenant, payload } = Envelope.parse(raw)
        const { store, clock } = parts
        const context = { store, clock, scope: systemScope(tenant, name), payload: payload as never, signal }
        return counted(parts, name, () => handle(context)).catch(tell(parts, name))
      },
    ]),
  )

const comingRound = (parts: Parts, signal: AbortSignal): TaskList =>
  Object.fromEntries(
    parts.recurring.map(({ name, run: work }) => [
      name,
      // What fails for one tenant keeps no other from theirs, and is not tried again in between: it comes round anyway.
      async () => {
        const { store, clock, log } = parts
        for (const { id: tenant } of await parts.tenants()) {
          const context = { store, clock, scope: systemScope(tenant, name), payload: undefined, signal }
          const fail = (err: unknown) => log.error({ task: name, tenant, err }, 'a task failed')
          await counted(parts, name, () => work(context)).catch(fail)
        }
      },
    ]),
  )

/** Renews the leases of our pools, and frees the tasks that dead pools still hold. */
function keepLeases({ pool, store, log }: Parts, pools: ReadonlySet<string>): { stop(): Promise<void> } {
  const process_ = `${hostname()}:${process.pid}`
  // Each time anew: what is made once, while the database is away, would never free anything.
  const free = async (dead: string[]) => {
    const utils = await makeWorkerUtils({ pgPool: pool.pg, logger: queueLogger(log) })
    await utils.forceUnlockWorkers(dead).finally(() => utils.release())
  }
  const beat = async () => {
    for (const each of pools) await renewLease(directory(store), each, process_)
    const dead = await deadPools(directory(store), deadAfterSeconds)
    if (dead.length === 0) return
    await free(dead)
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
    },
  }
}
