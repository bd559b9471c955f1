import type { Config } from '#platform/config.ts'
import type { Log } from '#platform/log.ts'
import { OperatorError } from '#platform/operator-error.ts'
import { installTaskQueue } from '#platform/tasks/install.ts'
import { newClient } from './client.ts'
import { startEmbedded, urlsOf } from './embedded/cluster.ts'
import { migrate } from './migrate.ts'
import { assertPowerless } from './privileges.ts'

/** One connection string for each database role that this process, or one that it starts, connects as. */
export interface DatabaseUrls {
  readonly owner: string
  readonly app: string
  readonly worker: string
  /** Left out when the signer runs apart: its password does not belong in the server. */
  readonly signer?: string
}

export interface Database {
  readonly urls: DatabaseUrls
  readonly embedded: boolean
  /** Stops the embedded PostgreSQL; somebody else's is left alone. */
  stop(): Promise<void>
}

/** The connections of an external PostgreSQL, or undefined when the embedded one is to be used. */
export function externalUrls(config: Config): DatabaseUrls | undefined {
  const { DATABASE_URL: owner, SUTURE_APP_DATABASE_URL: app, SUTURE_WORKER_DATABASE_URL: worker } = config
  if (owner === undefined) return undefined
  const signer = config.SUTURE_SIGNER_DATABASE_URL
  const isApart = config.SUTURE_SIGNER === 'external'
  if (app === undefined || worker === undefined || (signer === undefined && !isApart)) {
    throw new OperatorError(
      'DATABASE_URL names the owner of your PostgreSQL; the roles suture_app and suture_worker, and suture_signer unless SUTURE_SIGNER=external, need connections of their own. `suture db init` creates the roles and prints the settings.',
    )
  }
  return { owner, app, worker, ...(isApart || signer === undefined ? {} : { signer }) }
}

/** Connects to the configured PostgreSQL or starts the embedded one, and brings its schema up to date. */
export async function openDatabase(config: Config, log: Log): Promise<Database> {
  const database = await openAsItIs(config, log)
  try {
    await prepare(database.urls, log)
  } catch (error) {
    await database.stop()
    throw error
  }
  return database
}

/** The same, and its schema is left as it is. */
export async function openAsItIs(config: Config, log: Log): Promise<Database> {
  const external = externalUrls(config)
  if (external) {
    await assertReached(external)
    return { urls: external, embedded: false, stop: async () => {} }
  }
  const cluster = await startEmbedded({
    home: config.SUTURE_HOME,
    log: (message) => log.info({ message }, 'embedded PostgreSQL'),
  })
  return { urls: cluster.urls, embedded: true, stop: () => cluster.stop() }
}

/** The setting that names each connection. */
const settingOf = {
  owner: 'DATABASE_URL',
  app: 'SUTURE_APP_DATABASE_URL',
  worker: 'SUTURE_WORKER_DATABASE_URL',
} as const

/** @throws OperatorError naming the setting that leads nowhere, and why */
async function assertReached(urls: DatabaseUrls): Promise<void> {
  for (const [role, setting] of Object.entries(settingOf) as [keyof typeof settingOf, string][]) {
    const client = newClient({ connectionString: urls[role], application_name: 'suture start' })
    await client.connect().catch((cause: Error) => {
      throw new OperatorError(
        `The database that ${setting} names lets nobody in (${cause.message}). Start it, or mend the setting; \`suture db init\` makes the roles.`,
      )
    })
    await client.end()
  }
}

/** Migrations as the owner, then the task queue as the worker, neither of whom nor the server may pass row-level security by. */
export async function prepare(urls: DatabaseUrls, log: Log): Promise<void> {
  await assertWhole(urls.owner)
  await migrate(urls.owner, log)
  await assertPowerless(urls.app, 'SUTURE_APP_DATABASE_URL')
  await assertPowerless(urls.worker, 'SUTURE_WORKER_DATABASE_URL')
  await installTaskQueue(urls.worker, log)
}

/** The connections of the configured PostgreSQL if it answers now; nothing is started. */
export async function runningUrls(config: Config): Promise<DatabaseUrls | undefined> {
  const urls = externalUrls(config) ?? (await urlsOf(config.SUTURE_HOME))
  return urls && (await answers(urls.owner)) ? urls : undefined
}

/**
 * Runs work on the configured database, whether or not a server is running on it.
 * For what a person does on the server's machine; a stopped embedded PostgreSQL is started for it and stopped again.
 * @param open how it is started; otherwise its schema is brought up to date
 */
export async function withDatabase<T>(
  config: Config,
  log: Log,
  work: (urls: DatabaseUrls) => Promise<T>,
  open = openDatabase,
): Promise<T> {
  const running = await runningUrls(config)
  if (running) return work(running)
  const database = await open(config, log)
  try {
    return await work(database.urls)
  } finally {
    await database.stop()
  }
}

/** Refuses a database into which a restore was interrupted: it has only a part of what it should have. */
async function assertWhole(url: string): Promise<void> {
  const client = newClient({ connectionString: url, application_name: 'suture start' })
  await client.connect()
  try {
    const { rows } = await client.query<{ restoring: boolean }>(
      `select to_regclass('public.platform_restoring') is not null as restoring`,
    )
    if (rows[0]?.restoring)
      throw new OperatorError(
        'A restore into this database is under way or was interrupted. Let it end, or make the database anew and restore again: `suture backup restore` says how.',
      )
  } finally {
    await client.end()
  }
}

async function answers(url: string): Promise<boolean> {
  const client = newClient({ connectionString: url, connectionTimeoutMillis: 5_000 })
  try {
    await client.connect()
    await client.end()
    return true
  } catch {
    return false
  }
}
