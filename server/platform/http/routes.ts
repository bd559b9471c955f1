import { setTimeout as after } from 'node:timers/promises'
import { followChanges } from '@suture/contract/changes.ts'
import * as contract from '@suture/contract/platform.ts'
import { refusals } from '@suture/contract/refusals.ts'
import { z } from 'zod'
import { withScope } from '#platform/database/store.ts'
import { changesIn } from '#platform/events/changes.ts'
import { viewEvents } from '#platform/events/event.queries.ts'
import { type Position, readPosition, writePosition } from '#platform/events/position.ts'
import { follow, viewOf } from '#platform/events/stream.ts'
import { Refusal } from '#platform/refusal.ts'
import { mustSeeAllSites } from './caller.ts'
import { pageOf, readCursor } from './paging.ts'
import type { Routes } from './serve.ts'

function positionOr(text: string | undefined): Position | undefined {
  if (text === undefined) return undefined
  const position = readPosition(text)
  if (!position) throw new Refusal('http/bad-cursor')
  return position
}

/** How long changes are gathered before they are told, in milliseconds. */
const gatherMs = 400

/** What the platform itself tells: the record of events, and what can be refused. */
export const platformRoutes: Routes = ({ serve, store, outbox }) => {
  serve(contract.listRefusals, () =>
    Object.entries(refusals).map(([code, { status, says, remedy }]) => ({ code, status, says, remedy })),
  )

  serve(contract.listEvents, async ({ scope, query }) => {
    mustSeeAllSites(scope)
    const before = positionOr(readCursor(query.cursor, z.tuple([z.string()]))?.[0])
    const { limit, kind, actor, subject } = query
    const rows = await withScope(store, scope, (scoped) =>
      viewEvents(scoped, { before, limit: limit + 1, kind, actor, subject }),
    )
    const listed = pageOf(rows, limit, (row) => [writePosition(row)])
    return { ...listed, items: listed.items.map(viewOf) }
  })
  serve(contract.followEvents, ({ scope, query, lastEventId, signal }) => {
    mustSeeAllSites(scope)
    return follow(outbox, scope.tenant, positionOr(lastEventId ?? query.after), signal)
  })
  serve(followChanges, async ({ scope, caller, lastEventId, signal }) => {
    const rows = await outbox.follow(scope.tenant, positionOr(lastEventId), signal)
    const gather = () => after(gatherMs, undefined, { signal }).catch(() => undefined)
    return changesIn(rows, caller.permissions, gather)
  })
}
