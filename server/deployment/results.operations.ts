import type { Assurance, JobState } from '@suture/contract/states.ts'
import type { Scoped } from '#platform/database/store.ts'
import { devicesOf } from './audience.ts'
import { findResults } from './results.queries.ts'
import { findRollout } from './rollout.queries.ts'
import { verifiedPlan } from './verified.operations.ts'

/** What came of a rollout on one device of its audience. */
interface DeviceResult {
  readonly deviceId: number
  readonly device: string
  readonly site: string | null
  readonly model: string
  readonly hardwareRevision: string
  readonly state: JobState | 'not-offered'
  readonly class: string | null
  /** How `after` is known; `none` where nothing was heard. */
  readonly assurance: Assurance | 'none'
  readonly before: string | null
  readonly after: string | null
  readonly observedAt: Date | null
  readonly endedAt: Date | null
  readonly wave: number | null
}

/**
 * What came of a rollout on every device of the audience that was signed, by the device's UUID; nothing when the plan
 * does not verify. A device that never came is `not-offered`, and nothing is claimed of what it runs.
 */
export async function rolloutResults(
  scoped: Scoped,
  signerKeys: string,
  id: string,
): Promise<readonly DeviceResult[] | undefined> {
  const row = await findRollout(scoped, id)
  const signed = row && (await verifiedPlan(scoped, signerKeys, row))
  if (!signed) return undefined
  const rows = await findResults(scoped, id, devicesOf(signed.audience))
  return rows.map(({ job, claim, firmware, ...each }) => ({
    ...each,
    state: each.state ?? 'not-offered',
    before: each.before ?? firmware,
    assurance: each.assurance ?? (job !== null && claim !== null ? 'claimed' : 'none'),
  }))
}
