import * as contract from '@suture/contract/lab.ts'
import { z } from 'zod'
import { withScope } from '#platform/database/store.ts'
import { pageOf, readCursor } from '#platform/http/paging.ts'
import type { Routes } from '#platform/http/serve.ts'
import { getLabKey } from './key.operations.ts'
import type { Observers } from './look.operations.ts'
import { addRig } from './rig.operations.ts'
import { viewRigs } from './rig.queries.ts'
import { testRelease } from './run.operations.ts'
import { viewRuns } from './run.queries.ts'
import { getLabRun } from './view.operations.ts'

interface Given {
  readonly observers: Observers
  /** SUTURE_HOME, where the lab's key lives. */
  readonly home: string
}

const ByTime = z.tuple([z.iso.datetime().transform((text) => new Date(text)), z.uuid()])

/** Rigs, tests and verdicts over HTTP. */
export const labRoutes =
  ({ observers, home }: Given): Routes =>
  ({ serve, store, clock }) => {
    serve(contract.getLabKey, () => getLabKey(home))
    serve(contract.addRig, ({ store, scope, body }) => addRig(store, clock, scope, body))
    serve(contract.listRigs, async ({ scope, query }) => {
      const after = readCursor(query.cursor, z.tuple([z.string()]))?.[0]
      const rows = await withScope(store, scope, (scoped) => viewRigs(scoped, query.limit + 1, after))
      return pageOf(rows, query.limit, (rig) => [rig.name])
    })
    serve(contract.testRelease, async ({ store: into, scope, body }) => {
      const run = await testRelease({ store, into, clock, observers }, scope, body)
      return getLabRun(into, scope, run)
    })
    serve(contract.listLabRuns, async ({ scope, query }) => {
      const before = readCursor(query.cursor, ByTime)
      const rows = await withScope(store, scope, (scoped) =>
        viewRuns(scoped, query.limit + 1, { before, release: query.release }),
      )
      return pageOf(rows, query.limit, (run) => [run.startedAt.toISOString(), run.id])
    })
    serve(contract.getLabRun, ({ scope, params }) => getLabRun(store, scope, params.id))
  }
