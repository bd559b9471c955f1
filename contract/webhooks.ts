import { z } from 'zod'
import { subjects } from './changes.ts'
import { endpoint } from './endpoint.ts'
import { Instant } from './instant.ts'
import { page, pageQuery } from './paging.ts'
import { type DeliveryState, deliveryStates, webhookPauses, webhookStates } from './states.ts'
import { PlainText, Text } from './text.ts'

/** As many webhooks as a tenant has. */
export const mostWebhooks = 20

/** How long a replaced secret still signs beside the new one, in hours. */
export const secretOverlapHours = 24

/** Everything that an event can be about: the first part of its kind. */
const eventThings: readonly string[] = [
  ...new Set([...Object.values(subjects).flatMap(({ events }) => events), 'database']),
].sort()

/** One kind of event, as in `rollout.stopped`, or all of one thing, as in `rollout`. */
const Kind = z
  .string()
  .max(64)
  .regex(/^[a-z]+(-[a-z]+)*(\.[a-z]+(-[a-z]+)*)?$/, 'a kind of event, as in rollout.stopped, or a thing, as in rollout')
  .refine((kind) => eventThings.includes(kind.split('.')[0] ?? ''), {
    error: `no event is about that; there are ${eventThings.join(', ')}`,
  })

const Name = Text.trim().min(1).max(80)
const Address = PlainText.min(1).max(500)
const Kinds = z.array(Kind).max(40)
const id = z.object({ id: z.uuid() })

const Webhook = z.object({
  id: z.uuid(),
  name: z.string(),
  /** The whole of it only for whoever may manage webhooks; for others its origin, as the rest often stands for a login. */
  url: z.string(),
  kinds: z.array(z.string()),
  state: z.enum(webhookStates),
  /** Why it is paused. */
  pausedBy: z.enum(webhookPauses).nullable(),
  /** Until when the secret before this one signs as well. */
  overlapUntil: Instant.nullable(),
  /** In whose standing it reads the record: whoever made it, had it go on or sent it elsewhere last. */
  maker: z.uuid(),
  createdAt: Instant,
})

/** A webhook with how it goes. */
const Going = Webhook.extend({
  waiting: z.int(),
  dead: z.int(),
  deliveredAt: Instant.nullable(),
  failingSince: Instant.nullable(),
})

/** The secret is in this reply and nowhere else. */
const WithSecret = z.object({ webhook: Webhook, secret: z.string() })

const Delivery = z.object({
  /** What the header `webhook-id` says, in every try. */
  id: z.uuid(),
  webhook: z.uuid(),
  kind: z.string(),
  subject: z.string(),
  /** When it happened. */
  at: Instant,
  isTest: z.boolean(),
  state: z.enum(deliveryStates),
  tries: z.int(),
  /** When it is tried next; null when it is over, or its turn has not come. */
  dueAt: Instant.nullable(),
  /** What the last try came to. */
  answer: z.object({ at: Instant, status: z.int().nullable(), says: z.string() }).nullable(),
})

export const listWebhooks = endpoint({
  id: 'listWebhooks',
  method: 'GET',
  path: '/webhooks',
  may: 'integrations:read',
  tag: 'Webhooks',
  summary:
    'The webhooks by name, how each goes, and where this server may send at all; never their secrets, and whole addresses only for whoever may manage them.',
  reply: z.object({ items: z.array(Going), mayGoTo: z.array(z.string()) }),
  refusals: ['auth/all-sites-needed'],
})

export const getWebhook = endpoint({
  id: 'getWebhook',
  method: 'GET',
  path: '/webhooks/{id}',
  may: 'integrations:read',
  tag: 'Webhooks',
  summary: 'One webhook.',
  params: id,
  reply: Webhook,
  refusals: ['integrations/webhook-unknown', 'auth/all-sites-needed'],
})

export const createWebhook = endpoint({
  id: 'createWebhook',
  method: 'POST',
  path: '/webhooks',
  may: 'integrations:manage',
  tag: 'Webhooks',
  summary: 'Has events of the named kinds sent to an address, from now on; without a kind nothing is sent.',
  body: z.strictObject({ name: Name, url: Address, kinds: Kinds.default([]) }),
  reply: WithSecret,
  status: 201,
  refusals: [
    'auth/person-needed',
    'auth/all-sites-needed',
    'integrations/address-refused',
    'integrations/name-taken',
    'integrations/too-many-webhooks',
  ],
})

export const changeWebhook = endpoint({
  id: 'changeWebhook',
  method: 'PATCH',
  path: '/webhooks/{id}',
  may: 'integrations:manage',
  tag: 'Webhooks',
  summary: 'Changes where a webhook sends and what, pauses it, or lets it go on from where it stopped.',
  params: id,
  edits: getWebhook,
  body: z
    .strictObject({
      name: Name.optional(),
      url: Address.optional(),
      kinds: Kinds.optional(),
      state: z.enum(webhookStates).optional(),
    })
    .refine((change) => Object.values(change).some((part) => part !== undefined), 'names nothing to change'),
  reply: Webhook,
  refusals: [
    'auth/all-sites-needed',
    'auth/person-needed',
    'auth/not-permitted',
    'integrations/webhook-unknown',
    'integrations/address-refused',
    'integrations/name-taken',
  ],
})

export const removeWebhook = endpoint({
  id: 'removeWebhook',
  method: 'DELETE',
  path: '/webhooks/{id}',
  may: 'integrations:manage',
  tag: 'Webhooks',
  summary: 'Removes a webhook with everything that it had not sent.',
  params: id,
  reply: Webhook,
  refusals: ['auth/all-sites-needed', 'integrations/webhook-unknown'],
})

export const rotateWebhookSecret = endpoint({
  id: 'rotateWebhookSecret',
  method: 'POST',
  path: '/webhooks/{id}/secret',
  may: 'integrations:manage',
  tag: 'Webhooks',
  summary: `Makes a new secret; for ${secretOverlapHours} hours every message is signed with the one before as well.`,
  params: id,
  reply: WithSecret,
  status: 201,
  refusals: ['auth/person-needed', 'auth/all-sites-needed', 'integrations/webhook-unknown'],
})

export const testWebhook = endpoint({
  id: 'testWebhook',
  method: 'POST',
  path: '/webhooks/{id}/test',
  may: 'integrations:manage',
  tag: 'Webhooks',
  summary: 'Sends a test before everything that waits, once, even while the webhook is paused.',
  params: id,
  reply: Delivery,
  status: 201,
  perMinute: 30,
  refusals: ['auth/all-sites-needed', 'integrations/webhook-unknown', 'integrations/address-refused'],
})

export const listDeliveries = endpoint({
  id: 'listDeliveries',
  method: 'GET',
  path: '/webhook-deliveries',
  may: 'integrations:read',
  tag: 'Webhooks',
  summary: 'What was sent and what is to be, newest first, with what the receiver answered.',
  query: z.strictObject({
    ...pageQuery,
    webhook: z.uuid().optional(),
    state: z.enum(deliveryStates).optional(),
  }),
  reply: page(Delivery),
  refusals: ['http/bad-cursor', 'auth/all-sites-needed'],
})

export const replayDeliveries = endpoint({
  id: 'replayDeliveries',
  method: 'POST',
  path: '/webhooks/{id}/replay',
  may: 'integrations:manage',
  tag: 'Webhooks',
  summary: 'Sends one delivery again, or all dead ones, each with the id that it had.',
  params: id,
  body: z.strictObject({ delivery: z.uuid().optional() }),
  reply: z.object({ replayed: z.int() }),
  refusals: ['auth/all-sites-needed', 'integrations/webhook-unknown', 'integrations/delivery-unknown'],
})

/** Whether a delivery can be sent again. */
export const canReplay = ({ state, isTest }: { readonly state: DeliveryState; readonly isTest: boolean }): boolean =>
  state !== 'pending' && !isTest
