import type { FastifyInstance } from 'fastify'
import { Ddi } from '#adapters/ddi/ddi.ts'
import { coapObserver } from '#adapters/probe/coap.ts'
import { httpObserver } from '#adapters/probe/http.ts'
import { authenticator } from '#platform/auth/index.ts'
import { authRoutes } from '#platform/auth/routes.ts'
import { forgetExpired } from '#platform/auth/tasks.ts'
import type { BlobStore } from '#platform/blob/store.ts'
import type { Clock } from '#platform/clock.ts'
import { type Store, systemScope } from '#platform/database/store.ts'
import type { EventKind } from '#platform/events/event.ts'
import type { Buckets } from '#platform/http/buckets.ts'
import { platformRoutes } from '#platform/http/routes.ts'
import { createServer, type Health } from '#platform/http/server.ts'
import type { Tls } from '#platform/http/tls.ts'
import type { TenantId } from '#platform/id.ts'
import type { Log } from '#platform/log.ts'
import type { Metrics } from '#platform/metrics.ts'
import type { Outward } from '#platform/outward.ts'
import type { Reaction } from '#platform/tasks/reaction.ts'
import type { Recurring, TaskHandlers } from '#platform/tasks/task.ts'
import { complianceRoutes } from './compliance/routes.ts'
import {
  deploymentCourier,
  deploymentFields,
  rereadDevices,
  tickDeployment,
  verifyReported,
} from './deployment/index.ts'
import { deploymentRoutes } from './deployment/routes.ts'
import { fillOutboxes, type Mailing } from './integrations/index.ts'
import { integrationsRoutes } from './integrations/routes.ts'
import { digests, forgetDeliveries, integrationsTasks } from './integrations/tasks.ts'
import { facts, outcomeOfFeed, readableKey, submitFeed, watchFeeds } from './intelligence/index.ts'
import { intelligenceRoutes } from './intelligence/routes.ts'
import { match } from './intelligence/tasks.ts'
import { deviceActionRoutes } from './inventory/device-action.routes.ts'
import { cycloneDx, type DeviceFieldsSql, inventoryFields } from './inventory/index.ts'
import { inventoryRoutes } from './inventory/routes.ts'
import { inventoryTasks, resumeActions, resumeImports } from './inventory/tasks.ts'
import { labCourier, tickLab } from './lab/index.ts'
import { labRoutes } from './lab/routes.ts'
import { verifyArtifact } from './releases/index.ts'
import { releasesRoutes } from './releases/routes.ts'
import { releasesTasks } from './releases/tasks.ts'
import { riskFields } from './risk/index.ts'
import { riskRoutes } from './risk/routes.ts'
import { decide } from './risk/tasks.ts'
import { signingRoutes } from './signing/routes.ts'

interface Parts {
  /** How often callers may ask is counted here, if not in buckets of this server’s own. */
  readonly buckets?: Buckets | undefined
  readonly store: Store
  readonly clock: Clock
  readonly log: Log
  readonly metrics: Metrics
  readonly health: Health
  /** The address that people use, if it is another than this server’s own. */
  readonly origin?: URL | undefined
  /** Given when the server itself speaks TLS. */
  readonly tls?: Tls | undefined
  /** The folder of the built console, where people are to have one. */
  readonly console?: string | undefined
  /** The signer’s public.json, or a copy of it. */
  readonly signerKeys: string
  /** SUTURE_HOME. */
  readonly home: string
  readonly blobs: BlobStore
  /** The most bytes of an SBOM. */
  readonly sbomBytes: number
  /** The most bytes of an artifact. */
  readonly artifactBytes: number
  /** How often devices are told to ask for work, in seconds. */
  readonly pollSeconds: number
  /** Where webhooks may go. */
  readonly outward: Outward
  /** How mail is sent, where it is. */
  readonly mailing: Mailing | undefined
}

/** Who reads the identities of devices, by protocol. */
const observers = { http: httpObserver, coap: coapObserver }

/** Who has work for devices, in the order in which they are asked: a rig is the lab's, every other device a rollout's. */
const couriersWith = (parts: Pick<Parts, 'clock' | 'signerKeys'>) => [labCourier(parts.clock), deploymentCourier(parts)]

/** What can be asked of a device, phase by phase. */
const fields: DeviceFieldsSql = { ...inventoryFields(readableKey), ...riskFields, ...deploymentFields }

/** The composition root: the only file that knows every slice. */
export const createApp = (parts: Parts): Promise<FastifyInstance> =>
  createServer({
    ...parts,
    origin: parts.origin,
    authenticate: authenticator(parts.store, parts.clock),
    credentialEvents,
    routes: [
      platformRoutes,
      authRoutes,
      signingRoutes(parts.signerKeys),
      inventoryRoutes({ ...parts, fields }),
      deviceActionRoutes({ fields }),
      releasesRoutes(parts),
      labRoutes({ observers, home: parts.home }),
      intelligenceRoutes,
      riskRoutes,
      deploymentRoutes({ ...parts, observers, fields }),
      complianceRoutes(parts.signerKeys),
      integrationsRoutes(parts),
    ],
    doors: [
      (app, buckets) => new Ddi({ ...parts, buckets, origin: parts.origin, couriers: couriersWith(parts) }).routes(app),
    ],
  })

/** After these a session or token may have stopped working, or may do less: the streams that it opened are checked. */
const credentialEvents: ReadonlySet<EventKind> = new Set([
  'session.ended',
  'token.revoked',
  'user.changed',
  'user.password-changed',
  'user.invited-again',
])

/** Who does which task. */
export const handlersWith = (
  given: Pick<Parts, 'signerKeys' | 'sbomBytes' | 'home' | 'outward' | 'log'> & {
    readonly blobs: Pick<BlobStore, 'path'>
  },
): TaskHandlers => ({
  ...inventoryTasks(given),
  'intelligence/match': match,
  'risk/decide': decide,
  ...releasesTasks(given.signerKeys),
  ...integrationsTasks(given),
})

/** Work whose time has come again: it is decided from stored state and the clock, tenant by tenant. */
interface Turn {
  readonly name: string
  /** In milliseconds. */
  readonly everyMs: number
  readonly run: (tenant: TenantId, isFresh: boolean) => Promise<readonly unknown[]>
}

interface Working extends Pick<Parts, 'store' | 'clock' | 'home' | 'signerKeys' | 'pollSeconds'> {
  /** For how long a reading of a device counts, in milliseconds. */
  readonly rereadMs: number
}

/**
 * What is looked at several times a second. Deciding and reading are turns of their own: a device that answers slowly
 * must not keep the heartbeat waiting.
 */
/** A turn in which nothing failed by itself. */
const allWell = (): readonly unknown[] => []

export function turnsWith({ store, clock, home, rereadMs, ...given }: Working): readonly Turn[] {
  const parts = { ...given, clock, observers }
  const own = (tenant: TenantId) => systemScope(tenant, 'deployment')
  return [
    {
      name: 'lab',
      everyMs: 250,
      run: (tenant, isFresh) => tickLab(store, clock, systemScope(tenant, 'lab'), { observers, home, isFresh }),
    },
    {
      name: 'deployment',
      everyMs: 300,
      run: (tenant, isFresh) => tickDeployment(store, own(tenant), parts, isFresh),
    },
    {
      name: 'verification',
      everyMs: 300,
      run: (tenant) => verifyReported(store, own(tenant), parts).then(allWell),
    },
    {
      name: 'webhooks',
      everyMs: 500,
      run: (tenant) => fillOutboxes(store, clock, tenant).then(allWell),
    },
    {
      name: 'reading again',
      everyMs: Math.min(60_000, Math.max(1000, rereadMs / 4)),
      run: (tenant) => rereadDevices(store, own(tenant), parts, rereadMs).then(allWell),
    },
  ]
}

/** Which events of earlier phases later ones react to: the only place where news travels on. */
export const reactions: readonly Reaction[] = [
  { on: ['bill.created', 'knowledge.imported'], task: 'intelligence/match' },
  {
    on: [
      'knowledge.imported',
      'matches.changed',
      'devices.imported',
      'device.admitted',
      'device.bill-adopted',
      'bill.imported',
    ],
    task: 'risk/decide',
  },
]

/** What comes round by itself. */
const recurring: readonly Recurring[] = [forgetExpired, resumeImports, resumeActions, forgetDeliveries]

/** Who works in a process: an SBOM and a slow receiver may take long, and so they have places of their own. */
export function crewsWith(given: Parameters<typeof handlersWith>[0] & Pick<Parts, 'mailing'>) {
  const { 'inventory/take-sbom': take, 'integrations/send': send, ...others } = handlersWith(given)
  return [
    { handlers: others, recurring: [...recurring, digests(given.mailing)], places: 4 },
    { handlers: { 'inventory/take-sbom': take }, recurring: [], places: 2 },
    { handlers: { 'integrations/send': send }, recurring: [], places: 4 },
  ]
}

/** The documents of facts that arrive as files: taken in beside the worker, and put there by whoever runs the machine. */
export const feeds = { watch: watchFeeds, submit: submitFeed, outcome: outcomeOfFeed }

/** What reads untrusted bytes, each in a process of its own. */
export const sandboxed = [cycloneDx, facts, verifyArtifact].map(({ entry }) => entry)
