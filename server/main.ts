import { OperatorError, readConfig, startServer } from './host.ts'

/** The server by itself, as a service manager starts it; `suture serve` is the same with words for a person. */
try {
  const server = await startServer(readConfig(process.env))
  process.once('SIGTERM', () => void server.stop())
  process.once('SIGINT', () => void server.stop())
} catch (error) {
  process.stderr.write(`${error instanceof OperatorError ? error.message : (error as Error).stack}\n`)
  process.exitCode = 1
}
