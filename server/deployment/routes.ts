import * as contract from '@suture/contract/deployment.ts'
import * as profiles from '@suture/contract/profiles.ts'
import { z } from 'zod'
import { withScope } from '#platform/database/store.ts'
import { pageOf, readCursor } from '#platform/http/paging.ts'
import type { Routes } from '#platform/http/serve.ts'
import { approveRollout } from './approval.operations.ts'
import { listClusters } from './cluster.operations.ts'
import { pauseRollout, resumeRollout, startRollout, stopRollout } from './control.operations.ts'
import { holdCluster } from './hold.operations.ts'
import type { PlanParts } from './parts.ts'
import { createRollout, previewRollout } from './plan.operations.ts'
import { changePlanDefaults, chooseProfile } from './plan-defaults.operations.ts'
import { viewPlanDefaults } from './plan-defaults.queries.ts'
import { retryCluster } from './retry.operations.ts'
import { explainUpdate } from './update.operations.ts'
import { readDevice } from './verification/read.operations.ts'
import { getRollout, getRolloutPlan, jobView } from './view.operations.ts'
import { viewJobs, viewRollouts } from './view.queries.ts'

const Place = z.tuple([z.iso.datetime().transform((text) => new Date(text)), z.uuid()])

/** Rollouts, their jobs, and reading a device, over HTTP. */
export const deploymentRoutes =
  (given: Omit<PlanParts, 'clock'>): Routes =>
  ({ serve, store, clock }) => {
    const parts = { ...given, clock }
    serve(contract.previewRollout, ({ caller, body }) => previewRollout(parts, store, caller, body))
    serve(contract.createRollout, ({ store, caller, body }) => createRollout(parts, store, caller, body))
    serve(contract.getRollout, ({ scope, params }) => getRollout(parts, store, scope, params.id))
    serve(contract.getRolloutPlan, ({ scope, params }) => getRolloutPlan(store, scope, params.id))
    serve(contract.approveRollout, ({ caller, params, body }) => approveRollout(parts, store, caller, params.id, body))
    serve(contract.startRollout, ({ scope, params }) => startRollout(parts, store, scope, params.id))
    serve(contract.pauseRollout, ({ scope, params }) => pauseRollout(parts, store, scope, params.id))
    serve(contract.resumeRollout, ({ scope, params }) => resumeRollout(parts, store, scope, params.id))
    serve(contract.stopRollout, ({ scope, params }) => stopRollout(parts, store, scope, params.id))
    serve(contract.listClusters, ({ scope, params }) => listClusters(parts, store, scope, params.id))
    serve(contract.retryCluster, ({ store, scope, params, body }) => retryCluster(parts, store, scope, params.id, body))
    serve(contract.holdCluster, ({ store, scope, params, body }) => holdCluster(parts, store, scope, params.id, body))
    serve(profiles.listProfiles, async () => ({
      items: profiles.profileNames.map((profile) => ({ profile, ...profiles.profiles[profile] })),
      inEvery: Object.values(profiles.inEveryProfile),
    }))
    serve(profiles.getPlanDefaults, ({ store, scope }) => withScope(store, scope, viewPlanDefaults))
    serve(profiles.chooseProfile, ({ store, scope, body }) => chooseProfile(store, clock, scope, body.profile))
    serve(profiles.changePlanDefaults, ({ store, scope, body }) => changePlanDefaults(store, clock, scope, body))
    serve(contract.explainUpdate, ({ scope, params }) => explainUpdate(parts, store, scope, params.id))
    serve(contract.readDevice, ({ scope, params }) => readDevice(parts, store, scope, params.id))

    serve(contract.listRollouts, async ({ scope, query }) => {
      const before = readCursor(query.cursor, Place)
      const rows = await withScope(store, scope, (scoped) =>
        viewRollouts(scoped, query.limit + 1, { before, state: query.state, text: query.text, release: query.release }),
      )
      return pageOf(rows, query.limit, ({ createdAt, id }) => [createdAt.toISOString(), id])
    })
    serve(contract.listJobs, async ({ scope, query }) => {
      const { limit, rollout, device, state } = query
      const before = readCursor(query.cursor, Place)
      const rows = await withScope(store, scope, (scoped) =>
        viewJobs(scoped, limit + 1, { before, rollout, device, state }),
      )
      return pageOf(rows.map(jobView), limit, ({ offeredAt, id }) => [offeredAt.toISOString(), id])
    })
  }
