import { z } from 'zod'
import { endpoint } from './endpoint.ts'
import { Instant } from './instant.ts'
import { page, pageQuery } from './paging.ts'
import { PlainText } from './text.ts'

export const listRefusals = endpoint({
  id: 'listRefusals',
  method: 'GET',
  path: '/refusals',
  may: 'anyone',
  tag: 'Reference',
  summary: 'Everything Suture can refuse: the code, the reason and the way out.',
  reply: z.array(z.object({ code: z.string(), status: z.int(), says: z.string(), remedy: z.string() })),
})

const EventRecord = z.object({
  position: z.string(),
  at: Instant,
  kind: z.string(),
  actor: z.object({ kind: z.enum(['user', 'token', 'system']), id: z.string(), name: z.string() }),
  subject: z.string(),
  detail: z.record(z.string(), z.unknown()),
})

export const listEvents = endpoint({
  id: 'listEvents',
  method: 'GET',
  path: '/events',
  may: 'platform:read-events',
  tag: 'Record',
  summary: 'The record of who did what, newest first.',
  query: z.strictObject({
    ...pageQuery,
    /** One kind, as in `user.changed`, or all of one thing, as in `user`. */
    kind: PlainText.max(64).optional(),
    /** The id of the person, the token or the part of the server that did it. */
    actor: PlainText.max(200).optional(),
    subject: PlainText.max(200).optional(),
  }),
  reply: page(EventRecord),
  refusals: ['http/bad-cursor', 'auth/all-sites-needed'],
})

export const followEvents = endpoint({
  id: 'followEvents',
  method: 'GET',
  path: '/events/stream',
  may: 'platform:read-events',
  tag: 'Record',
  summary:
    'The record as it grows, one event a message; `Last-Event-ID` or `after` goes on where an earlier stream ended.',
  query: z.strictObject({ after: z.string().max(64).optional() }),
  kind: 'events',
  reply: EventRecord,
  refusals: ['http/bad-cursor', 'http/too-many-streams', 'auth/all-sites-needed'],
})
