import type { DeliveryState } from '@suture/contract/states.ts'
import { sql } from 'kysely'
import type { Scoped } from '#platform/database/store.ts'

/** What of a delivery is shown. */
export const columns = [
  'id',
  'webhook_id',
  'epoch',
  'kind',
  'subject',
  'at',
  'state',
  'tries',
  'due_at',
  'answered_at',
  'answer_status',
  'answer',
  'created_at',
] as const

type Row = Awaited<ReturnType<ReturnType<typeof select>['executeTakeFirstOrThrow']>>

const select = ({ db }: Scoped) => db.selectFrom('integrations_delivery').select(columns)

export const viewOf = (row: Row) => ({
  id: row.id,
  webhook: row.webhook_id,
  kind: row.kind,
  subject: row.subject,
  at: row.at,
  isTest: row.epoch === null,
  state: row.state,
  tries: row.tries,
  dueAt: row.state === 'pending' ? row.due_at : null,
  answer: row.answered_at && { at: row.answered_at, status: row.answer_status, says: row.answer ?? '' },
  createdAt: row.created_at,
})

interface Wanted {
  readonly limit: number
  readonly before: readonly [Date, string] | undefined
  readonly webhook: string | undefined
  readonly state: DeliveryState | undefined
}

/** Deliveries, newest first. */
export const viewDeliveries = async (scoped: Scoped, { limit, before, webhook, state }: Wanted) => {
  const rows = await select(scoped)
    .$if(before !== undefined, (query) =>
      query.where(sql<boolean>`(created_at, id) < (${before?.[0]}::timestamptz, ${before?.[1]}::uuid)`),
    )
    .$if(webhook !== undefined, (query) => query.where('webhook_id', '=', webhook as string))
    .$if(state !== undefined, (query) => query.where('state', '=', state as DeliveryState))
    .orderBy('created_at', 'desc')
    .orderBy('id', 'desc')
    .limit(limit)
    .execute()
  return rows.map(viewOf)
}
