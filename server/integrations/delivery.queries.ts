import type { DeliveryState } from '@suture/contract/states.ts'
import { sql } from 'kysely'
import type { Scoped } from '#platform/database/store.ts'
import type { EventRow } from '#platform/events/event.queries.ts'
import { columns, viewOf } from './delivery-view.queries.ts'

interface New {
  readonly id: string
  readonly webhook: string
  readonly event: EventRow
}

/** Puts events into the outbox of a webhook; one that stands there already is not put there twice. */
export const insertDeliveries = async ({ db, scope }: Scoped, news: readonly New[], now: Date): Promise<void> => {
  await db
    .insertInto('integrations_delivery')
    .values(
      news.map(({ id, webhook, event }) => ({
        tenant_id: scope.tenant,
        id,
        webhook_id: webhook,
        epoch: event.epoch,
        xid: event.xid,
        event_id: event.id,
        kind: event.kind,
        subject: event.subject,
        at: event.at,
        state: 'pending' as const,
        due_at: now,
        tries: 0,
        held_until: null,
        answered_at: null,
        answer_status: null,
        answer: null,
        created_at: now,
        ended_at: null,
      })),
    )
    .onConflict((conflict) => conflict.doNothing())
    .execute()
}

export const insertTest = async (
  { db, scope }: Scoped,
  {
    id,
    webhook,
    kind,
    now,
  }: { readonly id: string; readonly webhook: string; readonly kind: string; readonly now: Date },
) => {
  const row = await db
    .insertInto('integrations_delivery')
    .values({
      tenant_id: scope.tenant,
      id,
      webhook_id: webhook,
      epoch: null,
      xid: null,
      event_id: null,
      kind,
      subject: webhook,
      at: now,
      state: 'pending',
      due_at: now,
      tries: 0,
      held_until: null,
      answered_at: null,
      answer_status: null,
      answer: null,
      created_at: now,
      ended_at: null,
    })
    .returning(columns)
    .executeTakeFirstOrThrow()
  return viewOf(row)
}

/**
 * The next delivery of a webhook, locked, with its event: tests first, then in the order of the record, so that one that
 * fails holds back those behind it.
 */
export const lockNext = ({ db }: Scoped, webhook: string, { onlyTests }: { readonly onlyTests: boolean }) =>
  db
    .selectFrom('integrations_delivery as d')
    .leftJoin('platform_event as e', (join) =>
      join
        .onRef('e.tenant_id', '=', 'd.tenant_id')
        .onRef('e.epoch', '=', 'd.epoch')
        .onRef('e.xid', '=', 'd.xid')
        .onRef('e.id', '=', 'd.event_id'),
    )
    .select([
      'd.id',
      'd.epoch',
      'd.xid',
      'd.event_id',
      'd.kind',
      'd.subject',
      'd.at',
      'd.tries',
      'd.due_at',
      'd.held_until',
    ])
    .select(['e.actor_kind', 'e.actor_id', 'e.actor_name', 'e.detail'])
    .where('d.webhook_id', '=', webhook)
    .where('d.state', '=', 'pending')
    .$if(onlyTests, (query) => query.where('d.epoch', 'is', null))
    .orderBy('d.epoch', (order) => order.asc().nullsFirst())
    .orderBy('d.xid')
    .orderBy('d.event_id')
    .orderBy('d.created_at')
    .limit(1)
    .forUpdate('d')
    .executeTakeFirst()

export type Next = NonNullable<Awaited<ReturnType<typeof lockNext>>>

/** Takes a delivery in hand for one try, which is counted before it is made: a worker that dies in it has tried. */
export const holdDelivery = async ({ db }: Scoped, id: string, until: Date): Promise<void> => {
  await db
    .updateTable('integrations_delivery')
    .set((eb) => ({ held_until: until, tries: eb('tries', '+', 1) }))
    .where('id', '=', id)
    .execute()
}

/** Lets go of a delivery that was not tried after all, as if it had never been in hand. */
export const releaseDelivery = async ({ db }: Scoped, id: string, until: Date): Promise<void> => {
  await db
    .updateTable('integrations_delivery')
    .set((eb) => ({ held_until: null, tries: eb('tries', '-', 1) }))
    .where('id', '=', id)
    .where('state', '=', 'pending')
    .where('held_until', '=', until)
    .execute()
}

/** The delivery that a worker has in hand still; nothing when another has taken it over, or a person has ended it. */
export const findHeld = ({ db }: Scoped, id: string, until: Date) =>
  db
    .selectFrom('integrations_delivery')
    .select(['id', 'due_at', 'tries'])
    .where('id', '=', id)
    .where('state', '=', 'pending')
    .where('held_until', '=', until)
    .forUpdate()
    .executeTakeFirst()

export const settleDelivery = async (
  { db }: Scoped,
  id: string,
  to: {
    readonly state: DeliveryState
    readonly dueAt: Date
    readonly status: number | null
    readonly says: string
    readonly now: Date
  },
): Promise<void> => {
  await db
    .updateTable('integrations_delivery')
    .set({
      state: to.state,
      due_at: to.dueAt,
      held_until: null,
      answered_at: to.now,
      answer_status: to.status,
      answer: to.says,
      ended_at: to.state === 'pending' ? null : to.now,
    })
    .where('id', '=', id)
    .execute()
}

/** The deliveries of a webhook that can be sent again: one, or all dead ones. */
export const lockReplayable = ({ db }: Scoped, webhook: string, only: string | undefined) =>
  db
    .selectFrom('integrations_delivery')
    .select(['id', 'state'])
    .where('webhook_id', '=', webhook)
    .where('epoch', 'is not', null)
    .$if(only !== undefined, (query) => query.where('id', '=', only as string).where('state', '<>', 'pending'))
    .$if(only === undefined, (query) => query.where('state', '=', 'dead'))
    .orderBy('id')
    .forUpdate()
    .execute()

/** Has deliveries sent again as if never tried; what the receiver said last stays to be read. */
export const reviveDeliveries = async ({ db }: Scoped, ids: readonly string[], dueAt: Date): Promise<void> => {
  await db
    .updateTable('integrations_delivery')
    .set({ state: 'pending', tries: 0, due_at: dueAt, held_until: null, ended_at: null })
    .where('id', '=', sql<string>`any(${[...ids]}::uuid[])`)
    .execute()
}

/** Forgets what is over: what was delivered before one moment, and what is dead since another. */
export const forgetDeliveries = async ({ db }: Scoped, delivered: Date, dead: Date): Promise<void> => {
  await db
    .deleteFrom('integrations_delivery')
    .where((eb) =>
      eb.or([
        eb.and([eb('state', '=', 'delivered'), eb('ended_at', '<', delivered)]),
        eb.and([eb('state', '=', 'dead'), eb('ended_at', '<', dead)]),
      ]),
    )
    .execute()
}
