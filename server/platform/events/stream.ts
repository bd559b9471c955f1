import { setTimeout as after } from 'node:timers/promises'
import { type Scope, type Store, withScope } from '#platform/database/store.ts'
import { currentPosition, eventsAfter } from './event.queries.ts'
import { type Position, writePosition } from './position.ts'

/** How often a stream looks for news, in milliseconds. */
const tickMs = 250
const batch = 500

type EventRow = Awaited<ReturnType<typeof eventsAfter>>[number]

/** An event as the contract tells it. */
export const viewOf = (row: EventRow) => ({
  position: writePosition(row),
  at: row.at,
  kind: row.kind,
  actor: { kind: row.actor_kind, id: row.actor_id, name: row.actor_name },
  subject: row.subject,
  detail: row.detail,
})

/**
 * The events of a scope from a position on, as they become certain, until the signal.
 * Whoever goes on from the last position that they saw misses nothing and sees nothing twice.
 */
export async function* follow(store: Store, scope: Scope, from: Position | undefined, signal: AbortSignal) {
  let position = from ?? (await withScope(store, scope, currentPosition))
  while (!signal.aborted) {
    const rows = await withScope(store, scope, (scoped) => eventsAfter(scoped, position, batch))
    for (const row of rows) yield { id: writePosition(row), data: viewOf(row) }
    position = rows.at(-1) ?? position
    if (rows.length < batch) await after(tickMs, undefined, { signal }).catch(() => undefined)
  }
}
