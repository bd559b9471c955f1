import type { DeliveryState, WebhookState } from '@suture/contract/states.ts'
import { mostWebhooks, secretOverlapHours } from '@suture/contract/webhooks.ts'
import type { Clock } from '#platform/clock.ts'
import { type Scope, type Scoped, type Store, withScope } from '#platform/database/store.ts'
import { emit } from '#platform/events/event.queries.ts'
import { type Caller, mustSeeAllSites } from '#platform/http/caller.ts'
import { newId } from '#platform/id.ts'
import { step } from '#platform/machine.ts'
import { type Outward, outwardFault } from '#platform/outward.ts'
import { Refusal } from '#platform/refusal.ts'
import { enqueue } from '#platform/tasks/task.ts'
import { insertTest, lockReplayable, reviveDeliveries } from './delivery.queries.ts'
import { type Delivery, delivery } from './delivery.ts'
import { sealKey } from './seal-key.operations.ts'
import { newSecret, seal } from './secret.ts'
import {
  countWebhooks,
  deleteWebhook,
  insertWebhook,
  lockWebhook,
  replaceSecret,
  updateWebhook,
  viewWebhook,
  viewWebhooks,
  type Webhook,
} from './webhook.queries.ts'
import { placeOf } from './webhook.ts'

/** What of the server's configuration webhooks depend on. */
export interface Outside {
  /** SUTURE_HOME. */
  readonly home: string
  /** SUTURE_WEBHOOKS_TO. */
  readonly outward: Outward
}

function mustBeReachable(url: string, { outward }: Outside): void {
  const reason = outwardFault(url, outward)
  if (reason !== undefined) throw new Refusal('integrations/address-refused', { reason })
}

/** A webhook reads the record in the name of a person, for as long as that person may. */
function mustReadRecord({ scope, permissions }: Pick<Caller, 'scope' | 'permissions'>): void {
  mustSeeAllSites(scope)
  if (scope.actor.kind !== 'user') throw new Refusal('auth/person-needed')
  const permission = 'platform:read-events'
  if (!permissions.has(permission)) throw new Refusal('auth/not-permitted', { permission })
}

/** Asks for the task that sends what waits; one at a time for each webhook. */
export const askToSend = (scoped: Scoped, webhook: string, runAt?: Date): Promise<void> =>
  enqueue(
    scoped,
    'integrations/send',
    { webhook },
    { key: `send ${webhook}`, queue: `send ${webhook}`, ...(runAt ? { runAt } : {}) },
  )

async function mustBeThere(scoped: Scoped, id: string, find = viewWebhook): Promise<Webhook> {
  mustSeeAllSites(scoped.scope)
  const webhook = await find(scoped, id)
  if (!webhook) throw new Refusal('integrations/webhook-unknown')
  return webhook
}

/** A webhook as somebody is shown it: the whole address only to whoever may choose it. */
const shownTo = <W extends Webhook>({ permissions }: Caller, webhook: W): W =>
  permissions.has('integrations:manage') ? webhook : { ...webhook, url: placeOf(webhook.url) }

export const getWebhook = (store: Store, caller: Caller, id: string) =>
  withScope(store, caller.scope, async (scoped) => shownTo(caller, await mustBeThere(scoped, id)))

/** The webhooks by name, with how each goes. */
export const listWebhooks = (store: Store, caller: Caller) =>
  withScope(store, caller.scope, async (scoped) => {
    mustSeeAllSites(scoped.scope)
    return (await viewWebhooks(scoped)).map((webhook) => shownTo(caller, webhook))
  })

/** Has events of the named kinds sent to an address from now on; the secret is told once. */
export const createWebhook = (
  store: Store,
  clock: Clock,
  caller: Caller,
  outside: Outside,
  given: { readonly name: string; readonly url: string; readonly kinds: readonly string[] },
) =>
  withScope(store, caller.scope, async (scoped) => {
    mustReadRecord(caller)
    mustBeReachable(given.url, outside)
    if ((await countWebhooks(scoped)) >= mostWebhooks) throw new Refusal('integrations/too-many-webhooks')
    const now = clock.now()
    const id = newId(now)
    const secret = newSecret()
    const sealed = seal(secret, sealKey(outside.home), id)
    const maker = caller.scope.actor.id
    if (!(await insertWebhook(scoped, { ...given, id, secret: sealed, maker, now })))
      throw new Refusal('integrations/name-taken')
    const { name, url, kinds } = given
    const detail = { name, to: placeOf(url), kinds: [...kinds] }
    await emit(scoped, clock, { kind: 'webhook.created', subject: id, detail })
    return { webhook: await mustBeThere(scoped, id), secret }
  })

interface Change {
  readonly name?: string | undefined
  readonly url?: string | undefined
  readonly kinds?: readonly string[] | undefined
  readonly state?: WebhookState | undefined
}

/**
 * Changes a webhook. One that goes on does so from the event at which it stopped. Whoever says that it goes on, or where
 * to, is its maker from then on.
 */
export const changeWebhook = (
  store: Store,
  clock: Clock,
  caller: Caller,
  outside: Outside,
  id: string,
  change: Change,
) =>
  withScope(store, caller.scope, async (scoped) => {
    // Whoever says what is sent, where or that it goes on says what is told of the record.
    const isTold = change.url !== undefined || change.kinds !== undefined || change.state === 'active'
    if (isTold) mustReadRecord(caller)
    const before = await mustBeThere(scoped, id, lockWebhook)
    const name = change.name ?? before.name
    const url = change.url ?? before.url
    const kinds = [...(change.kinds ?? before.kinds)]
    const state = change.state ?? before.state
    const isVouchedFor = url !== before.url || (state === 'active' && before.state !== 'active')
    if (isVouchedFor) mustBeReachable(url, outside)
    const maker = isVouchedFor ? caller.scope.actor.id : before.maker
    const paused_by = state === 'active' ? null : (before.pausedBy ?? 'person')
    const afresh = url !== before.url || state !== before.state
    await updateWebhook(scoped, id, { name, url, kinds, state, paused_by, maker, afresh })
    await emit(scoped, clock, {
      kind: 'webhook.changed',
      subject: id,
      detail: { name, to: placeOf(url), kinds, state, maker },
    })
    if (state === 'active') await askToSend(scoped, id)
    return mustBeThere(scoped, id)
  }).catch((error: unknown) => {
    const isTaken = error instanceof Error && 'code' in error && error.code === '23505'
    throw isTaken ? new Refusal('integrations/name-taken') : error
  })

/** Removes a webhook with everything that it had not sent. */
export const removeWebhook = (store: Store, clock: Clock, scope: Scope, id: string) =>
  withScope(store, scope, async (scoped) => {
    const webhook = await mustBeThere(scoped, id)
    await deleteWebhook(scoped, id)
    await emit(scoped, clock, { kind: 'webhook.removed', subject: id, detail: { name: webhook.name } })
    return webhook
  })

/** Makes a new secret, beside which the one before signs for a day: receivers change over when they like. */
export const rotateWebhookSecret = (store: Store, clock: Clock, caller: Caller, outside: Outside, id: string) =>
  withScope(store, caller.scope, async (scoped) => {
    mustReadRecord(caller)
    const { name } = await mustBeThere(scoped, id)
    const secret = newSecret()
    const overlapUntil = new Date(clock.now().getTime() + secretOverlapHours * 3_600_000)
    await replaceSecret(scoped, id, seal(secret, sealKey(outside.home), id), overlapUntil)
    const detail = { name, overlapUntil: overlapUntil.toISOString() }
    await emit(scoped, clock, { kind: 'webhook.secret-rotated', subject: id, detail })
    return { webhook: await mustBeThere(scoped, id), secret }
  })

/** What a test says it is about. */
const testKind = 'webhook.tested'

/** Sends a test before everything that waits. */
export const testWebhook = (store: Store, clock: Clock, scope: Scope, outside: Outside, webhook: string) =>
  withScope(store, scope, async (scoped) => {
    const { name, url } = await mustBeThere(scoped, webhook)
    mustBeReachable(url, outside)
    const now = clock.now()
    const test = await insertTest(scoped, { id: newId(now), webhook, kind: testKind, now })
    await emit(scoped, clock, { kind: testKind, subject: webhook, detail: { name, delivery: test.id } })
    await askToSend(scoped, webhook)
    return test
  })

/** Sends deliveries again that are over, each with its id: a receiver that has one already knows it. */
export const replayDeliveries = (store: Store, clock: Clock, scope: Scope, webhook: string, only: string | undefined) =>
  withScope(store, scope, async (scoped) => {
    const { name } = await mustBeThere(scoped, webhook)
    const found = await lockReplayable(scoped, webhook, only)
    if (only !== undefined && found.length === 0) throw new Refusal('integrations/delivery-unknown')
    const at = clock.now()
    const again = found.filter(({ state }) => step(delivery, stateOf(state, at), { kind: 'replayed', at }).ok)
    if (again.length === 0) return { replayed: 0 }
    await reviveDeliveries(
      scoped,
      again.map(({ id }) => id),
      at,
    )
    const detail = { name, deliveries: again.length }
    await emit(scoped, clock, { kind: 'webhook.replayed', subject: webhook, detail })
    await askToSend(scoped, webhook)
    return { replayed: again.length }
  })

const stateOf = (kind: DeliveryState, dueAt: Date): Delivery => (kind === 'pending' ? { kind, dueAt } : { kind })
