import { sql } from 'kysely'
import type { Clock } from '#platform/clock.ts'
import type { Scope, Scoped, Store } from '#platform/database/store.ts'

/** Every kind of background work with its payload; each slice adds its own by module augmentation. */
// biome-ignore lint/suspicious/noEmptyInterface: filled by the slices
export interface Tasks {}

export type TaskName = keyof Tasks & string

/** What a task is given. It may run more than once: a process can die after the work and before saying so. */
export interface TaskContext<Payload> {
  readonly store: Store
  readonly clock: Clock
  /** The server itself, in the tenant whose transaction asked for the work. */
  readonly scope: Scope
  readonly payload: Payload
  readonly signal: AbortSignal
}

export type TaskHandlers = { readonly [K in TaskName]: (context: TaskContext<Tasks[K]>) => Promise<void> }

/** Work that comes round by itself, once for every tenant; what failed for one of them waits for the next time. */
export interface Recurring {
  readonly name: string
  /** When, as a crontab line's five fields (UTC). */
  readonly at: string
  readonly run: (context: TaskContext<undefined>) => Promise<void>
}

/**
 * Asks for background work in the caller's transaction: the work exists if and only if the transaction commits.
 * The tenant is the transaction's, whatever the caller says.
 * @param options.key work with the same key that has not begun yet is replaced, and keeps its place where that is sooner
 * @param options.queue of a tenant's work in the same queue one runs at a time
 */
export async function enqueue<K extends TaskName>(
  { db }: Scoped,
  name: K,
  payload: Tasks[K],
  options: { readonly key?: string; readonly runAt?: Date; readonly queue?: string } = {},
): Promise<void> {
  const { key = null, runAt = null, queue = null } = options
  await sql`select suture_task.enqueue(${name}, ${JSON.stringify(payload)}::json, ${key}, ${runAt}, ${queue})`.execute(
    db,
  )
}

/** Thrown by a task that failed and has asked by itself for what is to follow: it is told and counted, and not tried again. */
export class SeenTo extends Error {
  constructor(cause: unknown) {
    super(cause instanceof Error ? cause.message : String(cause), { cause })
    this.name = 'SeenTo'
  }
}
