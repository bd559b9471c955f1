import { stopRemedy, stopText, updateStops } from '@suture/contract/update-gates.ts'
import { fenceOf } from '#platform/database/epoch.ts'
import { type Scope, type Scoped, type Store, withScope } from '#platform/database/store.ts'
import { Refusal } from '#platform/refusal.ts'
import { approversNeeded } from './approval.operations.ts'
import { findApprovals, findSigning } from './approval.queries.ts'
import { holds } from './audience.ts'
import { job } from './job.ts'
import type { DeploymentParts } from './parts.ts'
import type { Candidate } from './plan.ts'
import { placeOf } from './reach.ts'
import { findRelease } from './release.operations.ts'
import {
  findBytes,
  findRollout,
  findStrata,
  findWaves,
  type RolloutRow,
  rolloutsIn,
  type StratumRow,
} from './rollout.queries.ts'
import { findOffer, findPassagesOf, findSubject } from './update.queries.ts'
import { type Subject, stopOf, type Way } from './update.ts'
import { unlessNoSigner, type VerifiedPlan, verifiedPlan } from './verified.operations.ts'
import { jobView } from './view.operations.ts'
import { waitsFor } from './wave-view.ts'

type Parts = Pick<DeploymentParts, 'clock' | 'signerKeys'>
type PassageRow = Awaited<ReturnType<typeof findPassagesOf>>[number]

/** A rollout that is for a device, with what verifies of it. */
interface Found {
  readonly row: RolloutRow
  readonly signed: VerifiedPlan | undefined
}

const isOver = ({ state }: PassageRow): boolean => Object.keys(job[state]).length === 0

/** The rollouts that are not over and whose audience holds the device, oldest first, as jobs are handed out. */
async function rolloutsFor(scoped: Scoped, { signerKeys }: Parts, { id }: Subject): Promise<Found[]> {
  const found: Found[] = []
  for (const row of await rolloutsIn(scoped, ['awaiting-approval', 'scheduled', 'running', 'paused'])) {
    const signed = await unlessNoSigner(verifiedPlan(scoped, signerKeys, row))
    const audience = signed?.audience ?? (await findBytes(scoped, row.id))?.audience
    if (audience && holds(audience, id)) found.push({ row, signed })
  }
  return found
}

/** The one rollout that says why: where the device is at work, else the first that it has not been through, else the last. */
async function chosen(
  scoped: Scoped,
  parts: Parts,
  device: Subject,
  passages: readonly PassageRow[],
): Promise<Found | undefined> {
  const open = passages.find((each) => !isOver(each))
  const row = open && (await findRollout(scoped, open.rollout))
  if (row) return { row, signed: await unlessNoSigner(verifiedPlan(scoped, parts.signerKeys, row)) }
  const rollouts = await rolloutsFor(scoped, parts, device)
  const isNew = ({ row: { id } }: Found) => passages.every(({ rollout, isAgain }) => rollout !== id || isAgain)
  return rollouts.find(isNew) ?? rollouts.at(-1)
}

/** What is the same for every device of a rollout. */
export async function roadOf(scoped: Scoped, { signerKeys }: Pick<Parts, 'signerKeys'>, { row, signed }: Found) {
  const release = await unlessNoSigner(findRelease(scoped, signerKeys, row.release_id))
  const approvals = (await findApprovals(scoped, row.id)).filter(({ digest }) => digest === row.digest)
  const strata = await findStrata(scoped, [row.id])
  const refusal = (await findSigning(scoped, row.digest))?.code ?? undefined
  return { row, signed, release: release === 'withdrawn' ? undefined : release, approvals, strata, refusal }
}

/** Who held a revision, and why; nothing where nobody did. */
function heldIn(strata: readonly StratumRow[]): Way['held'] {
  const [found] = strata.filter(({ held }) => held)
  return found && { person: found.holder ?? '', reason: found.held_because ?? '' }
}

/** Everything that stands between a device and the version of a rollout. */
export function wayOf(
  { row, signed, release, approvals, strata, refusal }: Awaited<ReturnType<typeof roadOf>>,
  device: Candidate,
  passage: Way['passage'],
): Way {
  const own = strata.filter(
    (each) => each.model_id === device.modelId && each.hardware_revision === device.hardwareRevision,
  )
  return {
    state: row.state,
    approvals: approvals.length,
    approvalsNeeded: approversNeeded,
    refusal,
    window: signed && { notBefore: new Date(signed.plan.notBefore), notAfter: new Date(signed.plan.notAfter) },
    release,
    isQuarantined: own.some(({ quarantined }) => quarantined),
    held: heldIn(own),
    place: signed ? placeOf(signed.salt, device.uid) : 0,
    reaches: own.map(({ reach }) => reach),
    openWave: row.open_wave,
    passage,
  }
}

/** What the wave waits for that is open now. */
async function waitOf(scoped: Scoped, { clock }: Parts, { row, signed }: Found) {
  const moment = (await findWaves(scoped, row.id)).find(({ no }) => no === row.open_wave)
  if (!moment || !signed) return undefined
  return waitsFor(signed.plan, await findStrata(scoped, [row.id]), moment, { deafMs: row.deaf_ms, now: clock.now() })
}

/** Why a device does not update: the first thing that a claim for a job would find in its way. */
export const explainUpdate = (parts: Parts, store: Store, scope: Scope, uid: string) =>
  withScope(store, scope, async (scoped) => {
    const device = await findSubject(scoped, uid)
    if (!device) throw new Refusal('deployment/device-unknown')
    const passages = await findPassagesOf(scoped, device.id)
    const found = await chosen(scoped, parts, device, passages)
    const offer = await findOffer(scoped, device)
    const passage = passages.find(({ rollout }) => rollout === found?.row.id)
    const way =
      found && wayOf(await roadOf(scoped, parts, found), device, passage && { ...passage, isOver: isOver(passage) })
    const settles = (await fenceOf(scoped))?.settledAt
    const stop = stopOf(device, { offer: offer?.version, way, now: parts.clock.now(), settles })
    return {
      firmware: device.firmware,
      wanted: way?.release?.version ?? offer?.version ?? null,
      release: offer ? { id: offer.id, name: offer.name } : null,
      rollout: found ? { id: found.row.id, name: found.row.name, state: found.row.state } : null,
      job: passage ? jobView({ id: passage.id, state: passage.state, class: passage.class }) : null,
      stop: {
        ...{ gate: updateStops[stop.code].gate, code: stop.code, figures: stop.figures },
        ...{ says: stopText(stop), remedy: stopRemedy(stop) ?? null },
      },
      wave: found && stop.code === 'wave-not-open' ? ((await waitOf(scoped, parts, found)) ?? null) : null,
    }
  })
