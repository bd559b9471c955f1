import type { Command } from 'commander'
import { say, self } from '../output.ts'

/** `suture serve`: the control plane in the foreground, until it is told to stop. */
export const serve = (program: Command): Command =>
  program
    .command('serve')
    .description('run the control plane here: API, worker, signer, and PostgreSQL unless DATABASE_URL names one')
    .action(async () => {
      const { readConfig, startServer } = await import('@suture/server/host.ts')
      const server = await startServer(readConfig(process.env))
      say(`Suture listens at ${server.url}; its API is described at ${server.url}/reference`)
      if (server.setup) {
        say('Nobody can sign in yet. Make the first admin with this one-time code, good until')
        say(`${server.setup.expiresAt.toISOString()}:\n\n  ${self} init --code ${server.setup.code}\n`)
      }
      await stopped()
      say('Stopping: requests under way finish first.')
      await server.stop()
    })

/** Until a signal, or until the process that started this one is gone. */
const stopped = (): Promise<void> =>
  new Promise((done) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => done())
    process.once('disconnect', () => done())
  })
