/** The time, as an argument: domain code never reads the wall clock by itself. */
export interface Clock {
  now(): Date
}

export const systemClock: Clock = { now: () => new Date() }
