import type { JobReason } from '@suture/contract/reasons.ts'
import { type Scope, type Scoped, type Store, withScope } from '#platform/database/store.ts'
import { emit } from '#platform/events/event.queries.ts'
import { step } from '#platform/machine.ts'
import { Refusal } from '#platform/refusal.ts'
import { approversNeeded, askForSignature } from './approval.operations.ts'
import { devicesOf } from './audience.ts'
import { countJobs, recallJobs } from './job.queries.ts'
import type { DeploymentParts } from './parts.ts'
import { countVisible } from './plan.queries.ts'
import { installableRelease } from './release.operations.ts'
import { waitLonger } from './retry.queries.ts'
import {
  changeRollout,
  changeWave,
  deafSince,
  findRollout,
  findWaves,
  lockRollout,
  type RolloutRow,
} from './rollout.queries.ts'
import { rollout as machine, type Rollout, type RolloutStep } from './rollout.ts'
import { type VerifiedPlan, verifiedPlan } from './verified.operations.ts'
import { getRollout } from './view.operations.ts'
import { type Why, why } from './why.ts'

/** Whoever may control a rollout controls it for all of its devices, also for those whose sites they do not see. */
export const forAllSites = (scope: Scope): Scope => ({ ...scope, sites: 'all' })

/** Where a step leads from here, or the refusal that it may not be taken now. */
export function next(row: RolloutRow, kind: RolloutStep['kind']): Rollout['kind'] {
  const taken = step(machine, { kind: row.state } as Rollout, { kind })
  if (!taken.ok) throw new Refusal('deployment/not-now', { state: row.state })
  return taken.state.kind
}

/** The rollout, held, or the refusal that there is none. */
export async function mustLock(scoped: Scoped, id: string): Promise<RolloutRow> {
  const row = await lockRollout(scoped, id)
  if (!row) throw new Refusal('deployment/rollout-unknown')
  return row
}

/** The plan of a rollout as the signer signed it, or the refusal that it is not. */
export async function mustVerify(
  scoped: Scoped,
  { signerKeys }: Pick<DeploymentParts, 'signerKeys'>,
  row: RolloutRow,
): Promise<VerifiedPlan> {
  const found = await verifiedPlan(scoped, signerKeys, row)
  if (!found) throw new Refusal('deployment/not-signed')
  return found
}

/** Takes over the signer's signature when it is there. */
export async function settle(scoped: Scoped, parts: DeploymentParts, row: RolloutRow): Promise<RolloutRow> {
  if (row.state !== 'awaiting-approval' || !(await verifiedPlan(scoped, parts.signerKeys, row))) return row
  const state = next(row, 'sign')
  await changeRollout(scoped, row.id, { state })
  await emit(scoped, parts.clock, { kind: 'rollout.signed', subject: row.id, detail: { planDigest: row.digest } })
  return { ...row, state }
}

/** Refuses somebody who does not see every device that the plan reaches. */
const mustSeeAll = (store: Store, scope: Scope, { audience, plan }: VerifiedPlan): Promise<void> =>
  withScope(store, scope, async (scoped) => {
    if (scope.sites === 'all') return
    if ((await countVisible(scoped, devicesOf(audience))) < plan.audience.count)
      throw new Refusal('deployment/other-sites')
  })

/** The plan as signed, or a refusal; when enough people approved and the signer had refused, it is asked once more. */
async function signedPlan(parts: DeploymentParts, store: Store, scope: Scope, id: string): Promise<VerifiedPlan> {
  const approvals = await withScope(store, forAllSites(scope), async (scoped) => {
    const row = await settle(scoped, parts, await mustLock(scoped, id))
    return row.state === 'awaiting-approval' ? askForSignature(scoped, parts, id) : undefined
  })
  // Thrown only now, so that the request is stored.
  if (approvals !== undefined) throw new Refusal('deployment/not-signed', { approvals, needed: approversNeeded })
  return withScope(store, forAllSites(scope), async (scoped) => {
    const row = await findRollout(scoped, id)
    if (!row) throw new Refusal('deployment/rollout-unknown')
    return mustVerify(scoped, parts, row)
  })
}

/** Opens the first wave of a plan that the signer signed. */
export async function startRollout(parts: DeploymentParts, store: Store, scope: Scope, id: string) {
  await mustSeeAll(store, scope, await signedPlan(parts, store, scope, id))
  await withScope(store, forAllSites(scope), async (scoped) => {
    const row = await mustLock(scoped, id)
    const { plan } = await mustVerify(scoped, parts, row)
    const state = next(row, 'start')
    const now = parts.clock.now()
    if (now.getTime() < Date.parse(plan.notBefore))
      throw new Refusal('deployment/too-early', { notBefore: plan.notBefore })
    if (now.getTime() >= Date.parse(plan.notAfter)) throw new Refusal('deployment/not-now', { notAfter: plan.notAfter })
    if (!(await installableRelease(scoped, parts.signerKeys, plan.release)))
      throw new Refusal('deployment/release-not-published')
    await changeRollout(scoped, id, { state, started_at: now, open_wave: 1 })
    await changeWave(scoped, id, 1, { state: 'open', opened_at: now })
    await emit(scoped, parts.clock, { kind: 'rollout.started', subject: id, detail: { planDigest: row.digest } })
    await emit(scoped, parts.clock, { kind: 'wave.opened', subject: id, detail: { wave: 1 } })
  })
  return getRollout(parts, store, scope, id)
}

/** Offers the update to nobody new, until somebody goes on. */
export async function pauseRollout(parts: DeploymentParts, store: Store, scope: Scope, id: string) {
  await withScope(store, forAllSites(scope), async (scoped) => pause(scoped, parts, await mustLock(scoped, id), null))
  return getRollout(parts, store, scope, id)
}

/** Pauses a rollout that the caller holds. */
export async function pause(
  scoped: Scoped,
  { clock }: DeploymentParts,
  row: RolloutRow,
  reason: Why | null,
): Promise<void> {
  await changeRollout(scoped, row.id, { state: next(row, 'pause'), paused_at: clock.now(), why: reason })
  await emit(scoped, clock, { kind: 'rollout.paused', subject: row.id, detail: { why: reason } })
}

/** Goes on; the time of the pause does not count for the open wave, in which nobody could be offered anything. */
export async function resumeRollout(parts: DeploymentParts, store: Store, scope: Scope, id: string) {
  const signed = await withScope(store, forAllSites(scope), async (scoped) => {
    const row = await findRollout(scoped, id)
    if (!row) throw new Refusal('deployment/rollout-unknown')
    next(row, 'resume')
    return mustVerify(scoped, parts, row)
  })
  await mustSeeAll(store, scope, signed)
  await withScope(store, forAllSites(scope), async (scoped) => {
    const row = await mustLock(scoped, id)
    const state = next(row, 'resume')
    const now = parts.clock.now()
    const sinceMs = now.getTime() - (row.paused_at ?? now).getTime()
    // What no beat has added to the rollout's `deaf_ms` yet, the next one will, so it is not taken off here as well.
    const pausedMs = sinceMs - Math.min(sinceMs, await deafSince(scoped, now))
    const wave = (await findWaves(scoped, id)).find(({ no }) => no === row.open_wave)
    if (wave) await changeWave(scoped, id, wave.no, { deaf_ms: wave.deaf_ms - pausedMs })
    await waitLonger(scoped, id, pausedMs)
    await changeRollout(scoped, id, { state, paused_at: null, why: null })
    await emit(scoped, parts.clock, { kind: 'rollout.resumed', subject: id, detail: {} })
  })
  return getRollout(parts, store, scope, id)
}

/** How a rollout ends for some reasons, and what its devices are called back for; all others stop it. */
const endings: Readonly<Partial<Record<Why['code'], { readonly how: 'stop' | 'expire'; readonly recall: JobReason }>>> =
  {
    'time-over': { how: 'expire', recall: 'rollout-expired' },
    'release-withdrawn': { how: 'stop', recall: 'release-withdrawn' },
  }

/** Ends a rollout that the caller holds, and its wave; devices that have not begun to write are called back. */
export async function halt(scoped: Scoped, { clock }: DeploymentParts, row: RolloutRow, reason: Why): Promise<void> {
  const { how, recall } = endings[reason.code] ?? { how: 'stop', recall: 'rollout-stopped' }
  const now = clock.now()
  await changeRollout(scoped, row.id, { state: next(row, how), why: reason, ended_at: now })
  const wave = (await findWaves(scoped, row.id)).find(({ no }) => no === row.open_wave)
  if (wave && (wave.state === 'open' || wave.state === 'observing')) {
    await changeWave(scoped, row.id, wave.no, { state: 'stopped', ended_at: now, why: reason })
    await emit(scoped, clock, { kind: 'wave.stopped', subject: row.id, detail: { wave: wave.no, why: reason } })
  }
  await recallJobs(scoped, row.id, recall)
  const kind = how === 'stop' ? 'rollout.stopped' : 'rollout.expired'
  await emit(scoped, clock, { kind, subject: row.id, detail: { why: reason } })
}

/** Ends a rollout for good, and says what happens to the devices that are under way. */
export async function stopRollout(parts: DeploymentParts, store: Store, scope: Scope, id: string) {
  const counted = await withScope(store, forAllSites(scope), async (scoped) => {
    await halt(scoped, parts, await mustLock(scoped, id), why('stopped-by-person', { person: scope.actor.name }))
    return countJobs(scoped, id, ['cancelling', 'installing', 'rebooting', 'reported'])
  })
  const of = (state: 'cancelling' | 'installing' | 'rebooting' | 'reported') => counted.get(state) ?? 0
  return {
    rollout: await getRollout(parts, store, scope, id),
    cancelling: of('cancelling'),
    flashing: of('installing') + of('rebooting'),
    verifying: of('reported'),
  }
}
