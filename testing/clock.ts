import type { Clock } from '@suture/server/platform/clock.ts'

/** The time as it passes, and further on by as much as a test wants. */
export class MovedClock implements Clock {
  #ahead = 0

  now(): Date {
    return new Date(Date.now() + this.#ahead)
  }

  /** Goes back to the present. */
  reset(): void {
    this.#ahead = 0
  }

  /** Lets seconds pass at once. */
  pass(seconds: number): void {
    this.#ahead += seconds * 1000
  }
}
