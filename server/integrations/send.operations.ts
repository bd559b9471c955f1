import type { Clock } from '#platform/clock.ts'
import { type Scope, type Scoped, type Store, withScope } from '#platform/database/store.ts'
import { tenantUid } from '#platform/database/tenant-uid.ts'
import { writePosition } from '#platform/events/position.ts'
import type { Log } from '#platform/log.ts'
import { step } from '#platform/machine.ts'
import { type Posted, post } from '#platform/post.ts'
import { findHeld, holdDelivery, lockNext, type Next, releaseDelivery, settleDelivery } from './delivery.queries.ts'
import { delivery } from './delivery.ts'
import { cloudEvent, signed } from './message.ts'
import { mayRead, pause } from './outbox.operations.ts'
import { nextTry } from './retry.ts'
import { sealKey } from './seal-key.operations.ts'
import { unseal } from './secret.ts'
import { askToSend, type Outside } from './webhook.operations.ts'
import { findSending, noteOutcome, type Sending } from './webhook.queries.ts'
import { isAccepted, pausedBy } from './webhook.ts'

/** How long a receiver has for its answer, in milliseconds. */
const timeoutMs = 10_000
/** Until when nobody else tries what a worker has in hand: longer than a try can take. */
const holdMs = 20_000
/** As many messages go out in one turn of a webhook, so that others come to theirs. */
const inOneTurn = 20

/** What sending depends on beside the database. */
export interface Sender extends Outside {
  readonly log: Pick<Log, 'warn'>
}

interface Parts extends Sender {
  readonly store: Store
  readonly clock: Clock
  readonly signal: AbortSignal
}

/** One try: what is sent where, and by which words it is known that the worker still has it in hand. */
interface Try {
  readonly id: string
  readonly isTest: boolean
  readonly heldUntil: Date
  readonly url: string
  readonly body: string
  readonly headers: Readonly<Record<string, string>>
}

/** What a try came to that was not cut short. */
type Came = Exclude<Posted, { readonly kind: 'abandoned' }>

/** Nothing when the key is another, as after a restore into a home that is new. */
function opened(sealed: Buffer, home: string, of: string): string | undefined {
  try {
    return unseal(sealed, sealKey(home), of)
  } catch {
    return undefined
  }
}

/** What a message is signed with; nothing when the webhook's own secret does not open. */
function secretsOf({ id, secret, previous_secret, overlap_until }: Sending, home: string, now: Date): string[] {
  const own = opened(secret, home, id)
  const isTwo = previous_secret !== null && overlap_until !== null && overlap_until > now
  const before = isTwo ? opened(previous_secret, home, id) : undefined
  return own === undefined ? [] : [own, ...(before === undefined ? [] : [before])]
}

const factOf = (next: Next, webhook: Sending) => {
  const { epoch, xid, event_id } = next
  const isTest = epoch === null || xid === null || event_id === null
  return {
    id: isTest ? next.id : writePosition({ epoch, xid, id: event_id }),
    kind: next.kind,
    subject: next.subject,
    at: next.at,
    actor: { kind: next.actor_kind ?? 'system', id: next.actor_id ?? 'webhooks', name: next.actor_name ?? 'Suture' },
    detail: next.detail ?? { name: webhook.name, delivery: next.id },
  }
}

/** Takes the next delivery of a webhook in hand, if one is due; asks for another turn if it will be. */
const take = (parts: Parts, scope: Scope, id: string): Promise<Try | undefined> =>
  withScope(parts.store, scope, async (scoped) => {
    const webhook = await findSending(scoped, id)
    if (!webhook) return undefined
    const isPaused = webhook.state === 'paused'
    if (!isPaused && !mayRead(webhook)) {
      await pause(scoped, parts.clock, webhook, 'maker')
      return undefined
    }
    const next = await lockNext(scoped, id, { onlyTests: isPaused })
    if (!next) return undefined
    const now = parts.clock.now()
    const at = new Date(Math.max(next.due_at.getTime(), next.held_until?.getTime() ?? 0))
    if (at > now) {
      await askToSend(scoped, id, at)
      return undefined
    }
    const secrets = secretsOf(webhook, parts.home, now)
    if (secrets.length === 0) {
      if (next.epoch === null) await endUnsigned(scoped, next, id, now)
      else await pause(scoped, parts.clock, webhook, 'secret')
      return undefined
    }
    const heldUntil = new Date(now.getTime() + holdMs)
    await holdDelivery(scoped, next.id, heldUntil)
    const body = cloudEvent(await tenantUid(scoped), factOf(next, webhook))
    const headers = signed(next.id, body, now, secrets)
    return { id: next.id, isTest: next.epoch === null, heldUntil, url: webhook.url, body, headers }
  })

/** Ends a test that nothing can sign, and asks for what comes after it. */
async function endUnsigned(scoped: Scoped, { id, due_at }: Next, webhook: string, now: Date): Promise<void> {
  const { state } = step(delivery, { kind: 'pending', dueAt: due_at }, { kind: 'failed', next: undefined })
  await settleDelivery(scoped, id, {
    state: state.kind,
    dueAt: now,
    status: null,
    says: 'its secret does not open',
    now,
  })
  await askToSend(scoped, webhook)
}

const wordsFor = (posted: Came): string => {
  if (posted.kind === 'unanswered') return posted.says
  const { status } = posted
  if (isAccepted(status)) return 'accepted'
  if (status >= 300 && status < 400) return 'led elsewhere, which is not followed'
  return status === 410 ? 'wants no more' : 'did not accept it'
}

/** Gives a try back that the end of this process cut short: that is no fault of the receiver. */
const giveBack = ({ store }: Parts, scope: Scope, { id, heldUntil }: Try): Promise<void> =>
  withScope(store, scope, (scoped) => releaseDelivery(scoped, id, heldUntil))

/** Writes down what a try came to, unless somebody else has taken the delivery over meanwhile. */
const settle = ({ store, clock }: Parts, scope: Scope, id: string, tried: Try, posted: Came): Promise<void> =>
  withScope(store, scope, async (scoped) => {
    const webhook = await findSending(scoped, id)
    const held = webhook && (await findHeld(scoped, tried.id, tried.heldUntil))
    if (!held) return
    const now = clock.now()
    const status = posted.kind === 'answered' ? posted.status : null
    const accepted = status !== null && isAccepted(status)
    const isLast = tried.isTest || status === 410
    const retryAfter = posted.kind === 'answered' ? posted.retryAfter : undefined
    const next = isLast ? undefined : nextTry(held.tries, now, { retryAfter, chance: Math.random() })
    const event = accepted ? ({ kind: 'accepted' } as const) : ({ kind: 'failed', next } as const)
    const { state } = step(delivery, { kind: 'pending', dueAt: held.due_at }, event)
    const dueAt = state.kind === 'pending' ? state.dueAt : now
    await settleDelivery(scoped, tried.id, { state: state.kind, dueAt, status, says: wordsFor(posted), now })
    await judge(scoped, clock, webhook, { accepted, status, isTest: tried.isTest })
  })

/** What a try says of the webhook: a test that fails is no reason to pause it. */
async function judge(
  scoped: Scoped,
  clock: Clock,
  webhook: Sending,
  {
    accepted,
    status,
    isTest,
  }: { readonly accepted: boolean; readonly status: number | null; readonly isTest: boolean },
): Promise<void> {
  if (isTest) return
  const now = clock.now()
  await noteOutcome(scoped, webhook.id, { delivered: accepted, at: now })
  const by = accepted ? undefined : pausedBy(status, webhook.failing_since ?? now, now)
  if (by && webhook.state === 'active') await pause(scoped, clock, webhook, by)
}

/** Sends what waits for a webhook and is due, one after the other. */
export async function sendWaiting(parts: Parts, scope: Scope, webhook: string): Promise<void> {
  const { outward, log, signal } = parts
  for (let sent = 0; sent < inOneTurn; sent++) {
    if (signal.aborted) break
    const tried = await take(parts, scope, webhook)
    if (!tried) return
    const { url, headers, body } = tried
    const posted = await post({ url, headers, body, outward, log, signal, timeoutMs })
    if (posted.kind === 'abandoned') await giveBack(parts, scope, tried)
    else await settle(parts, scope, webhook, tried, posted)
  }
  await withScope(parts.store, scope, (scoped) => askToSend(scoped, webhook))
}
