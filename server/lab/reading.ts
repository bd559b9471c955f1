import type { Observation } from '#adapters/port.ts'
import type { Found } from './trial.ts'

/** What a rig must show: who it is, and which versions mean what. */
export interface Expected {
  readonly serial: string
  readonly hardwareRevision: string
  readonly wanted: string
  readonly base: string
}

/** What a reading shows; a rig that leaves out its serial or its revision is not known to be this rig. */
export function judgeReading(observation: Observation, expected: Expected): Found {
  if (!observation.answered) return 'no-answer'
  const { serial, hardwareRevision, firmware } = observation.identity
  if (serial !== expected.serial || hardwareRevision !== expected.hardwareRevision) return 'stranger'
  if (firmware === expected.wanted) return 'wanted'
  return firmware === expected.base ? 'base' : 'other'
}

/** A reading as a sentence for people. */
export function tellReading(observation: Observation): string {
  if (!observation.answered) return `Read: ${observation.why}. ${observation.detail}`.slice(0, 500)
  const { serial = '?', hardwareRevision = '?', firmware = '?' } = observation.identity
  return `Read: serial ${serial}, revision ${hardwareRevision}, version ${firmware}.`.slice(0, 500)
}
