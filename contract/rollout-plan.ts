import { z } from 'zod'
import { Cell } from './cell.ts'
import { DeviceQuery } from './devices.ts'
import { Digest } from './digest.ts'
import { Instant } from './instant.ts'
import { Line } from './text.ts'

const devices = z.int().min(1).max(100_000_000)
const seconds = (least: number) =>
  z
    .int()
    .min(least)
    .max(366 * 24 * 3600)
const percent = z.int().min(0).max(99)
const revision = { model: Line, hardwareRevision: Line }

const pace = {
  /** How long the devices of the wave are watched once they have ended, before the next wave may open. */
  soakSeconds: seconds(0),
  /** How many devices of the wave must have ended, or all where there are fewer, before it is judged. */
  minimumSample: devices,
}

/** How far the rollout reaches once a wave is open, the waves before it included. */
const Wave = z.discriminatedUnion('pick', [
  z.strictObject({ pick: z.literal('stratified'), perStratum: devices, ...pace }),
  z.strictObject({ pick: z.literal('hashed'), percent: z.int().min(1).max(100), ...pace }),
])

const revisionLimit = {
  /** The most devices that may fail, in percent of those that ended; silence is failure. */
  maxFailurePercent: percent,
  minimumSample: devices,
  beyond: z.enum(['quarantine', 'stop']),
}

const Limits = z.strictObject({
  /** After how many seconds without a word a device that was offered the update counts as failed. */
  silenceSeconds: seconds(1),
  /** For all devices of a wave together, quarantined revisions left out; beyond it the rollout stops. */
  maxFailurePercent: percent,
  perRevision: z.strictObject(revisionLimit),
  /** In place of `perRevision`, for the revisions named. */
  revisions: z
    .array(z.strictObject({ ...revision, ...revisionLimit }))
    .max(1024)
    .default([]),
})

/** Which devices a plan is for; what is left out does not restrict, and a device must fulfil all of it. */
const Audience = z.strictObject({
  site: z.int().min(1).max(2_147_483_647).optional(),
  manufacturer: Line.optional(),
  model: Line.optional(),
  hardwareRevision: Line.optional(),
  firmware: Line.optional(),
  devices: z.array(z.uuid()).min(1).max(10_000).optional(),
  /** As in `GET /devices`; what it finds when the plan is made is frozen, and nothing that it would find later joins. */
  q: DeviceQuery.optional(),
})

/** Which quarantined revision to include; manufacturer and model only where several have a revision of this name. */
const Quarantined = z.strictObject({ manufacturer: Line.optional(), model: Line.optional(), hardwareRevision: Line })

/** What a plan is made from. */
export const PlanRequest = z.strictObject({
  name: Line,
  release: z.uuid(),
  audience: Audience.default({}),
  waves: z.array(Wave).min(1).max(64),
  limits: Limits,
  notBefore: Instant,
  notAfter: Instant,
  /** Revisions that an earlier rollout of the same artifact quarantined are left out, unless they are named here. */
  includeQuarantined: z.array(Quarantined).max(256).default([]),
})

/** One revision in the audience, and how many of its devices each wave adds. */
const PlannedStratum = z.object({
  manufacturer: z.string(),
  model: z.string(),
  hardwareRevision: z.string(),
  devices: z.int(),
  waves: z.array(z.int()),
})

/** Why a device that the filter names is not in the audience. */
export const exclusions = ['not-live', 'rig', 'not-targeted', 'up-to-date', 'quarantined-earlier'] as const
/** What a plan should say otherwise, although it may be meant. */
export const planWarnings = ['silence-below-poll', 'never-everyone', 'sample-beyond-wave'] as const

/** A revision of the plan's models that another rollout of the same artifact quarantined. */
const EarlierQuarantine = z.object({
  manufacturer: z.string(),
  model: z.string(),
  hardwareRevision: z.string(),
  /** The rollout that did so, and when. */
  rollout: z.object({ id: z.uuid(), name: z.string() }),
  at: Instant,
  /** How many of its devices failed there: said so, were disputed, rolled back, rejected, or not verified in time. */
  failed: z.int(),
  /** How many took the update there and said nothing more. */
  silent: z.int(),
  /** How many devices of the revision are in this plan's target set; 0 where it is left out. */
  devices: z.int(),
  /** Whether the plan's bytes name it under `includeQuarantined`, so that its approvers sign exactly that. */
  named: z.boolean(),
})

/** The devices of the target set, not yet on the release's version, whose cell no rig stood for in the newest verdict. */
const Uncovered = z.object({
  /** The newest verdict on the release; a failed one covers nothing. Null where the lab has given none. */
  verdict: z.enum(['passed', 'failed']).nullable(),
  devices: z.int(),
  /** How many different cells they are. */
  kinds: z.int(),
  /** Those with most devices, 100 at the most. */
  cells: z.array(Cell.extend({ devices: z.int() })),
  /** Devices of the target set that the caller may not see, so that nothing is said of them here. */
  unseen: z.int(),
})

/** What whoever approves a plan must know and its bytes do not say: counted anew each time. */
export const Cautions = z.object({
  quarantined: z.array(EarlierQuarantine),
  /** Null once the rollout has started. */
  uncovered: Uncovered.nullable(),
})

/** What a plan would come to. */
export const Preview = z.object({
  version: z.string(),
  devices: z.int(),
  strata: z.array(PlannedStratum),
  excluded: z.array(z.object({ why: z.enum(exclusions), devices: z.int() })),
  warnings: z.array(z.enum(planWarnings)),
  /** What whoever approves such a plan would have to know. */
  cautions: z.object({ quarantined: z.array(EarlierQuarantine), uncovered: Uncovered }),
})

/** A plan as its bytes have it. */
export const PlanSummary = z.object({
  plan: z.uuid(),
  name: z.string(),
  release: z.uuid(),
  artifacts: z.array(z.object({ sha256: Digest, length: z.int() })),
  devices: z.int(),
  audienceDigest: Digest,
  waves: z.array(Wave),
  limits: Limits,
  createdBy: z.uuid(),
  createdAt: Instant,
  notBefore: Instant,
  notAfter: Instant,
  /** The revisions that it includes although an earlier rollout of the same artifact quarantined them. */
  includeQuarantined: z.array(z.object({ manufacturer: z.string(), model: z.string(), hardwareRevision: z.string() })),
})
