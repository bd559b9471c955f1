import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Cluster, startEmbedded } from '@suture/server/platform/database/embedded/cluster.ts'
import { prepare } from '@suture/server/platform/database/open.ts'
import { createLog } from '@suture/server/platform/log.ts'
import type { TestProject } from 'vitest/node'

declare module 'vitest' {
  interface ProvidedContext {
    /** The run's one PostgreSQL: `superuser` leads to the database `postgres`, the roles' urls to `suture`, migrated and empty: the template of every test's own. */
    readonly cluster: Cluster['urls'] & { readonly superuser: string }
  }
}

/** One PostgreSQL for the whole run, in a home of its own that goes with it. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const home = await mkdtemp(join(tmpdir(), 'suture-test-'))
  const cluster = await startEmbedded({ home, durable: false })
  await prepare(cluster.urls, createLog('warn'))
  project.provide('cluster', { ...cluster.urls, superuser: cluster.superuser })
  return async () => {
    await cluster.stop()
    await rm(home, { recursive: true, force: true })
  }
}
