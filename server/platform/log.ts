import { type DestinationStream, type Logger, pino } from 'pino'

export type Log = Logger

/** Wherever one of these names appears in a log line, its value does not. */
const secret = ['password', 'secret', 'code', 'token', 'passphrase', 'authorization', 'cookie', 'privateKey']

/** What of an error helps: not the objects that libraries hang on it, which hold connections and their secrets. */
function describeError(error: unknown): unknown {
  if (!(error instanceof Error)) return error
  const { name, message, stack, cause } = error
  const reason = 'code' in error ? error.code : undefined
  const errors = error instanceof AggregateError ? { errors: error.errors.slice(0, 5).map(describeError) } : {}
  return { name, message, reason, stack, ...errors, ...(cause === undefined ? {} : { cause: describeError(cause) }) }
}

/** The server's log: JSON lines, events rather than prose, secrets left out. */
export const createLog = (level: string, to?: DestinationStream): Log =>
  pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      serializers: { err: describeError },
      formatters: { level: (label) => ({ level: label }) },
      redact: {
        paths: secret.flatMap((name) => [name, `*.${name}`, `*.*.${name}`, `*.headers["set-${name}"]`]),
        censor: '(redacted)',
      },
    },
    to ?? standardError(),
  )

/** Standard error. When its reader is gone there is nobody to tell, and that must not end the server. */
function standardError(): DestinationStream {
  const stream = pino.destination({ dest: 2, sync: true })
  stream.on('error', () => undefined)
  return stream
}
