import * as contract from '@suture/contract/compliance.ts'
import { getManagementReport as managementReport } from '@suture/contract/report.ts'
import { z } from 'zod'
import { withScope } from '#platform/database/store.ts'
import { pageOf, readCursor } from '#platform/http/paging.ts'
import type { Routes } from '#platform/http/serve.ts'
import { Refusal } from '#platform/refusal.ts'
import { getEvidencePack, packEvidence } from './evidence/evidence.operations.ts'
import { viewEvidence } from './evidence/evidence.queries.ts'
import { getManagementReport } from './reports/management.operations.ts'

const Place = z.tuple([z.iso.datetime().transform((text) => new Date(text)), z.uuid()])

/** Evidence, over HTTP. */
export const complianceRoutes =
  (keysFile: string): Routes =>
  ({ serve, store, clock }) => {
    serve(contract.packEvidence, ({ store, caller, params }) =>
      packEvidence(store, clock, caller, keysFile, params.rollout),
    )
    serve(contract.listEvidence, async ({ scope, query }) => {
      const before = readCursor(query.cursor, Place)
      const rows = await withScope(store, scope, (scoped) =>
        viewEvidence(scoped, { limit: query.limit + 1, before, rollout: query.rollout }),
      )
      return pageOf(rows, query.limit, ({ createdAt, id }) => [createdAt.toISOString(), id])
    })
    serve(contract.getEvidence, async ({ scope, params }) => {
      const [row] = await withScope(store, scope, (scoped) => viewEvidence(scoped, { limit: 1, id: params.id }))
      if (!row) throw new Refusal('compliance/evidence-unknown')
      return row
    })
    serve(managementReport, ({ caller, query }) => getManagementReport(store, clock, caller, query.days))
    serve(contract.getEvidencePack, ({ caller, params }) => getEvidencePack(store, caller, keysFile, params.id))
  }
