import { z } from 'zod'
import { endpoint } from './endpoint.ts'
import { jobReasonCodes } from './reasons.ts'
import { finalJobStates } from './states.ts'
import { Line } from './text.ts'
import { updateStopCodes } from './update-gates.ts'

/** How a cluster is called: the same cause on the same revision has the same key in every rollout. */
const ClusterKey = z.string().regex(/^[0-9a-f]{8}$/, 'is the key that the list of clusters shows')

/** Whom a hold leaves out: devices of a revision, at all sites. */
const Hold = z.object({
  /** Have not come yet, or are to be tried again. */
  waiting: z.int(),
  /** Were offered it and have not begun to write: they are called back. */
  recalled: z.int(),
})

/** The devices whose last passage through a rollout failed for one cause on one revision. */
const Cluster = z.object({
  key: ClusterKey,
  class: z.enum(jobReasonCodes).nullable(),
  manufacturer: z.string(),
  model: z.string(),
  hardwareRevision: z.string(),
  devices: z.int(),
  states: z.array(z.object({ state: z.enum(finalJobStates), devices: z.int() })),
  /** The first few by name, so that somebody can look at one. */
  some: z.array(z.object({ id: z.uuid(), name: z.string() })),
  /** How many would be tried again now. */
  mayRetry: z.int(),
  /** What to hold the revision would leave out; null where it is left out already, or the rollout is over. */
  hold: Hold.nullable(),
  /** Those that would not be tried again, by why, the most frequent first. */
  excluded: z.array(z.object({ code: z.enum(updateStopCodes), says: z.string(), devices: z.int() })),
})

const decides = {
  tag: 'Rollouts',
  method: 'POST',
  may: 'deployment:control',
  params: z.object({ id: z.uuid() }),
  status: 201,
} as const

export const listClusters = endpoint({
  id: 'listClusters',
  method: 'GET',
  path: '/rollouts/{id}/clusters',
  may: 'deployment:read',
  tag: 'Rollouts',
  summary:
    'The failures of a rollout by cause and revision, among the devices that the caller may see, the largest first: how many would be tried again, who would not, and why.',
  params: z.object({ id: z.uuid() }),
  reply: z.object({ items: z.array(Cluster) }),
  refusals: ['deployment/rollout-unknown'],
})

export const retryCluster = endpoint({
  id: 'retryCluster',
  path: '/rollouts/{id}/retries',
  ...decides,
  summary:
    'Has the devices of a cluster tried again: each passes through the rollout once more when it next asks, under the same signed plan. Waves stay judged by what became of the first try.',
  body: z.strictObject({
    cluster: ClusterKey,
    /** How many devices the caller believes that it concerns. */
    expect: z.int().min(1),
  }),
  reply: z.object({ devices: z.int() }),
  refusals: [
    'deployment/rollout-unknown',
    'deployment/cluster-unknown',
    'deployment/not-now',
    'deployment/count-differs',
    'deployment/not-signed',
    'signing/no-signer',
  ],
})

export const holdCluster = endpoint({
  id: 'holdCluster',
  path: '/rollouts/{id}/holds',
  ...decides,
  summary:
    'Leaves the revision of a cluster out of the rest of a rollout, for good: nobody of it is offered anything, tried again or waited for; what became of the others still counts.',
  /** No count is expected: while somebody reads it devices come, and to leave out more of them than seen does no harm. */
  body: z.strictObject({ cluster: ClusterKey, reason: Line }),
  reply: Hold,
  refusals: [
    'deployment/rollout-unknown',
    'deployment/cluster-unknown',
    'deployment/not-now',
    'deployment/left-out-already',
  ],
})
