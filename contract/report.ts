import { z } from 'zod'
import { Digest } from './digest.ts'
import { endpoint } from './endpoint.ts'
import { Instant } from './instant.ts'
import { decisionOutcomes } from './risk.ts'
import { signingStates } from './signing.ts'

/** From this age on, in days, what is known about vulnerabilities is too old to tell how things stand. */
export const knowledgeStaleDays = 7

/** How many weeks of updates a report looks back on. */
export const reportWeeks = 8

const Figure = z.object({
  /** What was counted; for exposure, days. */
  value: z.int(),
  /** What it was counted on. */
  of: z.int(),
  /** How many things could not be counted, because too little is known of them. */
  insufficient: z.int(),
  /** Whether the value says anything: nothing to count on, or knowledge that is too old, is no success. */
  evidence: z.enum(['sufficient', 'nothing-counted', 'stale-knowledge']),
})

export const getManagementReport = endpoint({
  id: 'getManagementReport',
  method: 'GET',
  path: '/reports/management',
  may: 'compliance:read',
  tag: 'Evidence',
  summary:
    'Whether things get better, and what is due next: exposure-days, verified share, overdue and unknown share, the next five clocks, and what the figures were counted from.',
  query: z.strictObject({
    /** For how many days back updates and packs are counted. */
    days: z.coerce.number().int().min(1).max(366).default(30),
  }),
  reply: z.object({
    asOf: Instant,
    tenant: z.string(),
    /** The sites that the caller may see; none are named when it is all of them. */
    sites: z.array(z.string()).nullable(),
    days: z.int(),
    figures: z.object({
      /**
       * Whole days that the open findings are past their deadline, or that they have been known for where they have
       * none, on the devices whose bill was judged.
       */
      exposureDays: Figure,
      /** Updates that were verified, of those that a device called done. */
      verifiedShare: Figure,
      /** Open findings past their deadline, of those that are decided. */
      overdue: Figure,
      /** Devices in service of which too little is known to tell what they are exposed to, of all of them. */
      unknownShare: Figure,
    }),
    /** Why devices are counted as unknown; one device may be so for several reasons. */
    unknown: z.object({ notJudged: z.int(), undecidableMatch: z.int(), silent: z.int() }),
    /** By what the table calls for, the least patient first. */
    tiers: z.array(
      z.object({
        outcome: z.enum(decisionOutcomes).nullable(),
        findings: z.int(),
        overdue: z.int(),
        exposureDays: z.int(),
      }),
    ),
    clocks: z.array(
      z.object({ manufacturer: z.string(), model: z.string(), dueAt: Instant, findings: z.int(), devices: z.int() }),
    ),
    /** Updates by the week in which they ended, the oldest first. */
    weeks: z.array(z.object({ from: Instant, ended: z.int(), claimed: z.int(), verified: z.int() })),
    /** How many devices in service were heard within the last day. */
    heard: z.object({ devices: z.int(), of: z.int() }),
    knowledge: z.array(z.object({ name: z.string(), digest: Digest, retrievedAt: Instant, importedAt: Instant })),
    rules: z.array(z.object({ table: z.string(), policy: z.string(), decisions: z.int() })),
    packs: z.array(
      z.object({
        rollout: z.string(),
        planDigest: Digest,
        statementDigest: Digest,
        state: z.enum(signingStates),
        packedAt: Instant,
      }),
    ),
  }),
})
