import type { WebhookPause, WebhookState } from '@suture/contract/states.ts'
import { sql } from 'kysely'
import type { Scoped } from '#platform/database/store.ts'

const columns = [
  'w.id',
  'w.name',
  'w.url',
  'w.kinds',
  'w.state',
  'w.paused_by as pausedBy',
  'w.overlap_until as overlapUntil',
  'w.maker',
  'w.created_at as createdAt',
] as const

const inState = (state: 'pending' | 'dead') =>
  sql<number>`(select count(*)::int from integrations_delivery d where d.webhook_id = w.id and d.state = ${state})`

/** The webhooks by name, with how each goes. */
export const viewWebhooks = ({ db }: Scoped) =>
  db
    .selectFrom('integrations_webhook as w')
    .select(columns)
    .select(['w.delivered_at as deliveredAt', 'w.failing_since as failingSince'])
    .select([inState('pending').as('waiting'), inState('dead').as('dead')])
    .orderBy('w.name')
    .execute()

const selectWebhook = ({ db }: Scoped, id: string) =>
  db.selectFrom('integrations_webhook as w').select(columns).where('w.id', '=', id)

export const viewWebhook = (scoped: Scoped, id: string) => selectWebhook(scoped, id).executeTakeFirst()

/** A webhook as it stays until the transaction ends: the worker pauses one at any moment. */
export const lockWebhook = (scoped: Scoped, id: string) => selectWebhook(scoped, id).forUpdate('w').executeTakeFirst()

export type Webhook = NonNullable<Awaited<ReturnType<typeof viewWebhook>>>

export const countWebhooks = async ({ db }: Scoped): Promise<number> => {
  const { n } = await db
    .selectFrom('integrations_webhook')
    .select(sql<number>`count(*)::int`.as('n'))
    .executeTakeFirstOrThrow()
  return n
}

interface New {
  readonly id: string
  readonly name: string
  readonly url: string
  readonly kinds: readonly string[]
  readonly secret: Buffer
  readonly maker: string
  readonly now: Date
}

/**
 * Stores a webhook that is told what is committed from now on; of what was before, only what stood beside a transaction
 * that still ran.
 * @returns whether the name was free
 */
export async function insertWebhook({ db, scope }: Scoped, given: New): Promise<boolean> {
  const row = await db
    .insertInto('integrations_webhook')
    .values((eb) => ({
      tenant_id: scope.tenant,
      id: given.id,
      name: given.name,
      url: given.url,
      kinds: [...given.kinds],
      state: 'active',
      paused_by: null,
      secret: given.secret,
      previous_secret: null,
      overlap_until: null,
      maker: given.maker,
      created_at: given.now,
      epoch: eb.selectFrom('platform_epoch').select('platform_epoch.epoch'),
      xid: sql<string>`pg_snapshot_xmin(pg_current_snapshot())`,
      event_id: 0,
      failing_since: null,
      delivered_at: null,
    }))
    .onConflict((conflict) => conflict.doNothing())
    .returning('id')
    .executeTakeFirst()
  return row !== undefined
}

export const updateWebhook = (
  { db }: Scoped,
  id: string,
  to: {
    readonly name: string
    readonly url: string
    readonly kinds: readonly string[]
    readonly state: WebhookState
    readonly paused_by: WebhookPause | null
    readonly maker: string
    /** Whether its failures until now count no more. */
    readonly afresh: boolean
  },
) => {
  const { afresh, kinds, ...set } = to
  return db
    .updateTable('integrations_webhook')
    .set({ ...set, kinds: [...kinds], ...(afresh ? { failing_since: null } : {}) })
    .where('id', '=', id)
    .execute()
}

/** Puts a new secret in the place of the one that is there, which signs beside it for a while. */
export const replaceSecret = async ({ db }: Scoped, id: string, secret: Buffer, overlapUntil: Date): Promise<void> => {
  await db
    .updateTable('integrations_webhook')
    .set((eb) => ({ previous_secret: eb.ref('secret'), secret, overlap_until: overlapUntil }))
    .where('id', '=', id)
    .execute()
}

/** Forgets the secrets whose time beside their successors is over. */
export const forgetPreviousSecrets = async ({ db }: Scoped, now: Date): Promise<void> => {
  await db
    .updateTable('integrations_webhook')
    .set({ previous_secret: null, overlap_until: null })
    .where('overlap_until', '<', now)
    .execute()
}

export const deleteWebhook = ({ db }: Scoped, id: string) =>
  db.deleteFrom('integrations_webhook').where('id', '=', id).execute()

/** A webhook with what a sender needs, and with the standing of its maker. */
const selectSending = ({ db }: Scoped) =>
  db
    .selectFrom('integrations_webhook as w')
    .leftJoin('platform_user as u', (join) =>
      join.onRef('u.id', '=', 'w.maker').onRef('u.tenant_id', '=', 'w.tenant_id').on('u.disabled_at', 'is', null),
    )
    .select(['w.id', 'w.name', 'w.url', 'w.kinds', 'w.state', 'w.epoch', 'w.xid', 'w.event_id', 'w.failing_since'])
    .select(['w.secret', 'w.previous_secret', 'w.overlap_until'])
    .select(['u.roles as maker_roles', 'u.site_ids as maker_site_ids'])

export type Sending = Awaited<ReturnType<ReturnType<typeof selectSending>['executeTakeFirstOrThrow']>>

/**
 * As many deliveries of a webhook wait in the outbox, and one turn looks at no more events than still fit; the others
 * wait in the record, and none is lost.
 */
const mostPending = 100

/**
 * The active webhooks that have unread events and room in the outbox, locked; without news nothing is locked. Whoever
 * finds one locked lets the other do it.
 */
export const lockBehind = (scoped: Scoped) =>
  selectSending(scoped)
    .select(sql<number>`${mostPending} - ${inState('pending')}`.as('room'))
    .where('w.state', '=', 'active')
    .where(
      sql<boolean>`exists (
        select from platform_event e
         where (e.epoch, e.xid, e.id) > (w.epoch, w.xid, w.event_id)
           and (e.epoch < (select epoch from platform_epoch) or e.xid < pg_snapshot_xmin(pg_current_snapshot())))`,
    )
    .where(sql<boolean>`${inState('pending')} < ${mostPending}`)
    .orderBy('w.id')
    .forUpdate('w')
    .skipLocked()
    .execute()

export const findSending = (scoped: Scoped, id: string) =>
  selectSending(scoped).where('w.id', '=', id).forUpdate('w').executeTakeFirst()

/** Remembers how far a webhook has read the record. */
export const moveWebhook = async (
  { db }: Scoped,
  id: string,
  place: { readonly epoch: number; readonly xid: string; readonly id: number },
): Promise<void> => {
  await db
    .updateTable('integrations_webhook')
    .set({ epoch: place.epoch, xid: place.xid, event_id: place.id })
    .where('id', '=', id)
    .execute()
}

/**
 * Writes down how the last try went: a success ends a row of failures, a failure begins one. It lasts for as long as
 * anything waits: a receiver of which nothing is wanted is not failing.
 */
export const noteOutcome = async (
  { db }: Scoped,
  id: string,
  { delivered, at }: { readonly delivered: boolean; readonly at: Date },
): Promise<void> => {
  await db
    .updateTable('integrations_webhook')
    .set(
      delivered
        ? { delivered_at: at, failing_since: null }
        : {
            failing_since: sql<Date | null>`case when exists (
              select from integrations_delivery d
               where d.webhook_id = ${id}::uuid and d.state = 'pending' and d.epoch is not null)
              then coalesce(failing_since, ${at}::timestamptz) end`,
          },
    )
    .where('id', '=', id)
    .execute()
}

export const pauseWebhook = async ({ db }: Scoped, id: string, by: WebhookPause): Promise<void> => {
  await db.updateTable('integrations_webhook').set({ state: 'paused', paused_by: by }).where('id', '=', id).execute()
}
