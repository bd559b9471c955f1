import type { Scoped } from '#platform/database/store.ts'
import { devicesOf } from './audience.ts'
import { findLateDevices } from './late.queries.ts'
import type { DeploymentParts } from './parts.ts'
import { placeOf, waveOf } from './reach.ts'
import { installableRelease } from './release.operations.ts'
import { lastAsked } from './retry.queries.ts'
import { hearingFor, isLeftOut, type RolloutRow, type StratumRow } from './rollout.queries.ts'
import { unlessNoSigner, type VerifiedPlan } from './verified.operations.ts'

type Parts = Pick<DeploymentParts, 'clock' | 'signerKeys'>

/** A rollout whose devices are waited for. */
interface Waiting {
  readonly row: RolloutRow
  readonly signed: VerifiedPlan
  readonly strata: readonly StratumRow[]
}

/** How many devices that the rollout reaches were heard of lately and have not come for it: they may still do so. */
async function countLate(scoped: Scoped, { clock, signerKeys }: Parts, { row, signed, strata }: Waiting) {
  const { plan, audience, salt } = signed
  const release = await unlessNoSigner(installableRelease(scoped, signerKeys, plan.release))
  const since = new Date(clock.now().getTime() - plan.limits.silenceSeconds * 1000)
  const late = await findLateDevices(scoped, row.id, devicesOf(audience), since)
  return late.filter(({ uid, modelId, hardwareRevision, firmware }) => {
    const own = strata.filter((each) => each.model_id === modelId && each.hardware_revision === hardwareRevision)
    const reaches = own.map(({ reach }) => reach)
    const isReached = waveOf(placeOf(salt, uid), reaches) !== undefined
    return isReached && firmware !== release?.version && !own.some(isLeftOut)
  }).length
}

/**
 * Whether devices may still come that have not, for the first time or again.
 * @param isRetrying whether some may try again and have not come since
 */
export async function mayCome(scoped: Scoped, parts: Parts, waiting: Waiting, isRetrying: boolean): Promise<boolean> {
  const silenceMs = waiting.signed.plan.limits.silenceSeconds * 1000
  const now = parts.clock.now()
  // After a time in which nobody was heard, whoever has not come is given as long as the plan waits.
  if ((await hearingFor(scoped, now)) < silenceMs) return true
  const asked = isRetrying ? await lastAsked(scoped, waiting.row.id) : null
  if (asked && now.getTime() - asked.getTime() < silenceMs) return true
  return (await countLate(scoped, parts, waiting)) > 0
}
