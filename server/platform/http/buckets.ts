import { Refusal } from '#platform/refusal.ts'

/** As many are remembered at once, whoever they are; each takes some 200 bytes. */
const mostKept = 200_000
/** What was taken is counted afresh, and what is full again forgotten, when so many have come. */
const fewest = 1_024

/**
 * How often each caller may ask: a bucket holds what may be asked in a minute, and fills again as evenly as it was
 * emptied (the generic cell rate algorithm, ITU-T I.371 annex A: one number for each bucket, the time at which it is
 * full). A bucket that is full says nothing and is forgotten, so that memory follows those who ask much, and not those
 * who exist or who once tried a name.
 */
export class Buckets {
  readonly #fullAt = new Map<string, number>()
  readonly #now: () => number
  readonly #most: number
  #sweepAt = fewest

  /** @param now milliseconds that only grow */
  constructor(now = () => performance.now(), most = mostKept) {
    this.#now = now
    this.#most = most
  }

  /** How many buckets are not full, or have not been looked at since they were. */
  get size(): number {
    return this.#fullAt.size
  }

  /**
   * Takes one from a bucket.
   * @throws Refusal `http/too-many-requests` with the seconds until there is one, when it is empty
   */
  take(name: string, perMinute: number): void {
    const now = this.#now()
    const each = 60_000 / perMinute
    const fullAt = Math.max(now, this.#fullAt.get(name) ?? 0) + each
    const waitMs = fullAt - now - 60_000
    // What is left of a division is not worth a refusal.
    if (waitMs > each / 1000)
      throw new Refusal('http/too-many-requests', { retryAfterSeconds: Math.ceil(waitMs / 1000) })
    this.#fullAt.set(name, fullAt)
    if (this.#fullAt.size >= this.#sweepAt) this.#sweep(now)
  }

  #sweep(now: number): void {
    for (const [name, fullAt] of this.#fullAt) if (fullAt <= now) this.#fullAt.delete(name)
    // More who ask much at once than anybody has: those who came first get a full bucket, and the rest have room.
    const mostStay = this.#fullAt.size < this.#most ? this.#most : this.#most * 0.75
    for (const name of this.#fullAt.keys()) {
      if (this.#fullAt.size <= mostStay) break
      this.#fullAt.delete(name)
    }
    this.#sweepAt = Math.min(this.#most, Math.max(fewest, this.#fullAt.size * 2))
  }
}
