import { progress } from '@clack/prompts'

/** How long something may take before somebody is told how far it is, in milliseconds. */
const patience = 2_000

interface Progress {
  advance(by: number): void
  /** Ends the display; what happened is said elsewhere. */
  end(): void
}

/**
 * Shows on standard error how far something has come, once it has lasted two seconds and if a terminal watches.
 * @param total what `advance` adds up to; 0 when nobody knows
 * @param begun when it began of which this is a part, by `performance.now()`
 */
export function showProgress(what: string, total: number, begun = performance.now()): Progress {
  let done = 0
  let bar: ReturnType<typeof progress> | undefined
  const start = () => {
    const made = progress({ max: Math.max(1, total), output: process.stderr })
    made.start(what)
    made.advance(done)
    return made
  }
  return {
    advance: (by) => {
      done += by
      if (bar) bar.advance(by, total === 0 ? what : `${what} ${Math.floor((done / total) * 100)} %`)
      else if (process.stderr.isTTY && performance.now() - begun > patience) bar = start()
    },
    end: () => bar?.stop(what),
  }
}
