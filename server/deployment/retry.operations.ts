import { type Scope, type Scoped, type Store, withScope } from '#platform/database/store.ts'
import { emit } from '#platform/events/event.queries.ts'
import { Refusal } from '#platform/refusal.ts'
import { mayRetry, mustFind } from './cluster.operations.ts'
import { mustLock, mustVerify } from './control.operations.ts'
import { addToStratum } from './job.queries.ts'
import type { DeploymentParts } from './parts.ts'
import { type FailedRow, tryAgain } from './retry.queries.ts'
import { decidesNow } from './retry.ts'
import type { RolloutRow } from './rollout.queries.ts'

/** A rollout about whose failures somebody may decide, or the refusal that it is too late or too early. */
export function mustDecideNow(row: RolloutRow): RolloutRow {
  if (!decidesNow(row)) throw new Refusal('deployment/not-now', { state: row.state })
  return row
}

/** Counts what is asked for, revision by revision, in the one order in which everybody counts. */
async function countAsked(scoped: Scoped, rollout_id: string, devices: readonly FailedRow[]): Promise<void> {
  const strata = Map.groupBy(devices, ({ wave_no, model_id, hardware_revision }) =>
    [String(wave_no).padStart(3, '0'), String(model_id).padStart(10, '0'), hardware_revision].join(' '),
  )
  for (const key of [...strata.keys()].sort()) {
    const [first, ...others] = strata.get(key) ?? []
    if (first) await addToStratum(scoped, { ...first, rollout_id }, { retries_asked: 1 + others.length })
  }
}

/**
 * Has the devices of a cluster tried again, as far as the caller may see them. No job is made here: each gets one when it
 * next asks, by the rules and under the signed plan of its first, so that whatever stops a first job stops this one too.
 */
export const retryCluster = (
  parts: Pick<DeploymentParts, 'clock' | 'signerKeys'>,
  store: Store,
  scope: Scope,
  id: string,
  { cluster: key, expect }: { readonly cluster: string; readonly expect: number },
) =>
  withScope(store, scope, async (scoped) => {
    // Held until the end: nobody is offered a job meanwhile, and nobody else decides about the same devices.
    const row = mustDecideNow(await mustLock(scoped, id))
    await mustVerify(scoped, parts, row)
    const cluster = await mustFind(scoped, parts, row, key)
    const devices = mayRetry(cluster)
    if (devices.length !== expect) throw new Refusal('deployment/count-differs', { devices: devices.length })
    await tryAgain(scoped, devices, parts.clock.now())
    await countAsked(scoped, id, devices)
    const { class: reason, manufacturer, model, hardwareRevision } = cluster
    const detail = { class: reason, manufacturer, model, hardwareRevision, devices: expect }
    await emit(scoped, parts.clock, { kind: 'rollout.retried', subject: id, detail })
    return { devices: expect }
  })
