import type { JobReason } from '@suture/contract/reasons.ts'
import { sha256 } from '@suture/trust/digest.ts'
import { type Scope, type Scoped, type Store, withScope } from '#platform/database/store.ts'
import { Refusal } from '#platform/refusal.ts'
import { findApprovals, findSigning } from './approval.queries.ts'
import { cautionsOf, readablePlan } from './caution.operations.ts'
import { findHeld } from './hold.queries.ts'
import type { DeploymentParts } from './parts.ts'
import {
  findBytes,
  findRollout,
  findStrata,
  findWaves,
  type RolloutRow,
  type StratumRow,
  type WaveRow,
} from './rollout.queries.ts'
import { unlessNoSigner, verifiedPlan } from './verified.operations.ts'
import { audienceSize, findQuarantined } from './view.queries.ts'
import { waitsFor } from './wave-view.ts'

const names = ['devices', 'offered', 'verified', 'failed', 'silent', 'other'] as const
const totalsOf = (strata: readonly StratumRow[]) =>
  Object.fromEntries(names.map((name) => [name, strata.reduce((sum, each) => sum + each[name], 0)])) as Record<
    (typeof names)[number],
    number
  >

const retriesOf = (strata: readonly StratumRow[]) => {
  const sum = (of: (each: StratumRow) => number) => strata.reduce((total, each) => total + of(each), 0)
  return {
    asked: sum((each) => each.retries_asked),
    offered: sum((each) => each.retries_offered),
    ended: sum((each) => each.retries_ended),
    verified: sum((each) => each.retries_verified),
  }
}

const stratumView = (row: StratumRow) => ({
  manufacturer: row.manufacturer,
  model: row.model,
  hardwareRevision: row.hardware_revision,
  quarantined: row.quarantined,
  held: row.held,
  ...totalsOf([row]),
})

function waveView(wave: WaveRow, all: readonly StratumRow[], waiting: WaveRow['why'] | undefined) {
  const strata = all.filter(({ wave_no }) => wave_no === wave.no)
  return {
    no: wave.no,
    state: wave.state,
    why: wave.why ?? waiting ?? null,
    openedAt: wave.opened_at,
    observingSince: wave.observing_since,
    endedAt: wave.ended_at,
    ...totalsOf(strata),
    retries: retriesOf(strata),
    strata: strata.map(stratumView),
  }
}

/** Everything that is known of a rollout, as its row, counters and proofs have it now. */
async function detailOf(scoped: Scoped, { clock, signerKeys }: DeploymentParts, row: RolloutRow) {
  const plan = (await unlessNoSigner(verifiedPlan(scoped, signerKeys, row)))?.plan
  const [waves, strata] = [await findWaves(scoped, row.id), await findStrata(scoped, [row.id])]
  const signing = await findSigning(scoped, row.digest)
  const approvals = await findApprovals(scoped, row.id)
  const moment = { deafMs: row.deaf_ms, now: clock.now() }
  return {
    id: row.id,
    name: row.name,
    release: row.release_id,
    state: row.state,
    why: row.why,
    planDigest: row.digest,
    devices: await audienceSize(scoped, row.id),
    createdBy: row.created_by,
    createdAt: row.created_at,
    startedAt: row.started_at,
    endedAt: row.ended_at,
    verified: plan !== undefined,
    signing: signing
      ? {
          state: signing.state,
          refusal: signing.code === null ? null : { code: signing.code, detail: signing.detail ?? '' },
        }
      : null,
    approvals: approvals
      .filter(({ digest }) => digest === row.digest)
      .map(({ person, name, keyId, approvedAt }) => ({ person, name, keyId, approvedAt })),
    waves: waves.map((wave) => waveView(wave, strata, plan && waitsFor(plan, strata, wave, moment))),
    quarantined: await findQuarantined(scoped, row.id),
    held: await findHeld(scoped, row.id),
    cautions: await cautionsOf(scoped, { signerKeys }, row, strata, plan),
  }
}

/** One rollout, as far as it has come. */
export const getRollout = (parts: DeploymentParts, store: Store, scope: Scope, id: string) =>
  withScope(store, scope, async (scoped) => {
    const row = await findRollout(scoped, id)
    if (!row) throw new Refusal('deployment/rollout-unknown')
    return detailOf(scoped, parts, row)
  })

function summaryOf(bytes: Buffer) {
  const plan = readablePlan(bytes)
  if (!plan) return null
  return {
    plan: plan.plan,
    name: plan.name,
    release: plan.release,
    artifacts: [...plan.artifacts],
    devices: plan.audience.count,
    audienceDigest: plan.audience.digest,
    waves: [...plan.waves],
    limits: { ...plan.limits, revisions: [...plan.limits.revisions] },
    createdBy: plan.createdBy,
    createdAt: new Date(plan.createdAt),
    notBefore: new Date(plan.notBefore),
    notAfter: new Date(plan.notAfter),
    includeQuarantined: [...(plan.includeQuarantined ?? [])],
  }
}

/** The exact bytes of a plan, and what they say; whoever signs computes the digest themselves. */
export const getRolloutPlan = (store: Store, scope: Scope, id: string) =>
  withScope(store, scope, async (scoped) => {
    const stored = await findBytes(scoped, id)
    if (!stored) throw new Refusal('deployment/rollout-unknown')
    return { plan: stored.plan.toString('base64'), digest: sha256(stored.plan), summary: summaryOf(stored.plan) }
  })

/** Jobs as the contract has them: a class is one of its reasons, because only this slice writes it. */
export const jobView = <Row extends { readonly class: string | null }>(row: Row) => ({
  ...row,
  class: row.class as JobReason | null,
})
