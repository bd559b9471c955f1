import type { Clock } from '@suture/server/platform/clock.ts'

/**
 * A time that passes only when a test lets it: however slow the machine is, no limit runs out by itself. It stands in
 * the present to begin with, because processes with clocks of their own, such as the signer, take part.
 */
export class MovedClock implements Clock {
  #at = Date.now()

  now(): Date {
    return new Date(this.#at)
  }

  /** Goes back to the present. */
  reset(): void {
    this.#at = Date.now()
  }

  /** Lets seconds pass at once. */
  pass(seconds: number): void {
    this.#at += seconds * 1000
  }
}
