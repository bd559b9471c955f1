import { z } from 'zod'
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
export const Audience = z.strictObject({
  site: z.int().min(1).max(2_147_483_647).optional(),
  manufacturer: Line.optional(),
  model: Line.optional(),
  hardwareRevision: Line.optional(),
  firmware: Line.optional(),
  devices: z.array(z.uuid()).min(1).max(10_000).optional(),
})

/** What a plan is made from. */
export const PlanRequest = z.strictObject({
  name: Line,
  release: z.uuid(),
  audience: Audience.default({}),
  waves: z.array(Wave).min(1).max(64),
  limits: Limits,
  notBefore: Instant,
  notAfter: Instant,
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
export const exclusions = ['not-live', 'rig', 'not-targeted', 'up-to-date'] as const
/** What a plan should say otherwise, although it may be meant. */
export const planWarnings = ['silence-below-poll', 'never-everyone', 'sample-beyond-wave'] as const

/** What a plan would come to. */
export const Preview = z.object({
  version: z.string(),
  devices: z.int(),
  strata: z.array(PlannedStratum),
  excluded: z.array(z.object({ why: z.enum(exclusions), devices: z.int() })),
  warnings: z.array(z.enum(planWarnings)),
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
})
