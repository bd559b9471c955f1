/** What the loss of a connection looks like, wherever it is told: in a message, a cause, or a code. */
const lost =
  /ECONNREFUSED|ECONNRESET|EPIPE|ENOENT|57P0[123]|08006|08003|Connection terminated|connection error|Client was closed|timeout exceeded|terminating connection|the database system is|Client has encountered|DatabaseAway|could not connect/

/**
 * What is told in words of its own when a process was killed, or when one takes over from one that was: a signer whose
 * server is gone may need a moment to end, and the next one is started again until it has.
 */
const expected = [/a child process ended by itself/, /freed the tasks of a worker that died/, /^Another signer already/]

/** The lines of the log at `warn` and above, and whatever is no line of the log, that no kill explains. */
export function unexplained(log: string): readonly string[] {
  // What is set in, as stacks and what is inside of an error are, belongs to the line before, and so does what closes it.
  return log
    .replaceAll(/\n(?=[ \t}\]])/g, ' ')
    .split('\n')
    .filter((line) => {
      if (line === '') return false
      const told = parsed(line)
      if (told === undefined ? isGreeting(line) : told.level === 'info' || told.level === 'debug') return false
      return !lost.test(line) && !expected.some((each) => each.test(line))
    })
}

const isGreeting = (line: string): boolean => /listens at|Nobody can sign in|^\s+su[a-z]_|^Stopping/.test(line)

function parsed(line: string): { readonly level?: string } | undefined {
  try {
    return JSON.parse(line) as { level?: string }
  } catch {
    return undefined
  }
}
