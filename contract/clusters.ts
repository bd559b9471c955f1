import { z } from 'zod'
import { endpoint } from './endpoint.ts'
import { jobReasonCodes } from './reasons.ts'
import { finalJobStates } from './states.ts'
import { Line } from './text.ts'
import { updateStopCodes } from './update-gates.ts'

/** How a cluster is called: the same cause on the same revision has the same key in every rollout. */
const ClusterKey = z.string().regex(/^[0-9a-f]{8}$/, 'is the key that the list of clusters shows')

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
  /** How many can be held: all that are not yet, while the rollout runs. */
  mayHold: z.int(),
  /** Those that would not be tried again, by why, the most frequent first. */
  excluded: z.array(z.object({ code: z.enum(updateStopCodes), says: z.string(), devices: z.int() })),
})

const decides = {
  tag: 'Rollouts',
  method: 'POST',
  may: 'deployment:control',
  params: z.object({ id: z.uuid() }),
  status: 201,
  reply: z.object({ devices: z.int() }),
} as const

const meant = {
  cluster: ClusterKey,
  /** How many devices the caller believes that it concerns. */
  expect: z.int().min(1),
}

const refused = [
  'deployment/rollout-unknown',
  'deployment/cluster-unknown',
  'deployment/not-now',
  'deployment/count-differs',
] as const

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
  body: z.strictObject(meant),
  refusals: [...refused, 'deployment/not-signed', 'signing/no-signer'],
})

export const holdCluster = endpoint({
  id: 'holdCluster',
  path: '/rollouts/{id}/holds',
  ...decides,
  summary:
    'Leaves the devices of a cluster out of the rest of a rollout, for good: they are not tried again, and not waited for.',
  body: z.strictObject({ ...meant, reason: Line }),
  refusals: refused,
})
