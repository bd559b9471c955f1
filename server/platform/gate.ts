import { Refusal } from './refusal.ts'

/** Lets little costly work run at once: some of it waits, and what is beyond that is refused at once. */
export interface Gate {
  /** @throws Refusal `http/too-many-requests` when too much waits already */
  run<T>(work: () => Promise<T>): Promise<T>
}

/** @param limits how much may run at once, and how much may wait for its turn */
export function createGate(limits: { readonly atOnce: number; readonly waiting: number }): Gate {
  const queue: (() => void)[] = []
  let running = 0
  const enter = async () => {
    if (running < limits.atOnce) {
      running++
      return
    }
    if (queue.length >= limits.waiting) throw new Refusal('http/too-many-requests', { retryAfterSeconds: 1 })
    // Whoever leaves hands over the place, so `running` stays as it is.
    await new Promise<void>((turn) => queue.push(turn))
  }
  const leave = () => {
    const next = queue.shift()
    if (next) next()
    else running--
  }
  return {
    run: async (work) => {
      await enter()
      try {
        return await work()
      } finally {
        leave()
      }
    },
  }
}
