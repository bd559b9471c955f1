import { randomUUID } from 'node:crypto'
import type { Server } from 'node:https'
import cookie from '@fastify/cookie'
import helmet from '@fastify/helmet'
import { usualBytes } from '@suture/contract/endpoint.ts'
import { maxJsonDepth, nestsDeeperThan } from '@suture/trust/json-depth.ts'
import Fastify, { type FastifyInstance, LogController } from 'fastify'
import { serializerCompiler, validatorCompiler } from 'fastify-type-provider-zod'
import type { Clock } from '#platform/clock.ts'
import type { Store } from '#platform/database/store.ts'
import type { EventKind } from '#platform/events/event.ts'
import { Outbox } from '#platform/events/outbox.ts'
import type { Log } from '#platform/log.ts'
import type { Metrics } from '#platform/metrics.ts'
import { Refusal } from '#platform/refusal.ts'
import { boundBodies, type Pace } from './body.ts'
import { Buckets } from './buckets.ts'
import { type Authenticate, isOurHost, isSecure } from './caller.ts'
import { type Pages, serveConsole } from './console.ts'
import { describeApi } from './openapi.ts'
import { asRefusal, refuseAtSocket, sendProblem } from './problem.ts'
import { type Routes, servingOn } from './serve.ts'
import { boundSockets, type Sockets, usualSockets, welcomeBodies } from './sockets.ts'
import { stopInOrder } from './stop.ts'
import { Streams } from './streams.ts'
import { followCertificate, type Tls, tlsOptions } from './tls.ts'

/** What `/health` tells: the server is ready when every one of these is. */
export type Health = () => Promise<Readonly<Record<string, 'ok' | 'down' | 'not-started'>>>

interface Parts {
  readonly store: Store
  readonly clock: Clock
  readonly log: Log
  readonly metrics: Metrics
  readonly authenticate: Authenticate
  readonly health: Health
  /** After these a session or token may have stopped working, or may do less. */
  readonly credentialEvents: ReadonlySet<EventKind>
  readonly routes: readonly Routes[]
  /** Doors beside the contract: those of devices, whose protocols others wrote. */
  readonly doors?: readonly ((app: FastifyInstance, buckets: Buckets) => void)[]
  /** The folder of the built console, where people are to have one. */
  readonly console?: string | undefined
  /** The address that people use, if it is another than this server’s own. */
  readonly origin: URL | undefined
  /** Given when the server itself speaks TLS; `origin` is an https address then. */
  readonly tls?: Tls | undefined
  /** How often callers may ask is counted here, if not in buckets of this server’s own. */
  readonly buckets?: Buckets | undefined
  /** How fast a request body must come, if not as usual. */
  readonly pace?: Pace
  /** How many connections there may be, and how long one may say nothing, if not as usual. */
  readonly sockets?: Sockets
}

/** Fastify with our bounds, and our words for what it refuses. */
function bareServer({ log, metrics, tls, sockets = usualSockets }: Parts): FastifyInstance {
  const app = Fastify({
    loggerInstance: log.child({}),
    logController: new LogController({ disableRequestLogging: true, requestIdLogLabel: 'incident' }),
    genReqId: () => randomUUID(),
    bodyLimit: usualBytes,
    // Bodies have a bound of their own, which grows with their length: see `boundBodies`.
    requestTimeout: 0,
    connectionTimeout: 60_000,
    http: { connectionsCheckingInterval: sockets.checkMs },
    keepAliveTimeout: 72_000,
    // When the requests under way have finished: see `stopInOrder`, which also answers new ones meanwhile.
    forceCloseConnections: true,
    return503OnClosing: false,
    routerOptions: { maxParamLength: 200 },
    frameworkErrors: sendProblem,
    clientErrorHandler: refuseAtSocket,
    ...(tls ? { https: { ...tlsOptions(tls), connectionsCheckingInterval: sockets.checkMs } } : {}),
  }) as unknown as FastifyInstance
  app.setValidatorCompiler(validatorCompiler)
  app.setSerializerCompiler(serializerCompiler)
  app.setErrorHandler<Error>((error, request, reply) => {
    const refusal = asRefusal(error, request)
    if (refusal) metrics.refusals.inc({ code: refusal.code })
    return sendProblem(error, request, reply)
  })
  boundSockets(app, sockets)
  if (tls) {
    const leave = followCertificate(app.server as unknown as Server, tls, log)
    app.addHook('onClose', async () => leave())
  }
  return app
}

/** Builds the HTTP server with every route; it listens nowhere yet. */
export async function createServer(parts: Parts): Promise<FastifyInstance> {
  const app = bareServer(parts)
  let pages: Pages = () => false
  app.setNotFoundHandler((request, reply) =>
    pages(request, reply) ? reply : sendProblem(new Refusal('http/no-such-endpoint'), request, reply),
  )
  app.addHook('onRequest', async ({ headers }) => {
    if (!isOurHost(headers.host, parts.origin)) throw new Refusal('http/wrong-host')
  })
  welcomeBodies(app)
  boundBodies(app, parts.pace)
  readJsonSafely(app)
  measure(app, parts.metrics)
  await app.register(helmet, {
    contentSecurityPolicy: {
      useDefaults: false,
      directives: { 'default-src': ["'none'"], 'frame-ancestors': ["'none'"] },
    },
    // Whoever was told so could not go on past a certificate that no browser knows.
    strictTransportSecurity: isSecure(parts.origin) && !parts.tls?.isSelfSigned,
  })
  const buckets = parts.buckets ?? new Buckets()
  const streams = new Streams(parts.authenticate, parts.log)
  const outbox = new Outbox(parts.store, {
    // Before the news goes out: nobody reads past the event that took their right to.
    before: async (tenant, rows) => {
      if (rows.some(({ kind }) => parts.credentialEvents.has(kind as EventKind))) await streams.recheck(tenant)
    },
  })
  stopInOrder(app, streams)
  await app.register(cookie)
  await describeApi(app)
  answerProbes(app, parts)
  const serve = servingOn({ ...parts, app, streams, buckets })
  for (const routes of parts.routes) routes({ serve, store: parts.store, clock: parts.clock, outbox })
  for (const door of parts.doors ?? []) door(app, buckets)
  if (parts.console !== undefined) pages = await serveConsole(app, parts.console, isSecure(parts.origin))
  return app
}

/** What whoever watches over the server asks: whether it can work, and what it has counted. Neither names a tenant. */
function answerProbes(app: FastifyInstance, { health, metrics: { registry } }: Parts): void {
  app.get('/health', { schema: { hide: true } }, async (_request, reply) => {
    const state = await health()
    return reply.code(Object.values(state).includes('down') ? 503 : 200).send(state)
  })
  app.get('/metrics', { schema: { hide: true } }, async (_request, reply) =>
    reply.type(registry.contentType).send(await registry.metrics()),
  )
}

/** JSON only, not nested deeper than anyone needs, and never a way to an object's prototype. */
function readJsonSafely(app: FastifyInstance): void {
  const parse = app.getDefaultJsonParser('error', 'error')
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('application/json', { parseAs: 'buffer' }, (request, body: Buffer, done) => {
    if (nestsDeeperThan(body, maxJsonDepth)) return done(new Refusal('http/too-deep'))
    return parse(request, body.toString('utf8'), done)
  })
}

function measure(app: FastifyInstance, metrics: Metrics): void {
  app.addHook('onResponse', async (request, reply) => {
    const operation = request.routeOptions.config.endpoint ?? 'other'
    metrics.requests.observe({ operation, status: String(reply.statusCode) }, reply.elapsedTime / 1000)
    if (operation !== 'other')
      request.log.info({ operation, status: reply.statusCode, ms: Math.round(reply.elapsedTime) }, 'answered')
  })
}
