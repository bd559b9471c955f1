import { createHash } from 'node:crypto'
import type { RolloutPlan } from '@suture/trust/statements.ts'

/** One more than the greatest hash: a wave with this reach holds every device of the revision. */
export const everyone = 2 ** 32

/**
 * What the devices are put in order with: the first 16 bytes of the SHA-256 of the plan's id, so that nothing outside
 * the signed bytes decides who comes first.
 */
export const saltOf = (plan: string): Buffer => createHash('sha256').update(plan).digest().subarray(0, 16)

/**
 * A device's place in the order, 0 … 2^32 - 1: the first four bytes, big-endian, of SHA-256(salt ‖ the 16 bytes of the
 * device's UUID).
 */
export const placeOf = (salt: Buffer, uid: string): number =>
  createHash('sha256')
    .update(salt)
    .update(Buffer.from(uid.replaceAll('-', ''), 'hex'))
    .digest()
    .readUInt32BE(0)

/** The least reach that holds so many devices of a revision, or everyone where there are fewer. */
const reachOfCount = (places: readonly number[], count: number): number =>
  places.length <= count ? everyone : (places[count - 1] ?? 0) + 1

/**
 * How far each wave reaches into one revision: it holds the devices whose place is below. No wave reaches less far
 * than the one before.
 * @param places of the revision's devices in the audience
 */
export function reachesOf(places: readonly number[], waves: RolloutPlan['waves']): number[] {
  const sorted = places.toSorted((a, b) => a - b)
  let before = 0
  return waves.map((wave) => {
    const own =
      wave.pick === 'stratified' ? reachOfCount(sorted, wave.perStratum) : Math.ceil((wave.percent * everyone) / 100)
    before = Math.max(before, own)
    return before
  })
}

/** The first wave, counted from 1, that reaches a place; none when no wave does. */
export function waveOf(place: number, reaches: readonly number[]): number | undefined {
  const at = reaches.findIndex((reach) => place < reach)
  return at < 0 ? undefined : at + 1
}

/** One revision's part of one wave. */
export interface Share {
  readonly wave: number
  readonly reach: number
  /** The devices that this wave holds and no earlier one. */
  readonly devices: number
}

/** One revision, wave by wave. */
export function sharesOf(places: readonly number[], waves: RolloutPlan['waves']): Share[] {
  const reaches = reachesOf(places, waves)
  const own = places.map((place) => waveOf(place, reaches))
  return reaches.map((reach, at) => ({
    wave: at + 1,
    reach,
    devices: own.filter((wave) => wave === at + 1).length,
  }))
}
