import { type DestinationStream, type Logger, pino } from 'pino'

export type Log = Logger

/** Wherever one of these names appears in a log line, its value does not. */
const secret = ['password', 'secret', 'code', 'token', 'passphrase', 'authorization', 'cookie', 'privateKey']

/** The server's log: JSON lines, events rather than prose, secrets left out. */
export const createLog = (level: string, to?: DestinationStream): Log =>
  pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
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
