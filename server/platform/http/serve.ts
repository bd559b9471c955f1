import type { RateLimitOptions } from '@fastify/rate-limit'
import { type AnyEndpoint, apiBase } from '@suture/contract/endpoint.ts'
import { Problem } from '@suture/contract/problem.ts'
import type { FastifyInstance, FastifyReply, FastifyRequest, FastifySchema, RouteOptions } from 'fastify'
import { z } from 'zod'
import type { Clock } from '#platform/clock.ts'
import type { Store } from '#platform/database/store.ts'
import type { Outbox } from '#platform/events/outbox.ts'
import type { Metrics } from '#platform/metrics.ts'
import { Refusal } from '#platform/refusal.ts'
import { type Authenticate, type Caller, isSecure, mayBeCrossSite, secretOf, sessionCookie } from './caller.ts'
import { streamEvents } from './event-stream.ts'
import type { Streams } from './streams.ts'
import { takeBytes, type Upload, uploadOf } from './upload.ts'

/** What a handler is given: the parsed request, and the caller wherever the endpoint demands one. */
type Context<E extends AnyEndpoint> = {
  readonly params: z.output<E['params']>
  readonly query: z.output<E['query']>
  readonly body: z.output<E['body']>
  readonly agent: string
  readonly lastEventId: string | undefined
  readonly signal: AbortSignal
  readonly session: { open(secret: string, expires: Date): void; close(): void }
} & (E['kind'] extends 'upload' ? Upload : unknown) &
  (E['may'] extends 'anyone' ? unknown : { readonly caller: Caller; readonly scope: Caller['scope'] })

type Handler<E extends AnyEndpoint> = (
  context: Context<E>,
) => E['kind'] extends 'events'
  ? Promise<AsyncIterable<{ id: string; data: z.output<E['reply']> }>>
  : Promise<z.output<E['reply']>> | z.output<E['reply']>

/** Where this server is set to another limit than the contract names. */
interface Limits {
  readonly maxBytes: number
}

/** Pairs a promise of the contract with the operation that keeps it. */
export type Serve = <E extends AnyEndpoint>(endpoint: E, handle: Handler<NoInfer<E>>, limits?: Limits) => void

/** What the routes of a slice are made with. */
interface Web {
  readonly serve: Serve
  readonly store: Store
  readonly clock: Clock
  readonly outbox: Outbox
}

/** The routes of one slice. */
export type Routes = (web: Web) => void

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The endpoint of the contract that a route keeps. */
    endpoint?: string
    /** The media type that it takes. */
    media?: string
  }
}

interface Doors {
  readonly app: FastifyInstance
  readonly authenticate: Authenticate
  readonly streams: Streams
  readonly metrics: Metrics
  /** The address that people use, if it is another than this server’s own. */
  readonly origin: URL | undefined
}

/** Who calls, or a refusal: nobody passes here without the permission that the endpoint names. */
async function admit(endpoint: AnyEndpoint, request: FastifyRequest, doors: Doors): Promise<Caller | undefined> {
  if (endpoint.may === 'anyone') return undefined
  const shown = secretOf(request, isSecure(doors.origin))
  const caller = shown && (await doors.authenticate(shown.secret, shown.kind))
  if (!caller) throw new Refusal('auth/not-signed-in')
  if (shown.kind === 'session' && mayBeCrossSite(request, doors.origin)) throw new Refusal('auth/cross-site')
  if (!mayCall(endpoint, caller)) throw new Refusal('auth/not-permitted', { permission: endpoint.may })
  return caller
}

const mayCall = ({ may }: AnyEndpoint, { permissions }: Caller): boolean =>
  may === 'anyone' || may === 'signed-in' || permissions.has(may)

/** Ends a stream or an upload as soon as its caller could not begin it again as they did. */
function keepWatch(
  endpoint: AnyEndpoint,
  request: FastifyRequest,
  caller: Caller | undefined,
  gone: AbortController,
  doors: Doors,
): void {
  const shown = secretOf(request, isSecure(doors.origin))
  if (!caller || !shown) throw new Error('A stream or an upload that anyone may begin has nobody to answer for it')
  const sites = String(caller.scope.sites)
  const may = (now: Caller) => mayCall(endpoint, now) && String(now.scope.sites) === sites
  doors.streams.open(caller, shown, { gone, may })
}

const sessionOf = (reply: FastifyReply, secure: boolean): Context<AnyEndpoint>['session'] => {
  const shape = { path: '/', httpOnly: true, sameSite: 'lax', secure } as const
  return {
    open: (secret, expires) => void reply.setCookie(sessionCookie(secure), secret, { ...shape, expires }),
    close: () => void reply.clearCookie(sessionCookie(secure), shape),
  }
}

/** `inviteUser` as a title: Invite user. */
const inWords = (id: string): string =>
  id
    .replace(/^./, (first) => first.toUpperCase())
    .replaceAll(/[A-Z]/g, (letter, at) => (at === 0 ? letter : ` ${letter.toLowerCase()}`))

const schemaOf = (endpoint: AnyEndpoint): FastifySchema => ({
  operationId: endpoint.id,
  summary: inWords(endpoint.id),
  tags: [endpoint.tag],
  description: `${endpoint.summary}\n\nPermission: ${endpoint.may}. May refuse: ${endpoint.refusals.map((code) => `\`${code}\``).join(', ') || 'only what any endpoint may'}.`,
  ...(endpoint.may === 'anyone' ? { security: [] } : {}),
  params: endpoint.params,
  querystring: endpoint.query,
  ...bodyOf(endpoint),
  response: {
    [endpoint.status]: successOf(endpoint),
    default: Problem,
  },
})

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

/**
 * How often a caller may ask: counted per credential that was found good, never per address, because whole sites sit
 * behind one. Where nobody is known yet, it is counted per account that the body names.
 */
const limitOf = (endpoint: AnyEndpoint, callers: WeakMap<FastifyRequest, Caller>): RateLimitOptions => {
  const accountOf = (body: unknown) =>
    String((body as { login?: string } | undefined)?.login ?? '')
      .trim()
      .toLowerCase()
  return {
    max: endpoint.perMinute,
    timeWindow: '1 minute',
    hook: endpoint.may === 'anyone' ? 'preHandler' : 'preParsing',
    keyGenerator: (request) => callers.get(request)?.credential.toString('base64') ?? accountOf(request.body),
  }
}

type Callers = WeakMap<FastifyRequest, Caller>

const contextOf = (
  endpoint: AnyEndpoint,
  { request, reply, gone, caller }: Asked,
  { origin }: Doors,
): Context<AnyEndpoint> =>
  ({
    params: request.params,
    query: request.query,
    body: request.body,
    agent: (request.headers['user-agent'] ?? '').slice(0, 200),
    lastEventId: request.headers['last-event-id']?.toString(),
    signal: gone.signal,
    session: sessionOf(reply, isSecure(origin)),
    caller,
    scope: caller?.scope,
    ...(endpoint.kind === 'upload' ? uploadOf(endpoint, request, gone.signal) : {}),
  }) as unknown as Context<AnyEndpoint>

/** A request that passed the door; `gone` when its client is, or its right. */
interface Asked {
  readonly request: FastifyRequest
  readonly reply: FastifyReply
  readonly gone: AbortController
  readonly caller: Caller | undefined
}

async function answer(endpoint: AnyEndpoint, asked: Asked, handle: Handler<AnyEndpoint>, doors: Doors) {
  const { request, reply, gone, caller } = asked
  const context = contextOf(endpoint, asked, doors)
  if (endpoint.kind !== 'once') keepWatch(endpoint, request, caller, gone, doors)
  const told: unknown = await handle(context)
  if (endpoint.kind === 'events')
    return streamEvents(endpoint, told as AsyncIterable<{ id: string; data: unknown }>, reply, gone.signal)
  return reply.code(endpoint.status).send(endpoint.status === 204 ? undefined : told)
}

const routeOf = (
  endpoint: AnyEndpoint,
  handle: Handler<AnyEndpoint>,
  doors: Doors,
  callers: Callers,
): RouteOptions => ({
  method: endpoint.method,
  url: apiBase + endpoint.path.replaceAll(/\{(\w+)\}/g, ':$1'),
  schema: schemaOf(endpoint),
  config: { endpoint: endpoint.id, media: endpoint.media, rateLimit: limitOf(endpoint, callers) },
  bodyLimit: endpoint.maxBytes,
  // A HEAD request for a stream would wait for the stream's end.
  ...(endpoint.kind === 'events' ? { exposeHeadRoute: false } : {}),
  // Before the body is read: a stranger cannot make the server parse anything.
  onRequest: async (request) => {
    const caller = await admit(endpoint, request, doors)
    if (caller) callers.set(request, caller)
  },
  handler: async (request, reply) => {
    const gone = new AbortController()
    reply.raw.once('close', () => gone.abort())
    return answer(endpoint, { request, reply, gone, caller: callers.get(request) }, handle, doors)
  },
})

/** Makes `serve` for a server; every endpoint passes the same door. */
export const servingOn = (doors: Doors): Serve => {
  const callers: Callers = new WeakMap()
  return (given, handle, limits) => {
    const endpoint = { ...given, ...limits }
    const route = routeOf(endpoint, handle as Handler<AnyEndpoint>, doors, callers)
    if (endpoint.kind !== 'upload') {
      doors.app.route(route)
      return
    }
    // In a room of its own, because there a body is not parsed.
    doors.app.register((room, _options, done) => {
      takeBytes(room, endpoint)
      room.route(route)
      done()
    })
  }
}
