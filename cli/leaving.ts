const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

/**
 * Does something of which a part stays, or goes on, without this command. Whoever leaves before its end, is sent away or
 * sees it fail is told what becomes of it.
 */
export async function tellLeaving<T>(told: () => string, work: () => Promise<T>): Promise<T> {
  const tell = () => process.stderr.write(`${told()}\n`)
  const leave = (_name: NodeJS.Signals, signal: number) => {
    // The terminal has written ^C into the line.
    if (process.stderr.isTTY) process.stderr.write('\n')
    tell()
    process.exit(128 + signal)
  }
  for (const name of signals) process.on(name, leave)
  try {
    return await work()
  } catch (error) {
    tell()
    throw error
  } finally {
    for (const name of signals) process.off(name, leave)
  }
}
