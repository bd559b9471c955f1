import { once } from 'node:events'
import { OperatorError, readConfig, startServer } from './host.ts'

/** The server by itself, as a service manager starts it; `suture serve` is the same with words for a person. */
const toldToStop = Promise.race([once(process, 'SIGTERM'), once(process, 'SIGINT')])
try {
  const server = await startServer(readConfig(process.env))
  await toldToStop
  await server.stop()
} catch (error) {
  process.stderr.write(`${error instanceof OperatorError ? error.message : (error as Error).stack}\n`)
  process.exitCode = 1
}
