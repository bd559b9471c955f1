import { z } from 'zod'
import { endpoint } from './endpoint.ts'
import { Instant } from './instant.ts'
import { page, pageQuery } from './paging.ts'
import { jobReasonCodes } from './reasons.ts'
import { assurances, jobStates } from './states.ts'

/** What a reading of ours found: the version that was wanted, the one from before, another one, or somebody else. */
export const readingOutcomes = ['as-wanted', 'as-before', 'other', 'contradicts', 'no-answer'] as const

const Job = z.object({
  id: z.uuid(),
  rollout: z.uuid(),
  device: z.uuid(),
  deviceName: z.string(),
  manufacturer: z.string(),
  model: z.string(),
  hardwareRevision: z.string(),
  wave: z.int(),
  /** Its how many-eth passage through the rollout this is. */
  attempt: z.int(),
  state: z.enum(jobStates),
  /** A code of `jobReasons`. */
  class: z.enum(jobReasonCodes).nullable(),
  /** What the device says the end was; only a reading makes it a result. */
  claim: z.enum(['success', 'failure']).nullable(),
  /** How the version after it is known. */
  assurance: z.enum(assurances).nullable(),
  versionBefore: z.string(),
  versionWanted: z.string(),
  versionAfter: z.string().nullable(),
  offeredAt: Instant,
  lastWordAt: Instant,
  observedAt: Instant.nullable(),
  endedAt: Instant.nullable(),
})

export const listJobs = endpoint({
  id: 'listJobs',
  method: 'GET',
  path: '/jobs',
  may: 'deployment:read',
  tag: 'Rollouts',
  summary: 'The passages of devices through rollouts, newest first.',
  query: z.strictObject({
    ...pageQuery,
    rollout: z.uuid().optional(),
    device: z.uuid().optional(),
    state: z.enum(jobStates).optional(),
  }),
  reply: page(Job),
  refusals: ['http/bad-cursor'],
})

export const readDevice = endpoint({
  id: 'readDevice',
  method: 'POST',
  path: '/devices/{id}/read',
  may: 'deployment:control',
  tag: 'Rollouts',
  perMinute: 60,
  summary: 'Reads a device’s identity now, at the address that an operator confirmed, and believes what it finds.',
  params: z.object({ id: z.uuid() }),
  reply: z.object({
    outcome: z.enum(readingOutcomes),
    at: Instant,
    /** What the device told. */
    firmware: z.string().nullable(),
    serial: z.string().nullable(),
    /** The firmware that Suture believed in until now. */
    believed: z.string(),
    /** Whether it now believes something else. */
    changed: z.boolean(),
  }),
  refusals: ['deployment/device-unknown', 'deployment/no-address'],
})
