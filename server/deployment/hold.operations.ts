import { type Scope, type Store, withScope } from '#platform/database/store.ts'
import { emit } from '#platform/events/event.queries.ts'
import { Refusal } from '#platform/refusal.ts'
import { mustFind } from './cluster.operations.ts'
import { forAllSites, mustLock } from './control.operations.ts'
import { countRecallable, insertHold } from './hold.queries.ts'
import { whomToHold } from './hold.ts'
import { recallJobs } from './job.queries.ts'
import type { DeploymentParts } from './parts.ts'
import { mustDecideNow } from './retry.operations.ts'
import { findRollout, findStrata } from './rollout.queries.ts'

/**
 * Leaves the revision of a cluster out of the rest of a rollout, at all sites, and calls back its devices that have not
 * begun to write. It is no quarantine: its failures go on to count, so that nobody escapes the plan's limits by it.
 */
export async function holdCluster(
  parts: Pick<DeploymentParts, 'clock' | 'signerKeys'>,
  store: Store,
  scope: Scope,
  id: string,
  { cluster: key, reason }: { readonly cluster: string; readonly reason: string },
) {
  const { modelId, manufacturer, model, hardwareRevision } = await withScope(store, scope, async (scoped) => {
    const row = await findRollout(scoped, id)
    if (!row) throw new Refusal('deployment/rollout-unknown')
    return mustFind(scoped, parts, mustDecideNow(row), key)
  })
  return withScope(store, forAllSites(scope), async (scoped) => {
    mustDecideNow(await mustLock(scoped, id))
    const revision = { modelId, hardwareRevision }
    const whom = whomToHold(await findStrata(scoped, [id]), await countRecallable(scoped, id), revision)
    if (!whom) throw new Refusal('deployment/left-out-already')
    await insertHold(scoped, { rollout: id, ...revision, reason, at: parts.clock.now() })
    const done = { ...whom, recalled: await recallJobs(scoped, id, 'revision-held', revision) }
    const detail = { manufacturer, model, hardwareRevision, ...done, reason }
    await emit(scoped, parts.clock, { kind: 'revision.held', subject: id, detail })
    return done
  })
}
