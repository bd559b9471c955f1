import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { urlsOf } from '@suture/server/platform/database/embedded/cluster.ts'
import type { Switch } from '../sabotage/fault.ts'
import { type Child, repository, start } from './children.ts'
import { policy } from './world.ts'

/** A running control plane with its signer, in a home of its own. */
export interface DemoServer {
  readonly url: string
  readonly home: string
  readonly process: Child
  /** The connection of the application's own role, for the checker. */
  readonly database: string
}

const preloaded = (sabotage: Switch, hooks: string): Record<string, string> => ({
  NODE_OPTIONS: `${hooks} --import=${join(repository, 'testing/sabotage/register.ts')}`,
  SUTURE_SABOTAGE: sabotage.name,
})

/**
 * Starts the product as its users do, with the console where somebody is going to look at it; a sabotage sits in the server and in the signer, whichever loads its files.
 * @param hooks what Node is told to load before the server, to look at it from within
 */
export async function startServer(
  folder: string,
  sabotage: Switch | undefined,
  withConsole: boolean,
  hooks = '',
): Promise<DemoServer> {
  const home = join(folder, 'home')
  mkdirSync(home, { mode: 0o700 })
  const env = { SUTURE_HOME: home, SUTURE_LOG_LEVEL: 'warn' }
  const server = start('the server', ['cli/bin/suture.mjs', 'serve'], {
    ...env,
    SUTURE_LISTEN: '127.0.0.1:0',
    SUTURE_POLL_SECONDS: String(policy.pollSeconds),
    ...(withConsole ? {} : { SUTURE_CONSOLE: 'off' }),
    ...(hooks === '' ? {} : { NODE_OPTIONS: hooks }),
    ...(sabotage ? { SUTURE_SIGNER: 'external', ...preloaded(sabotage, hooks) } : {}),
  })
  const greeting = await server.line((line) => line.includes('listens at '))
  const url = /listens at (\S+?);/.exec(greeting)?.[1]
  if (url === undefined) throw new Error(`The server did not say where it listens: ${greeting}`)
  const urls = await urlsOf(home)
  if (!urls) throw new Error('The server started, and its database has no addresses')
  if (sabotage)
    start('the signer', ['cli/bin/suture.mjs', 'signer', 'run'], {
      ...env,
      ...preloaded(sabotage, ''),
      SUTURE_SIGNER_DATABASE_URL: urls.signer,
    })
  return { url, home, process: server, database: urls.app }
}
