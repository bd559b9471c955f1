import type { Role } from '@suture/contract/roles.ts'
import type { Clock } from '#platform/clock.ts'
import { type Scoped, type Store, systemScope, withScope } from '#platform/database/store.ts'
import { emit, eventsAfter } from '#platform/events/event.queries.ts'
import { newId, type TenantId } from '#platform/id.ts'
import { permissionsOf } from '#roles.ts'
import { insertDeliveries } from './delivery.queries.ts'
import { askToSend } from './webhook.operations.ts'
import { lockBehind, moveWebhook, pauseWebhook, type Sending } from './webhook.queries.ts'
import { takes } from './webhook.ts'

/** Whether whoever made a webhook may still read the record: it never reaches further than they do. */
export const mayRead = ({ maker_roles, maker_site_ids }: Sending): boolean =>
  maker_roles !== null && maker_site_ids === null && permissionsOf(maker_roles as Role[]).has('platform:read-events')

/** Pauses a webhook and says so in the record. */
export async function pause(
  scoped: Scoped,
  clock: Clock,
  { id, name }: Pick<Sending, 'id' | 'name'>,
  by: Parameters<typeof pauseWebhook>[2],
): Promise<void> {
  await pauseWebhook(scoped, id, by)
  await emit(scoped, clock, { kind: 'webhook.paused', subject: id, detail: { name, by } })
}

/**
 * Puts the tenant's new events into the outboxes of the webhooks that take them, with how far each has read in the same
 * transaction: each event gets there once, in order, whichever process does it.
 */
export const fillOutboxes = (store: Store, clock: Clock, tenant: TenantId): Promise<void> =>
  withScope(store, systemScope(tenant, 'webhooks'), async (scoped) => {
    for (const webhook of await lockBehind(scoped)) {
      if (!mayRead(webhook)) {
        await pause(scoped, clock, webhook, 'maker')
        continue
      }
      const { id, epoch, xid, event_id, kinds, room } = webhook
      const events = await eventsAfter(scoped, { epoch, xid, id: event_id }, room)
      const last = events.at(-1)
      if (!last) continue
      const wanted = events.filter(({ kind }) => takes(kinds, kind))
      const now = clock.now()
      // Ids of one moment are in no order by themselves, and lists go by them.
      const ids = wanted.map(() => newId(now)).sort()
      const news = wanted.map((event, at) => ({ id: ids[at] as string, webhook: id, event }))
      if (news.length > 0) {
        await insertDeliveries(scoped, news, now)
        await askToSend(scoped, id)
      }
      await moveWebhook(scoped, id, last)
    }
  })
