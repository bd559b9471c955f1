import { createHash } from 'node:crypto'

/** Numbers from 0 inclusive to 1 exclusive that the same seed and names repeat. */
export type Chance = () => number

/** The source of one thing's random choices (sfc32, started from SHA-256), whatever else draws meanwhile. */
export function createChance(seed: number, ...names: readonly string[]): Chance {
  const start = createHash('sha256')
    .update(JSON.stringify([seed, ...names]))
    .digest()
  let [a, b, c] = [start.readInt32LE(0), start.readInt32LE(4), start.readInt32LE(8)]
  let counter = 1
  return () => {
    const sum = (a + b + counter) | 0
    counter = (counter + 1) | 0
    a = b ^ (b >>> 9)
    b = (c + (c << 3)) | 0
    c = ((c << 21) | (c >>> 11)) + sum
    return (sum >>> 0) / 2 ** 32
  }
}

/** A number between two others. */
export const between = (chance: Chance, [low, high]: readonly [number, number]): number => low + chance() * (high - low)
