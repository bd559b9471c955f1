import { type AnyEndpoint, apiBase, creates } from '@suture/contract/endpoint.ts'
import type { FastifyInstance, FastifyReply, FastifyRequest, RouteOptions } from 'fastify'
import type { z } from 'zod'
import type { Clock } from '#platform/clock.ts'
import type { Store } from '#platform/database/store.ts'
import type { Outbox } from '#platform/events/outbox.ts'
import { Refusal } from '#platform/refusal.ts'
import type { Buckets } from './buckets.ts'
import { type Authenticate, type Caller, isSecure, mayBeCrossSite, secretOf, sessionCookie } from './caller.ts'
import { schemaOf } from './describe.ts'
import { editIfSame, etagOf, hasAlready, nameOf } from './etag.ts'
import { streamEvents } from './event-stream.ts'
import { answerOnce, keyedBy } from './repeat.ts'
import type { Streams } from './streams.ts'
import { takeBytes, type Upload, uploadOf } from './upload.ts'

/** What a handler is given: the parsed request, and the caller wherever the endpoint demands one. */
type Context<E extends AnyEndpoint> = {
  readonly params: z.output<E['params']>
  readonly query: z.output<E['query']>
  readonly body: z.output<E['body']>
  /**
   * The database, for what is to be done. What a call creates or edits is done with this one alone: it is one transaction
   * with the answer that is kept for a repetition, or with the comparison with what the caller saw.
   */
  readonly store: Store
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
  readonly store: Store
  readonly clock: Clock
  readonly authenticate: Authenticate
  readonly streams: Streams
  readonly buckets: Buckets
  /** What is done at each endpoint, by its name. */
  readonly handlers: Map<string, Handler<AnyEndpoint>>
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

/** The account that a request is about when nobody is known yet, however it is written. */
const accountIn = (body: unknown): string =>
  String((body as { login?: string } | undefined)?.login ?? '')
    .trim()
    .toLowerCase()

type Callers = WeakMap<FastifyRequest, Caller>

const contextOf = (
  endpoint: AnyEndpoint,
  { request, reply, gone, caller }: Asked,
  { origin, store }: Doors,
): Context<AnyEndpoint> =>
  ({
    params: request.params,
    query: request.query,
    body: request.body,
    store,
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
  if (endpoint.kind === 'events') {
    const told: unknown = await handle(context)
    return streamEvents(endpoint, told as AsyncIterable<{ id: string; data: unknown }>, reply, gone.signal)
  }
  const text = await textOf(endpoint, asked, context, handle, doors)
  reply.code(endpoint.status)
  if (endpoint.status === 204) return reply.send()
  if (endpoint.method === 'GET') {
    const etag = etagOf(text)
    reply.header('etag', etag).header('cache-control', 'private, no-cache')
    if (hasAlready(request.headers['if-none-match'], etag)) return reply.code(304).send()
  }
  return reply.type('application/json; charset=utf-8').send(text)
}

/** What a handler tells, as it is sent: through the schema of the reply, so that nothing else gets out. */
const written = (endpoint: AnyEndpoint, told: unknown): string => JSON.stringify(endpoint.reply.encode(told)) ?? ''

/** The text of the answer; what creates or edits is done once, or not at all. */
async function textOf(
  endpoint: AnyEndpoint,
  { request, reply, caller }: Asked,
  context: Context<AnyEndpoint>,
  handle: Handler<AnyEndpoint>,
  doors: Doors,
): Promise<string> {
  const by = (each: AnyEndpoint, does: Handler<AnyEndpoint>) => async (store: Store) =>
    written(each, await does({ ...context, store }))
  const shown = secretOf(request, isSecure(doors.origin))
  if (!caller || !shown) return by(endpoint, handle)(doors.store)
  const { store, clock } = doors
  const { scope } = caller
  const keyed = creates(endpoint) ? keyedBy(endpoint, request, shown.secret) : undefined
  if (keyed) return answerOnce({ store, clock, scope, keyed }, by(endpoint, handle))
  const { edits } = endpoint
  if (!edits) return by(endpoint, handle)(store)
  const show = doors.handlers.get(edits.id)
  if (!show) throw new Error(`Nothing shows what ${endpoint.id} edits`)
  const ifMatch = request.headers['if-match']
  const what = nameOf(edits, request.params)
  const { text, etag } = await editIfSame({
    store,
    scope,
    ifMatch,
    what,
    show: by(edits, show),
    edit: by(endpoint, handle),
  })
  reply.header('etag', etag)
  return text
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
  config: { endpoint: endpoint.id, media: endpoint.media },
  bodyLimit: endpoint.maxBytes,
  // A HEAD request for a stream would wait for the stream's end.
  ...(endpoint.kind === 'events' ? { exposeHeadRoute: false } : {}),
  // Before the body is read: a stranger cannot make the server parse anything.
  onRequest: async (request) => {
    const caller = await admit(endpoint, request, doors)
    if (!caller) return
    callers.set(request, caller)
    // Per credential that was found good, and never per address, because whole sites sit behind one.
    doors.buckets.take(`${endpoint.id} ${caller.credential.toString('base64')}`, endpoint.perMinute)
  },
  preHandler: async (request) => {
    if (endpoint.may === 'anyone') doors.buckets.take(`${endpoint.id} ${accountIn(request.body)}`, endpoint.perMinute)
  },
  handler: async (request, reply) => {
    const gone = new AbortController()
    reply.raw.once('close', () => gone.abort())
    return answer(endpoint, { request, reply, gone, caller: callers.get(request) }, handle, doors)
  },
})

/** Makes `serve` for a server; every endpoint passes the same door. */
export const servingOn = (given: Omit<Doors, 'handlers'>): Serve => {
  const callers: Callers = new WeakMap()
  const doors: Doors = { ...given, handlers: new Map() }
  return (promised, handle, limits) => {
    const endpoint = { ...promised, ...limits }
    doors.handlers.set(endpoint.id, handle as Handler<AnyEndpoint>)
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
