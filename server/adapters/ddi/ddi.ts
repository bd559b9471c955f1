import { ControllerId } from '@suture/contract/device-row.ts'
import type { FastifyInstance, FastifyReply, FastifyRequest, RouteShorthandOptions } from 'fastify'
import { z } from 'zod'
import type { BlobStore } from '#platform/blob/store.ts'
import type { Clock } from '#platform/clock.ts'
import { type Scoped, type Store, systemScope, withScope } from '#platform/database/store.ts'
import type { Buckets } from '#platform/http/buckets.ts'
import type { Log } from '#platform/log.ts'
import type { Metrics } from '#platform/metrics.ts'
import { Refusal } from '#platform/refusal.ts'
import { hashSecret } from '#platform/secret-hash.ts'
import { type Claimant, Edge } from '../../edge/index.ts'
import { gatewayOf, type KnownDevice, recordClaims, registerDevice } from '../../inventory/index.ts'
import type { Assignment, Courier, DeviceReport } from '../port.ts'
import { sendArtifact } from './artifact.ts'
import { artifactDocuments, baseDocument, cancelDocument, deploymentDocument, sleepOf } from './documents.ts'
import { createAssigned, createFeedback, createServed } from './orders.ts'
import { createPoll, identify, type Polled } from './poll.ts'
import { tenantByName } from './tenants.ts'
import { aboutCancel, aboutDeployment, ConfigData, Feedback } from './words.ts'

/** What the adapter works with. */
export interface DdiParts {
  readonly store: Store
  readonly clock: Clock
  readonly couriers: readonly Courier[]
  readonly blobs: BlobStore
  readonly buckets: Buckets
  readonly pollSeconds: number
  readonly log: Log
  readonly metrics: Metrics
  /** The address that devices use when a TLS proxy stands in front. */
  readonly origin: URL | undefined
}

interface Place {
  Params: { tenant: string; controllerId: string; action: string; file: string }
}
type Request = FastifyRequest<Place>

/** The bytes of what a device may post: SWUpdate sends its log along, tens of KiB of it. */
const bodyLimit = 256 * 1024
const ActionId = z.coerce.number().int().min(1).max(2_147_483_647)

const secretOf = ({ headers }: Request) =>
  /^(TargetToken|GatewayToken) ([\w-]{16,200})$/.exec(headers.authorization ?? '')

/**
 * How often a device may ask, counted for its own name and secret together: whoever has another secret cannot use up
 * what is a device's, and whole sites may sit behind one address.
 */
const paceIn =
  (buckets: Buckets) =>
  (perMinute: number): RouteShorthandOptions => ({
    schema: { hide: true } as object,
    // A device has no use for what browsers are told: its radio pays for each byte.
    helmet: false,
    onRequest: async ({ params, headers, routeOptions }: FastifyRequest) => {
      const { tenant, controllerId } = params as Place['Params']
      const secret = hashSecret(headers.authorization ?? '').toString('base64')
      buckets.take(`${routeOptions.url} ${tenant} ${controllerId} ${secret}`, perMinute)
    },
  })

/** Nobody is told why they are nobody: 401 with an empty body, as in hawkBit. */
const stranger = (reply: FastifyReply): FastifyReply => reply.code(401).send()

const parsed = <T extends z.ZodType>(shape: T, body: unknown): z.output<T> => {
  const read = shape.safeParse(body)
  if (read.success) return read.data
  const errors = read.error.issues.slice(0, 10).map(({ path, message }) => ({ field: `/${path.join('/')}`, message }))
  throw new Refusal('http/malformed', { errors })
}

/** What a device posted, or the refusal of it: a stranger is told neither. */
function wordOf(body: unknown, translate: typeof aboutDeployment): DeviceReport | Refusal {
  try {
    return translate(parsed(Feedback, body))
  } catch (error) {
    if (error instanceof Refusal) return error
    throw error
  }
}

/** A request by a device that showed its secret, inside a transaction of its tenant. */
interface Served {
  readonly scoped: Scoped
  readonly device: KnownDevice
}

/**
 * The device API of hawkBit, DDI v1, against which `interop/` runs SWUpdate. What a device says here is `claimed`, and
 * becomes a result only when it is read back.
 */
export class Ddi {
  readonly #parts: DdiParts
  readonly #edge: Edge
  readonly #poll: (claimant: Claimant) => Promise<Polled | undefined>
  readonly #assigned: ReturnType<typeof createAssigned>
  readonly #take: ReturnType<typeof createFeedback>
  readonly #served: ReturnType<typeof createServed>
  readonly #tenant: ReturnType<typeof tenantByName>

  constructor(parts: DdiParts) {
    this.#parts = parts
    this.#edge = new Edge(parts)
    this.#poll = createPoll({ ...parts, edge: this.#edge })
    this.#assigned = createAssigned(parts)
    this.#take = createFeedback(parts)
    this.#served = createServed(parts)
    this.#tenant = tenantByName(parts.store, parts.clock)
  }

  /** Adds the adapter's routes to a server. */
  routes(app: FastifyInstance): void {
    const pace = paceIn(this.#parts.buckets)
    app.addHook('onClose', () => this.#edge.close())
    const base = '/:tenant/controller/v1/:controllerId'
    const files = `${base}/softwaremodules/:action/artifacts`
    const file = `${files}/:file`
    app.get<Place>(base, pace(600), (request, reply) => this.#base(request, reply))
    app.put<Place>(`${base}/configData`, { ...pace(120), bodyLimit }, (request, reply) => this.#facts(request, reply))
    app.get<Place>(`${base}/deploymentBase/:action`, pace(600), (request, reply) => this.#deployment(request, reply))
    app.get<Place>(`${base}/cancelAction/:action`, pace(600), (request, reply) => this.#cancel(request, reply))
    const posts = { ...pace(600), bodyLimit }
    app.post<Place>(`${base}/deploymentBase/:action/feedback`, posts, (request, reply) =>
      this.#feedback(request, reply, aboutDeployment, 'install'),
    )
    app.post<Place>(`${base}/cancelAction/:action/feedback`, posts, (request, reply) =>
      this.#feedback(request, reply, aboutCancel, 'cancel'),
    )
    app.get<Place>(files, pace(600), (request, reply) => this.#artifacts(request, reply))
    app.get<Place>(file, { ...pace(6000), exposeHeadRoute: false }, (request, reply) => this.#artifact(request, reply))
    app.head<Place>(file, pace(6000), (request, reply) => this.#artifact(request, reply))
  }

  async #claimant(request: Request): Promise<Claimant | undefined> {
    const secret = secretOf(request)?.[2]
    // What is no name never gets into a batch: a NUL in it, which the database refuses, would fail everybody's poll.
    const controllerId = ControllerId.safeParse(request.params.controllerId).data
    if (secret === undefined || controllerId === undefined) return undefined
    const tenant = await this.#tenant(request.params.tenant)
    return tenant && { tenant, controllerId, hash: hashSecret(secret) }
  }

  /** Where a device finds its own part of the API: at the address under which it came. */
  #href({ headers, params, protocol }: Request): string {
    const { origin } = this.#parts
    const server = origin && headers.host === origin.host ? origin.origin : `${protocol}://${headers.host}`
    return `${server}/${encodeURIComponent(params.tenant)}/controller/v1/${encodeURIComponent(params.controllerId)}`
  }

  /** Does something for the device that asks, in one transaction; nobody else gets that far. */
  async #for<T>(request: Request, run: (served: Served) => Promise<T>): Promise<{ readonly done: T } | undefined> {
    const claimant = await this.#claimant(request)
    if (!claimant) return undefined
    return withScope(this.#parts.store, systemScope(claimant.tenant, 'ddi'), async (scoped) => {
      const device = (await identify(scoped, [claimant]))(claimant)
      return device && { done: await run({ scoped, device }) }
    })
  }

  /** A device that nobody knows and that shows a gateway's secret waits in quarantine for a person. */
  async #register(request: Request, claimant: Claimant): Promise<Polled | undefined> {
    if (secretOf(request)?.[1] !== 'GatewayToken') return undefined
    const { store, clock } = this.#parts
    try {
      return await withScope(store, systemScope(claimant.tenant, 'ddi'), async (scoped) => {
        if (!(await gatewayOf(scoped, claimant.hash))) return undefined
        const { device } = await registerDevice(scoped, clock, { controllerId: claimant.controllerId })
        return { device, assignment: undefined, wantsFacts: true, waits: false }
      })
    } catch (error) {
      // The name is somebody else's, or no name; a quarantine that is full is told as such.
      if (error instanceof Refusal && error.code !== 'inventory/quarantine-full') return undefined
      throw error
    }
  }

  async #base(request: Request, reply: FastifyReply): Promise<FastifyReply> {
    const claimant = await this.#claimant(request)
    const polled = claimant && ((await this.#poll(claimant)) ?? (await this.#register(request, claimant)))
    if (!polled) return stranger(reply)
    const sleep = sleepOf(this.#parts.pollSeconds, polled.device.id)
    return reply.send(baseDocument(this.#href(request), { ...polled, sleep }))
  }

  async #facts(request: Request, reply: FastifyReply): Promise<FastifyReply> {
    const told = await this.#for(request, async ({ scoped, device }) => {
      const { mode, data } = parsed(ConfigData, request.body)
      // What a device takes back stays what it once claimed.
      if (mode !== 'remove') await recordClaims(scoped, this.#parts.clock, device.id, data)
    })
    return told ? reply.code(200).send() : stranger(reply)
  }

  /** The assignment that the path names, of whichever courier has it; nothing at all for a stranger. */
  async #named(request: Request): Promise<{ readonly assignment: Assignment | undefined } | undefined> {
    const claimant = await this.#claimant(request)
    return claimant && this.#assigned({ claimant, actionId: ActionId.safeParse(request.params.action).data })
  }

  async #deployment(request: Request, reply: FastifyReply): Promise<FastifyReply> {
    const named = await this.#named(request)
    if (!named) return stranger(reply)
    if (named.assignment?.kind !== 'install') return reply.code(404).send()
    return reply.send(deploymentDocument(this.#href(request), named.assignment))
  }

  async #cancel(request: Request, reply: FastifyReply): Promise<FastifyReply> {
    const named = await this.#named(request)
    if (!named) return stranger(reply)
    return named.assignment?.kind === 'cancel'
      ? reply.send(cancelDocument(named.assignment.actionId))
      : reply.code(404).send()
  }

  async #artifacts(request: Request, reply: FastifyReply): Promise<FastifyReply> {
    const named = await this.#named(request)
    if (!named) return stranger(reply)
    if (named.assignment?.kind !== 'install') return reply.code(404).send()
    return reply.send(artifactDocuments(this.#href(request), named.assignment))
  }

  /** Only a device whose open assignment names these bytes gets them, and their MD5 in the format of `md5sum`. */
  async #artifact(request: Request, reply: FastifyReply): Promise<FastifyReply> {
    const named = await this.#named(request)
    if (!named) return stranger(reply)
    if (named.assignment?.kind !== 'install') return reply.code(404).send()
    const { artifact, actionId } = named.assignment
    const { file } = request.params
    if (file === `${artifact.fileName}.MD5SUM`)
      return reply.type('text/plain').send(`${artifact.md5}  ${artifact.fileName}\n`)
    if (file !== artifact.fileName) return reply.code(404).send()
    return sendArtifact(this.#parts.blobs, artifact, {
      request,
      reply,
      served: () => this.#noteServed(request, actionId),
    })
  }

  /** A download whose end is not noted is told by the device's next words. */
  #noteServed(request: Request, actionId: number): void {
    const note = async () => {
      const claimant = await this.#claimant(request)
      if (claimant) await this.#served({ claimant, actionId })
    }
    note().catch((error) => request.log.warn({ err: error }, 'the end of a download was not noted'))
  }

  /** Takes a device's word; it is answered only after the transaction that keeps the word has committed. */
  async #feedback(
    request: Request,
    reply: FastifyReply,
    translate: typeof aboutDeployment,
    about: Assignment['kind'],
  ): Promise<FastifyReply> {
    const claimant = await this.#claimant(request)
    const actionId = ActionId.safeParse(request.params.action).data
    const taken = claimant && (await this.#take({ claimant, actionId, about, said: wordOf(request.body, translate) }))
    if (taken === undefined) return stranger(reply)
    if (taken instanceof Refusal) throw taken
    return reply.code({ taken: 200, over: 410, unknown: 404, 'not-cancelling': 405 }[taken]).send()
  }
}
