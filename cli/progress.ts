import { plain } from './output.ts'

/** How long something may take before somebody is told how far it is, in milliseconds. */
const patience = 2_000

const width = 30

interface Progress {
  advance(by: number): void
  /** Ends the display; what happened is said elsewhere. */
  end(): void
}

function bar(done: number, total: number): string {
  const part = Math.min(1, done / total)
  const full = Math.floor(part * width)
  return `${'━'.repeat(full)}${'─'.repeat(width - full)} ${Math.floor(part * 100)} %  `
}

/**
 * Shows on standard error how far something has come, once it has lasted two seconds and if a terminal watches. It only
 * writes: whoever presses Ctrl-C interrupts the command, as without it.
 * @param total what `advance` adds up to; 0 when nobody knows
 * @param begun when it began of which this is a part, by `performance.now()`
 */
export function showProgress(what: string, total: number, begun = performance.now()): Progress {
  let [done, shown] = [0, '']
  const name = plain(what).slice(0, Math.max(10, (process.stderr.columns || 80) - width - 20))
  return {
    advance: (by) => {
      done += by
      const lasted = performance.now() - begun
      if (!process.stderr.isTTY || lasted < patience) return
      const line = `${total === 0 ? '' : bar(done, total)}${Math.floor(lasted / 1_000)} s  ${name}`
      if (line !== shown) process.stderr.write(`\r${line}\x1b[K`)
      shown = line
    },
    end: () => {
      if (shown !== '') process.stderr.write('\r\x1b[K')
    },
  }
}
