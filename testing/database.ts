import { randomBytes } from 'node:crypto'
import type { Cluster } from '@suture/server/platform/database/embedded/cluster.ts'
import { grantAccess } from '@suture/server/platform/database/embedded/roles.ts'
import { openPool, type Pool } from '@suture/server/platform/database/pool.ts'
import { Store } from '@suture/server/platform/database/store.ts'
import pg from 'pg'
import { inject, onTestFinished } from 'vitest'

/** A database of one's own with the current schema. */
export interface TestDatabase {
  readonly urls: Cluster['urls'] & { readonly superuser: string }
  /** The database as each role of the server sees it. */
  readonly app: Store
  readonly worker: Store
  readonly workerPool: Pool
  drop(): Promise<void>
}

const inDatabase = (url: string, name: string): string => {
  const changed = new URL(url)
  changed.pathname = `/${name}`
  return changed.href
}

/** Signing in costs PostgreSQL fifty times what a statement does, so connections are kept for the next one. */
const pools = new Map<string, pg.Pool>()

function poolOf(url: string): pg.Pool {
  const known = pools.get(url)
  if (known) return known
  const pool = new pg.Pool({ connectionString: url, idleTimeoutMillis: 1_000, allowExitOnIdle: true })
  // The end of a database ends its idle connections too.
  pool.on('error', () => undefined)
  pools.set(url, pool)
  return pool
}

/** Runs one statement, in a transaction of its own. */
export async function query<Row extends pg.QueryResultRow>(
  url: string,
  text: string,
  values: unknown[] = [],
): Promise<Row[]> {
  return (await poolOf(url).query<Row>(text, values)).rows
}

/** Ten times what the product allows a transaction, in seconds: on a busy machine it is no fault to be slow. */
const longest = 50

/** A database of the run's cluster, made by one statement; the clone or the empty one is dropped with `drop`. */
async function createDatabase(made: (name: string) => string): Promise<TestDatabase> {
  const cluster = inject('cluster')
  const name = `test_${randomBytes(6).toString('hex')}`
  await query(cluster.superuser, made(name))
  const urls = {
    superuser: inDatabase(cluster.superuser, name),
    owner: inDatabase(cluster.owner, name),
    app: inDatabase(cluster.app, name),
    worker: inDatabase(cluster.worker, name),
    signer: inDatabase(cluster.signer, name),
  }
  const options = { max: 8, name: 'suture test', onError: () => undefined }
  const app = new Store(openPool(urls.app, options), longest)
  const workerPool = openPool(urls.worker, options)
  const worker = new Store(workerPool, longest)
  const drop = async () => {
    await Promise.all([app.close(), worker.close()])
    await query(cluster.superuser, `drop database ${name} with (force)`)
  }
  return { urls, app, worker, workerPool, drop }
}

/** Clones the run's migrated template. */
export const createTestDatabase = (): Promise<TestDatabase> =>
  createDatabase((name) => `create database ${name} template suture owner suture_owner`)

/** A database without tables for the test that is running, as `suture db init` leaves it; dropped when it ends. */
export async function emptyDatabaseForThisTest(): Promise<TestDatabase> {
  const database = await createDatabase((name) => `create database ${name} owner suture_owner`)
  onTestFinished(() => database.drop())
  const client = new pg.Client({ connectionString: database.urls.superuser })
  await client.connect()
  await grantAccess(client).finally(() => client.end())
  return database
}

/** A database for the test that is running, dropped when it ends. */
export async function databaseForThisTest(): Promise<TestDatabase> {
  const database = await createTestDatabase()
  onTestFinished(() => database.drop())
  return database
}
