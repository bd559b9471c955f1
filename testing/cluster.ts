import { randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Cluster, startEmbedded } from '@suture/server/platform/database/embedded/cluster.ts'
import { ensureDatabase, ensureRoles, grantAccess } from '@suture/server/platform/database/embedded/roles.ts'
import { prepare } from '@suture/server/platform/database/open.ts'
import { createLog } from '@suture/server/platform/log.ts'
import pg from 'pg'
import type { TestProject } from 'vitest/node'

declare module 'vitest' {
  interface ProvidedContext {
    /** The run's one PostgreSQL: `superuser` leads to the database `postgres`, the roles' urls to `suture`, migrated and empty: the template of every test's own. */
    readonly cluster: Cluster['urls'] & { readonly superuser: string }
  }
}

interface Running {
  readonly urls: Cluster['urls']
  readonly superuser: string
  stop(): Promise<void>
}

/** One of our own, in a home that goes with it. */
async function embedded(): Promise<Running> {
  const home = await mkdtemp(join(tmpdir(), 'suture-test-'))
  const { urls, superuser, stop } = await startEmbedded({ home, durable: false })
  return {
    ...{ urls, superuser },
    stop: async () => {
      await stop()
      await rm(home, { recursive: true, force: true })
    },
  }
}

async function connected(url: string, work: (client: pg.Client) => Promise<void>): Promise<void> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  await work(client).finally(() => client.end())
}

/**
 * Somebody else's, with the roles that `suture db init` makes.
 * @param superuser its connection: of a cluster that is there for tests alone, because tests make and drop databases
 */
async function external(superuser: string): Promise<Running> {
  const inSuture = (user?: string, password?: string): string => {
    const url = new URL(superuser)
    url.pathname = '/suture'
    if (user !== undefined && password !== undefined) Object.assign(url, { username: user, password })
    return url.href
  }
  const secret = () => randomBytes(24).toString('base64url')
  const passwords = { suture_owner: secret(), suture_app: secret(), suture_worker: secret(), suture_signer: secret() }
  await connected(superuser, async (admin) => {
    const { rows } = await admin.query(`select from pg_roles where rolname like 'suture\\_%'`)
    if (rows.length > 0)
      throw new Error(
        'SUTURE_TEST_DATABASE_URL names a PostgreSQL that Suture uses already; name one that tests may spoil.',
      )
    await ensureRoles(admin, passwords)
    await ensureDatabase(admin, 'suture')
  })
  await connected(inSuture(), grantAccess)
  const url = (role: keyof typeof passwords) => inSuture(role, passwords[role])
  const urls = {
    ...{ owner: url('suture_owner'), app: url('suture_app') },
    ...{ worker: url('suture_worker'), signer: url('suture_signer') },
  }
  return { urls, superuser, stop: async () => {} }
}

/** One PostgreSQL for the whole run: our own, or the one that SUTURE_TEST_DATABASE_URL names. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const named = process.env.SUTURE_TEST_DATABASE_URL
  const { urls, superuser, stop } = await (named ? external(named) : embedded())
  await prepare(urls, createLog('warn'))
  project.provide('cluster', { ...urls, superuser })
  return stop
}
