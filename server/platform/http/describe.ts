import { type AnyEndpoint, creates } from '@suture/contract/endpoint.ts'
import { Problem } from '@suture/contract/problem.ts'
import type { FastifySchema } from 'fastify'
import { z } from 'zod'

const IdempotencyKey = z
  .string()
  .regex(/^("[\x20\x21\x23-\x7e]{1,200}"|[\x21\x23-\x7e]{1,200})$/, 'a string of up to 200 printable ASCII characters')
  .describe(
    'A new UUID for each thing that is to be made: sent again with the same key, the call is answered as before',
  )
const IfMatch = z
  .string()
  .max(1000)
  .describe('Needed: the ETag that the thing was read with; `*` for whatever it is now')
const IfNoneMatch = z.string().max(1000).describe('The ETag of an earlier answer: 304 when this one would be the same')

/** `inviteUser` as a title: Invite user. */
const inWords = (id: string): string =>
  id
    .replace(/^./, (first) => first.toUpperCase())
    .replaceAll(/[A-Z]/g, (letter, at) => (at === 0 ? letter : ` ${letter.toLowerCase()}`))

/** An endpoint as Fastify checks it and as the API’s description tells it. */
export const schemaOf = (endpoint: AnyEndpoint): FastifySchema => ({
  operationId: endpoint.id,
  summary: inWords(endpoint.id),
  tags: [endpoint.tag],
  description: `${endpoint.summary}\n\nPermission: ${endpoint.may}. May refuse: ${endpoint.refusals.map((code) => `\`${code}\``).join(', ') || 'only what any endpoint may'}.`,
  ...(endpoint.may === 'anyone' ? { security: [] } : {}),
  params: endpoint.params,
  querystring: endpoint.query,
  ...headersOf(endpoint),
  ...bodyOf(endpoint),
  response: {
    [endpoint.status]: successOf(endpoint),
    default: Problem,
  },
})

/** The headers with a meaning of their own; all others are let through as they are. */
const headersOf = (endpoint: AnyEndpoint): FastifySchema => {
  if (creates(endpoint)) return { headers: z.looseObject({ 'idempotency-key': IdempotencyKey.optional() }) }
  // Optional, so that a request without it is refused with the way out and not as malformed.
  if (endpoint.edits) return { headers: z.looseObject({ 'if-match': IfMatch.optional() }) }
  if (endpoint.method !== 'GET' || endpoint.kind !== 'once') return {}
  return { headers: z.looseObject({ 'if-none-match': IfNoneMatch.optional() }) }
}

const bodyOf = ({ kind, media, maxBytes, body }: AnyEndpoint): FastifySchema => {
  if (kind !== 'upload') return body instanceof z.ZodUndefined ? {} : { body }
  // The bytes as they are; up to so many, unless the server is set to another number.
  const bytes = z.any().meta({ type: 'string', format: 'binary', maxLength: maxBytes })
  return { consumes: [media], body: bytes }
}

const successOf = ({ status, kind, reply }: AnyEndpoint) => {
  if (kind === 'events') {
    const description =
      'Server-sent events: the `data` of each message is one of these, its `id` the place to go on from'
    return { description, content: { 'text/event-stream': { schema: reply } } }
  }
  return status === 204 ? z.undefined().describe('Done; there is nothing to tell') : reply
}
