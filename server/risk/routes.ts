import * as contract from '@suture/contract/risk.ts'
import { releaseStates } from '@suture/contract/states.ts'
import { z } from 'zod'
import { withScope } from '#platform/database/store.ts'
import { pageOf, readCursor } from '#platform/http/paging.ts'
import type { Routes } from '#platform/http/serve.ts'
import { viewDecisionTable } from './decision-table.queries.ts'
import { viewDeviceClocks } from './device-clock.queries.ts'
import { explainDecision } from './explain.operations.ts'
import { viewFindingCounts, viewFindingGroups, viewFindings } from './finding.queries.ts'
import { viewFixes } from './fix.queries.ts'

const Place = z.tuple([z.union([z.iso.datetime(), z.literal('infinity')]), z.uuid(), z.string().max(64)])

/** What matters first, and why, over HTTP. */
export const riskRoutes: Routes = ({ serve, store, clock }) => {
  serve(contract.listFindings, async ({ scope, query: { limit, cursor, ...filter } }) => {
    const after = readCursor(cursor, Place)
    return withScope(store, scope, async (scoped) => {
      const rows = await viewFindings(scoped, filter, limit + 1, after)
      const listed = pageOf(rows, limit, ({ dueAt, device, vulnerability }) => [
        dueAt?.toISOString() ?? 'infinity',
        device.id,
        vulnerability,
      ])
      return { ...listed, counts: await viewFindingCounts(scoped, filter, clock.now()) }
    })
  })
  serve(contract.listDeviceClocks, async ({ scope, query: { devices } }) => ({
    items: await withScope(store, scope, (scoped) => viewDeviceClocks(scoped, devices)),
  }))
  serve(contract.listFindingGroups, async ({ scope, query: { limit } }) => ({
    items: await withScope(store, scope, (scoped) => viewFindingGroups(scoped, limit)),
  }))
  serve(contract.getDecisionTable, ({ scope }) => withScope(store, scope, viewDecisionTable))
  serve(contract.listFixes, async ({ scope, query: { state, release, limit } }) => {
    const states = state === 'any' ? releaseStates : [state]
    return { items: await withScope(store, scope, (scoped) => viewFixes(scoped, { states, release }, limit)) }
  })
  serve(contract.explainDecision, ({ scope, params }) => explainDecision(store, scope, params.id, params.vulnerability))
}
