import type { Cautions } from '@suture/contract/rollout-plan.ts'
import { type RolloutPlan, readRolloutPlan } from '@suture/trust/statements.ts'
import { VerificationError } from '@suture/trust/verification-error.ts'
import type { z } from 'zod'
import type { Scoped } from '#platform/database/store.ts'
import { uncoveredBy } from '../lab/index.ts'
import { newestVerdict } from '../releases/index.ts'
import { devicesOf } from './audience.ts'
import { countCells, findQuarantines } from './caution.queries.ts'
import { quarantinesAgainst, toldOf } from './caution.ts'
import type { DeploymentParts } from './parts.ts'
import { countVisible } from './plan.queries.ts'
import { installableRelease } from './release.operations.ts'
import { findBytes, type RolloutRow, type StratumRow } from './rollout.queries.ts'
import { unlessNoSigner } from './verified.operations.ts'

type Told = z.output<typeof Cautions>

/** As many cells as are named; the rest is counted. */
const mostCells = 100

/** A plan from its bytes, whoever signed it; nothing when they are none. */
export function readablePlan(bytes: Buffer): RolloutPlan | undefined {
  try {
    return readRolloutPlan(bytes)
  } catch (error) {
    if (error instanceof VerificationError) return undefined
    throw error
  }
}

/** Which of some devices no rig stood for when the lab last tested a release. */
export async function uncoveredAmong(
  scoped: Scoped,
  release: string,
  version: string,
  devices: readonly number[],
): Promise<NonNullable<Told['uncovered']>> {
  const verdict = await newestVerdict(scoped, release)
  const cells = uncoveredBy(verdict, await countCells(scoped, devices, version))
  return {
    verdict: verdict?.verdict ?? null,
    devices: cells.reduce((sum, each) => sum + each.devices, 0),
    kinds: cells.length,
    cells: cells.slice(0, mostCells),
    unseen: devices.length - (await countVisible(scoped, devices)),
  }
}

const over: readonly RolloutRow['state'][] = ['stopped', 'finished', 'expired']

/**
 * What an approver must know of a frozen plan, as it is now: a quarantine may have come after the plan was frozen. What
 * the lab covered is told until the rollout starts; from then on devices change under the count.
 */
export async function cautionsOf(
  scoped: Scoped,
  { signerKeys }: Pick<DeploymentParts, 'signerKeys'>,
  row: RolloutRow,
  strata: readonly StratumRow[],
  signed: RolloutPlan | undefined,
): Promise<Told | null> {
  if (over.includes(row.state)) return null
  // An audience may weigh megabytes, and whoever watches a rollout asks every second.
  const stored = row.started_at === null ? await findBytes(scoped, row.id) : undefined
  const plan = stored ? readablePlan(stored.plan) : signed
  const release = plan && (await unlessNoSigner(installableRelease(scoped, signerKeys, plan.release)))
  if (!release) return null
  const models = [...new Set(strata.map(({ model_id }) => model_id))]
  const against = quarantinesAgainst(release, await findQuarantines(scoped, models, row.id))
  const counts = strata.map(({ hardware_revision, ...each }) => ({ ...each, hardwareRevision: hardware_revision }))
  return {
    quarantined: toldOf(against, counts, plan.includeQuarantined ?? []),
    uncovered: stored ? await uncoveredAmong(scoped, plan.release, release.version, devicesOf(stored.audience)) : null,
  }
}
