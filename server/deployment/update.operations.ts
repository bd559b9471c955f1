import { stopRemedy, stopText, updateStops } from '@suture/contract/update-gates.ts'
import { fenceOf } from '#platform/database/epoch.ts'
import { type Scope, type Scoped, type Store, withScope } from '#platform/database/store.ts'
import { Refusal } from '#platform/refusal.ts'
import { readableKey } from '../intelligence/index.ts'
import { approversNeeded } from './approval.operations.ts'
import { findApprovals, findSigning } from './approval.queries.ts'
import { holds, holdsAt } from './audience.ts'
import { job } from './job.ts'
import { offerOf } from './offer.ts'
import type { DeploymentParts } from './parts.ts'
import type { Candidate } from './plan.ts'
import { placeOf } from './reach.ts'
import { installableRelease } from './release.operations.ts'
import {
  findBytes,
  findRollout,
  findStrata,
  findWaves,
  type RolloutRow,
  rolloutsIn,
  type StratumRow,
} from './rollout.queries.ts'
import { findPassagesOf, findPosition, findPublished, findReaches, findSubject } from './update.queries.ts'
import { explain, type Subject, type Way } from './update.ts'
import { unlessNoSigner, type VerifiedPlan, verifiedPlan } from './verified.operations.ts'
import { jobView } from './view.operations.ts'
import { waitsFor } from './wave-view.ts'

type Parts = Pick<DeploymentParts, 'clock' | 'signerKeys'>
type PassageRow = Awaited<ReturnType<typeof findPassagesOf>>[number]

/** What a wave reaches of one revision, and whether anything speaks against the revision. */
type Reached = Pick<StratumRow, 'reach' | 'quarantined' | 'holder' | 'held_because'>

/** A rollout that is for a device, and what stands between the two. */
interface Found extends Way {
  readonly row: RolloutRow
  readonly signed: VerifiedPlan | undefined
  readonly passage: (PassageRow & { readonly isOver: boolean }) | undefined
}

const isOver = ({ state }: PassageRow): boolean => Object.keys(job[state]).length === 0

/** Whether a rollout is for a device: as its signed plan says, or as the database does, before there is one. */
async function isFor(scoped: Scoped, { row, signed }: Pick<Found, 'row' | 'signed'>, device: number): Promise<boolean> {
  if (signed) return holds(signed.audience, device)
  const told = holdsAt(await findPosition(scoped, row.id, device))
  if (told !== undefined) return told
  const stored = await findBytes(scoped, row.id)
  return stored !== undefined && holds(stored.audience, device)
}

/** What became of the approval of a plan; nobody asks once it is signed. */
async function approvalOf(scoped: Scoped, { id, state, digest }: RolloutRow) {
  const isAsked = state === 'awaiting-approval'
  const approvals = isAsked ? await findApprovals(scoped, id) : []
  return {
    approvals: approvals.filter((each) => each.digest === digest).length,
    approvalsNeeded: approversNeeded,
    refusal: isAsked ? ((await findSigning(scoped, digest))?.code ?? undefined) : undefined,
  }
}

/** What is the same for every device of a rollout. */
export async function roadOf(
  scoped: Scoped,
  { signerKeys }: Pick<Parts, 'signerKeys'>,
  { row, signed }: Pick<Found, 'row' | 'signed'>,
) {
  return {
    ...{ row, signed, ...(await approvalOf(scoped, row)) },
    state: row.state,
    window: signed && { notBefore: new Date(signed.plan.notBefore), notAfter: new Date(signed.plan.notAfter) },
    release: await unlessNoSigner(installableRelease(scoped, signerKeys, signed?.plan.release ?? row.release_id)),
    openWave: row.open_wave,
  }
}

/** Who held a revision, and why; nothing where nobody did. */
function heldIn(own: readonly Reached[]): Way['held'] {
  const found = own.find(({ holder }) => holder !== null)
  return found && { person: found.holder ?? '', reason: found.held_because ?? '' }
}

/**
 * Everything that stands between a device and the version of a rollout.
 * @param own what the rollout's waves reach of the device's revision, in order
 */
export const wayOf = <P extends Way['passage']>(
  road: Awaited<ReturnType<typeof roadOf>>,
  { uid }: Pick<Candidate, 'uid'>,
  own: readonly Reached[],
  passage: P,
) => ({
  ...road,
  isQuarantined: own.some(({ quarantined }) => quarantined),
  held: heldIn(own),
  place: road.signed ? placeOf(road.signed.salt, uid) : 0,
  reaches: own.map(({ reach }) => reach),
  passage,
})

/**
 * The rollouts that may say why, oldest first: the one where the device is at work, or those that are not over, are for
 * it and have a wave for its revision. Of those that it has been through, only the last says how it came to where it is.
 */
async function waysOf(scoped: Scoped, parts: Parts, device: Subject): Promise<Found[]> {
  const passages = await findPassagesOf(scoped, device.id)
  const working = passages.find((each) => !isOver(each))
  const at = working && (await findRollout(scoped, working.rollout))
  const rows = at ? [at] : await rolloutsIn(scoped, ['awaiting-approval', 'scheduled', 'running', 'paused'])
  const ids = rows.map(({ id }) => id)
  const reaches = Map.groupBy(await findReaches(scoped, device, ids), ({ rollout }) => rollout)
  const found: Found[] = []
  for (const row of rows) {
    const passage = passages.find(({ rollout }) => rollout === row.id)
    const own = reaches.get(row.id) ?? []
    // Who is tried again is as new to a rollout as who never came.
    const isThrough = passage !== undefined && !passage.isAgain
    if (isThrough ? passage !== (working ?? passages[0]) : own.length === 0) continue
    const signed = await unlessNoSigner(verifiedPlan(scoped, parts.signerKeys, row))
    if (passage || (await isFor(scoped, { row, signed }, device.id))) {
      const road = await roadOf(scoped, parts, { row, signed })
      found.push(wayOf(road, device, own, passage && { ...passage, isOver: isOver(passage) }))
    }
  }
  return found
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
    const { firmware } = device
    const ways = await waysOf(scoped, parts, device)
    const offer = offerOf(firmware, await findPublished(scoped, device), readableKey)
    const settles = (await fenceOf(scoped))?.settledAt
    const { way, passed, code, figures } = explain(device, ways, { offer, now: parts.clock.now(), settles })
    const stop = { code, figures }
    const passage = way?.passage
    const offered = offer?.standing === 'not-later' ? firmware : offer?.release.version
    return {
      firmware,
      wanted: passage?.versionWanted ?? way?.release?.version ?? offered ?? null,
      release: offer ? { id: offer.release.id, name: offer.release.name } : null,
      rollout: way ? { id: way.row.id, name: way.row.name, state: way.row.state } : null,
      job: passage ? jobView({ id: passage.id, state: passage.state, class: passage.class }) : null,
      passed: [...passed],
      stop: {
        ...{ gate: updateStops[code].gate, ...stop },
        ...{ says: stopText(stop), remedy: stopRemedy(stop) ?? null },
      },
      wave: way && code === 'wave-not-open' ? ((await waitOf(scoped, parts, way)) ?? null) : null,
    }
  })
