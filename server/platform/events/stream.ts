import type { TenantId } from '#platform/id.ts'
import type { EventRow } from './event.queries.ts'
import type { Outbox } from './outbox.ts'
import { type Position, writePosition } from './position.ts'

/** An event as the contract tells it. */
export const viewOf = (row: EventRow) => ({
  position: writePosition(row),
  at: row.at,
  kind: row.kind,
  actor: { kind: row.actor_kind, id: row.actor_id, name: row.actor_name },
  subject: row.subject,
  detail: row.detail,
})

/** A tenant's events as messages whose id is their position; they can be listened to once this has answered. */
export async function follow(outbox: Outbox, tenant: TenantId, from: Position | undefined, signal: AbortSignal) {
  const rows = await outbox.follow(tenant, from, signal)
  return (async function* () {
    for await (const row of rows) yield { id: writePosition(row), data: viewOf(row) }
  })()
}
