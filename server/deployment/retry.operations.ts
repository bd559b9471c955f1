import { type Scope, type Scoped, type Store, withScope } from '#platform/database/store.ts'
import { emit } from '#platform/events/event.queries.ts'
import { Refusal } from '#platform/refusal.ts'
import { type Cluster, clustersIn, mayHold, mayRetry } from './cluster.operations.ts'
import { mustLock, mustVerify } from './control.operations.ts'
import { addToStratum } from './job.queries.ts'
import type { DeploymentParts } from './parts.ts'
import { decide, type FailedRow } from './retry.queries.ts'
import { decidesNow } from './retry.ts'
import type { RolloutRow } from './rollout.queries.ts'

type Parts = Pick<DeploymentParts, 'clock' | 'signerKeys'>

interface Meant {
  readonly cluster: string
  readonly expect: number
}

/** A rollout of which somebody may decide about failed devices, held so that nobody is offered it meanwhile. */
async function mustBeOpen(scoped: Scoped, id: string): Promise<RolloutRow> {
  const row = await mustLock(scoped, id)
  if (!decidesNow(row)) throw new Refusal('deployment/not-now', { state: row.state })
  return row
}

/** The cluster that somebody means, and of it as many devices as they believe; or a refusal. */
async function meantBy(
  scoped: Scoped,
  parts: Parts,
  row: RolloutRow,
  { cluster: key, expect }: Meant,
  pick: (cluster: Cluster) => FailedRow[],
) {
  const cluster = (await clustersIn(scoped, parts, row)).find((each) => each.key === key)
  if (!cluster) throw new Refusal('deployment/cluster-unknown')
  const devices = pick(cluster)
  if (devices.length !== expect) throw new Refusal('deployment/count-differs', { devices: devices.length })
  const { class: reason, manufacturer, model, hardwareRevision } = cluster
  return { devices, detail: { class: reason, manufacturer, model, hardwareRevision, devices: expect } }
}

/** Counts retries that are asked for, or no longer, in the one order in which everybody counts. */
async function countAsked(scoped: Scoped, rollout: string, devices: readonly FailedRow[], by: 1 | -1): Promise<void> {
  const waves = Map.groupBy(
    devices,
    (each) =>
      `${String(each.wave_no).padStart(3, '0')} ${String(each.model_id).padStart(10, '0')} ${each.hardware_revision}`,
  )
  for (const key of [...waves.keys()].sort()) {
    const [first, ...others] = waves.get(key) ?? []
    if (!first) continue
    await addToStratum(scoped, { ...first, rollout_id: rollout }, { retries_asked: by * (1 + others.length) })
  }
}

/**
 * Has the devices of a cluster tried again. No job is made here: each gets one when it next asks, by the same rules and
 * under the same signed plan as its first, so that whatever stops a first job stops this one too.
 */
export const retryCluster = (parts: Parts, store: Store, scope: Scope, id: string, meant: Meant) =>
  withScope(store, scope, async (scoped) => {
    const row = await mustBeOpen(scoped, id)
    await mustVerify(scoped, parts, row)
    const { devices, detail } = await meantBy(scoped, parts, row, meant, mayRetry)
    await decide(scoped, devices, { decided: 'again', reason: null, at: parts.clock.now() })
    await countAsked(scoped, id, devices, 1)
    await emit(scoped, parts.clock, { kind: 'rollout.retried', subject: id, detail })
    return { devices: devices.length }
  })

/** Leaves the devices of a cluster out of the rest of a rollout; whoever was to try again and has not come is not waited for. */
export const holdCluster = (
  parts: Parts,
  store: Store,
  scope: Scope,
  id: string,
  { reason, ...meant }: Meant & { readonly reason: string },
) =>
  withScope(store, scope, async (scoped) => {
    const row = await mustBeOpen(scoped, id)
    const { devices, detail } = await meantBy(scoped, parts, row, meant, mayHold)
    const waiting = devices.filter(({ decided }) => decided === 'again')
    await decide(scoped, devices, { decided: 'held', reason, at: parts.clock.now() })
    await countAsked(scoped, id, waiting, -1)
    await emit(scoped, parts.clock, { kind: 'rollout.held', subject: id, detail: { ...detail, reason } })
    return { devices: devices.length }
  })
