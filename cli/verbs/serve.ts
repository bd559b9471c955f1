import type { Server } from '@suture/server/host.ts'
import type { Command } from 'commander'
import { buildCommandLine } from '../built.ts'
import { programName, say } from '../output.ts'
import { consoleFolder } from './build.ts'

/** `suture serve`: the control plane in the foreground, until it is told to stop. */
export const serve = (program: Command): Command =>
  program
    .command('serve')
    .description('run the control plane here: API, worker, signer, and PostgreSQL unless DATABASE_URL names one')
    .action(async () => {
      // First of all: a signal that comes while the parts are starting must stop them in order, too.
      const toldToStop = untilStopped()
      const { keepHeapSmall, readConfig, startServer } = await import('@suture/server/host.ts')
      const server = await startServer(readConfig(await withConsole(process.env)))
      keepHeapSmall()
      say(greeting(server))
      buildCommandLine().catch((error: Error) => {
        // Where it cannot be written, commands start a little later, and that is all.
        if (error.name !== 'OperatorError') process.stderr.write(`The command line was not built: ${error.message}\n`)
      })
      await toldToStop
      say('Stopping: requests under way finish first.')
      await server.stop()
      // Whatever still holds the event loop, such as the channel to a wrapper, is no reason to stay.
      process.exit()
    })

/** The console that belongs to this code, built if it was not yet; whoever names a folder, or says `off`, decides. */
async function withConsole(env: NodeJS.ProcessEnv): Promise<NodeJS.ProcessEnv> {
  const { SUTURE_CONSOLE: named, ...others } = env
  if (named === 'off') return others
  if (named !== undefined && named !== '') return env
  return { ...env, SUTURE_CONSOLE: await consoleFolder() }
}

const greeting = ({ url, publicUrl, setup, certificate }: Server): string => {
  const open = publicUrl ?? url
  const listens = [
    `Suture listens at ${url}; open ${publicUrl ?? 'it'} in a browser. Its API is described at ${open}/reference`,
    ...(certificate?.isSelfSigned
      ? [
          `Its certificate is self-signed, for trial, good until ${certificate.until.toISOString().slice(0, 10)}. Whoever connects compares the SHA-256:`,
          `  ${certificate.fingerprint}`,
        ]
      : []),
  ].join('\n')
  if (!setup) return listens
  const until = setup.expiresAt.toISOString()
  return `${listens}\n\nNobody can sign in yet. ${programName} init makes the first admin with this one-time code, good until ${until}:\n\n  ${setup.code}\n`
}

/** One Ctrl-C is heard several times within this time, in milliseconds: from the terminal, from npm, from the wrapper. */
const sameSignalMs = 1000

/**
 * Until a signal, or until the process that started this one is gone. A second signal does not wait any longer.
 */
const untilStopped = (): Promise<void> =>
  new Promise((done) => {
    let toldAt: number | undefined
    const stop = () => {
      const now = performance.now()
      if (toldAt !== undefined && now - toldAt > sameSignalMs) process.exit(1)
      toldAt ??= now
      done()
    }
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, stop)
    // Whoever started it ends of the same Ctrl-C, and sooner: that is no second one.
    process.once('disconnect', done)
    // Listening to the channel is no reason to stay either, when the start fails.
    process.channel?.unref()
  })
