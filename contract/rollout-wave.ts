import { z } from 'zod'
import { Instant } from './instant.ts'
import { rolloutReasonCodes } from './reasons.ts'
import { waveStates } from './states.ts'

/** A code of `rolloutReasons`, with the figures that were compared. */
export const Why = z.object({
  code: z.enum(rolloutReasonCodes),
  figures: z.record(z.string(), z.union([z.number(), z.string()])),
})

const counters = {
  /** The devices that the wave holds and no earlier one. */
  devices: z.int(),
  offered: z.int(),
  verified: z.int(),
  /** Failed, disputed, rolled back, rejected, or not verified in time. */
  failed: z.int(),
  silent: z.int(),
  /** Called back before anything changed. */
  other: z.int(),
}

const Stratum = z.object({
  manufacturer: z.string(),
  model: z.string(),
  hardwareRevision: z.string(),
  quarantined: z.boolean(),
  /** Whether a person left the rest of it out. */
  held: z.boolean(),
  ...counters,
})

/** How far a wave has come. */
export const WaveView = z.object({
  no: z.int(),
  state: z.enum(waveStates),
  /** Why it ended so; for an open one, what it waits for. */
  why: Why.nullable(),
  openedAt: Instant.nullable(),
  observingSince: Instant.nullable(),
  endedAt: Instant.nullable(),
  ...counters,
  /** Passages beyond a device's first, which somebody asked for; the wave is judged by first ones alone. */
  retries: z.object({ asked: z.int(), offered: z.int(), ended: z.int(), verified: z.int() }),
  strata: z.array(Stratum),
})
