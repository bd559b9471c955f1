import { z } from 'zod'
import { Digest } from './digest.ts'
import { endpoint } from './endpoint.ts'
import { Instant } from './instant.ts'
import { page, pageQuery } from './paging.ts'
import { Cautions, PlanRequest, PlanSummary, Preview } from './rollout-plan.ts'
import { WaveView, Why } from './rollout-wave.ts'
import { signingStates } from './signing.ts'
import { rolloutStates } from './states.ts'
import { PartOfName } from './text.ts'

export { holdCluster, listClusters, retryCluster } from './clusters.ts'
export { listJobs, readDevice } from './jobs.ts'
export { explainUpdate } from './update-gates.ts'

const id = z.object({ id: z.uuid() })

const Rollout = z.object({
  id: z.uuid(),
  name: z.string(),
  release: z.uuid(),
  state: z.enum(rolloutStates),
  why: Why.nullable(),
  planDigest: Digest,
  devices: z.int(),
  createdBy: z.uuid(),
  createdAt: Instant,
  startedAt: Instant.nullable(),
  endedAt: Instant.nullable(),
})

const ApprovalView = z.object({ person: z.uuid(), name: z.string(), keyId: Digest, approvedAt: Instant })

const RolloutDetail = z.object({
  ...Rollout.shape,
  /** Whether the stored plan and audience are what the signer signed, verified just now. */
  verified: z.boolean(),
  signing: z
    .object({
      state: z.enum(signingStates),
      refusal: z.object({ code: z.string(), detail: z.string() }).nullable(),
    })
    .nullable(),
  approvals: z.array(ApprovalView),
  waves: z.array(WaveView),
  quarantined: z.array(
    z.object({ manufacturer: z.string(), model: z.string(), hardwareRevision: z.string(), why: Why, at: Instant }),
  ),
  /** The revisions of which a person left out the rest, and why. */
  held: z.array(
    z.object({
      ...{ manufacturer: z.string(), model: z.string(), hardwareRevision: z.string() },
      ...{ person: z.string(), reason: z.string(), at: Instant },
    }),
  ),
  /** Null once it is over, and where its plan or its release cannot be read. */
  cautions: Cautions.nullable(),
})

export const previewRollout = endpoint({
  id: 'previewRollout',
  method: 'POST',
  path: '/rollout-previews',
  may: 'deployment:plan',
  tag: 'Rollouts',
  summary: 'Says which devices a plan would reach in which wave, which it would not and why; changes nothing.',
  body: PlanRequest,
  reply: Preview,
  refusals: [
    'deployment/release-not-published',
    'deployment/nobody-eligible',
    'deployment/plan-invalid',
    'deployment/audience-too-large',
    'http/bad-query',
    'auth/not-permitted',
    'signing/no-signer',
  ],
})

export const createRollout = endpoint({
  id: 'createRollout',
  method: 'POST',
  path: '/rollouts',
  may: 'deployment:plan',
  tag: 'Rollouts',
  summary: 'Freezes a plan and its audience: the bytes that two other people approve before anything may start.',
  body: PlanRequest,
  reply: RolloutDetail,
  status: 201,
  refusals: [
    'deployment/release-not-published',
    'deployment/nobody-eligible',
    'deployment/plan-invalid',
    'deployment/audience-too-large',
    'http/bad-query',
    'auth/not-permitted',
    'signing/no-signer',
    'auth/person-needed',
  ],
})

export const listRollouts = endpoint({
  id: 'listRollouts',
  method: 'GET',
  path: '/rollouts',
  may: 'deployment:read',
  tag: 'Rollouts',
  summary: 'The rollouts, newest first.',
  query: z.strictObject({
    ...pageQuery,
    state: z.enum(rolloutStates).optional(),
    text: PartOfName.optional(),
    release: z.uuid().optional(),
  }),
  reply: page(Rollout),
  refusals: ['http/bad-cursor'],
})

export const getRollout = endpoint({
  id: 'getRollout',
  method: 'GET',
  path: '/rollouts/{id}',
  may: 'deployment:read',
  tag: 'Rollouts',
  summary: 'One rollout with its waves, what became of each revision, its approvals, and why it is where it is.',
  params: id,
  reply: RolloutDetail,
  refusals: ['deployment/rollout-unknown'],
})

export const getRolloutPlan = endpoint({
  id: 'getRolloutPlan',
  method: 'GET',
  path: '/rollouts/{id}/plan',
  may: 'deployment:read',
  tag: 'Rollouts',
  summary: 'The exact bytes that are approved, for whoever wants to check the digest before signing it.',
  params: id,
  /** `plan` in base64; `summary` is null when the bytes are no plan, which an approver is to take for an alarm. */
  reply: z.object({ plan: z.string(), digest: Digest, summary: PlanSummary.nullable() }),
  refusals: ['deployment/rollout-unknown'],
})

export const approveRollout = endpoint({
  id: 'approveRollout',
  method: 'POST',
  path: '/rollouts/{id}/approvals',
  may: 'deployment:approve',
  tag: 'Rollouts',
  summary: 'Stores one person’s signature over the digest of a plan that somebody else made.',
  params: id,
  body: z.strictObject({
    /** Ed25519 over `suture-approval:v1:<digest>`, in base64. */
    signature: z.string().max(200),
    /** PEM or JWK. */
    publicKey: z.string().max(1000),
  }),
  reply: RolloutDetail,
  refusals: [
    'deployment/rollout-unknown',
    'deployment/own-plan',
    'deployment/already-approved',
    'deployment/key-taken',
    'deployment/key-unreadable',
    'deployment/signature-wrong',
    'deployment/not-now',
    'deployment/plan-invalid',
    'deployment/release-not-published',
    'auth/person-needed',
    'signing/no-signer',
  ],
})

const control = { tag: 'Rollouts', may: 'deployment:control', method: 'POST', params: id } as const

export const startRollout = endpoint({
  id: 'startRollout',
  path: '/rollouts/{id}/start',
  ...control,
  summary: 'Opens the first wave of a plan that the signer signed.',
  reply: RolloutDetail,
  refusals: [
    'deployment/rollout-unknown',
    'deployment/not-now',
    'deployment/not-signed',
    'deployment/too-early',
    'deployment/other-sites',
    'deployment/release-not-published',
    'deployment/plan-invalid',
    'signing/no-signer',
  ],
})

export const pauseRollout = endpoint({
  id: 'pauseRollout',
  path: '/rollouts/{id}/pause',
  ...control,
  summary: 'Offers the update to nobody new until somebody goes on; whoever was offered it goes on.',
  reply: RolloutDetail,
  refusals: ['deployment/rollout-unknown', 'deployment/not-now'],
})

export const resumeRollout = endpoint({
  id: 'resumeRollout',
  path: '/rollouts/{id}/resume',
  ...control,
  summary: 'Goes on with a paused rollout.',
  reply: RolloutDetail,
  refusals: [
    'deployment/rollout-unknown',
    'deployment/not-now',
    'deployment/other-sites',
    'deployment/not-signed',
    'signing/no-signer',
  ],
})

export const stopRollout = endpoint({
  id: 'stopRollout',
  path: '/rollouts/{id}/stop',
  ...control,
  summary:
    'Ends a rollout for good: devices that have not begun to write are called back, and those in mid-flash finish, because a device that is disturbed while it writes is the one that does not come back.',
  reply: z.object({
    rollout: RolloutDetail,
    /** Called back; each answers at its next poll. */
    cancelling: z.int(),
    /** Writing or restarting: left alone, and verified when they report. */
    flashing: z.int(),
    /** Have reported, and are being verified. */
    verifying: z.int(),
  }),
  refusals: ['deployment/rollout-unknown', 'deployment/not-now'],
})
