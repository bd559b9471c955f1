import type { listClusters as contract } from '@suture/contract/clusters.ts'
import type { JobReason } from '@suture/contract/reasons.ts'
import type { FinalJobState } from '@suture/contract/states.ts'
import { stopText } from '@suture/contract/update-gates.ts'
import type { z } from 'zod'
import { type Scope, type Scoped, type Store, withScope } from '#platform/database/store.ts'
import { Refusal } from '#platform/refusal.ts'
import type { DeploymentParts } from './parts.ts'
import { type FailedRow, findFailed } from './retry.queries.ts'
import { decidesNow, keyOf, notAgain, type Signature } from './retry.ts'
import { findRollout, type RolloutRow } from './rollout.queries.ts'
import { roadOf, wayOf } from './update.operations.ts'
import type { Stop } from './update.ts'
import { unlessNoSigner, verifiedPlan } from './verified.operations.ts'

type Parts = Pick<DeploymentParts, 'clock' | 'signerKeys'>
type View = z.output<typeof contract.reply>['items'][number]

/** A failed device, and why it is not tried again; nothing where it may be. */
interface Member {
  readonly row: FailedRow
  readonly stop: Stop | undefined
}

/** The failed devices of a rollout that have a cause and a revision in common. */
export interface Cluster extends Signature {
  readonly key: string
  readonly members: readonly Member[]
}

const signatureOf = (row: FailedRow): Signature => ({
  class: row.class as JobReason | null,
  manufacturer: row.failedManufacturer,
  model: row.failedModel,
  hardwareRevision: row.hardware_revision,
})

/** The failures of a rollout by cause and revision, the largest cluster first, as far as the caller may see them. */
export async function clustersIn(scoped: Scoped, parts: Parts, row: RolloutRow): Promise<Cluster[]> {
  const signed = await unlessNoSigner(verifiedPlan(scoped, parts.signerKeys, row))
  const road = await roadOf(scoped, parts, { row, signed })
  const now = parts.clock.now()
  const members = (await findFailed(scoped, row.id)).map((failed): Member => {
    const { end, lastWordAt, decided, decidedBy, decidedWhy } = failed
    const passage = { state: end, lastWordAt, isOver: true, decided, decidedBy, decidedWhy }
    return { row: failed, stop: notAgain(failed, wayOf(road, failed, passage), now) }
  })
  const groups = Map.groupBy(members, (member) => keyOf(signatureOf(member.row)))
  return [...groups]
    .flatMap(([key, [first, ...others]]) =>
      first ? [{ key, ...signatureOf(first.row), members: [first, ...others] }] : [],
    )
    .sort((a, b) => b.members.length - a.members.length || (a.key < b.key ? -1 : 1))
}

export const mayRetry = ({ members }: Cluster): FailedRow[] =>
  members.filter(({ stop }) => stop === undefined).map(({ row }) => row)

export const mayHold = ({ members }: Cluster): FailedRow[] =>
  members.filter(({ row }) => row.decided !== 'held').map(({ row }) => row)

/** How many devices a cluster names. */
const named = 3

/** So many of each, the most frequent first. */
function tally<T>(all: readonly T[], nameOf: (each: T) => string): [first: T, devices: number][] {
  return [...Map.groupBy(all, nameOf).values()]
    .map((same): [T, number] => [same[0] as T, same.length])
    .sort((a, b) => b[1] - a[1])
}

function viewOf(cluster: Cluster, isOpen: boolean): View {
  const { members, ...rest } = cluster
  const stops = members.flatMap(({ stop }) => stop ?? [])
  return {
    ...rest,
    devices: members.length,
    states: tally(members, ({ row }) => row.end).map(([{ row }, devices]) => ({
      state: row.end as FinalJobState,
      devices,
    })),
    some: members.slice(0, named).map(({ row }) => ({ id: row.uid, name: row.name })),
    mayRetry: mayRetry(cluster).length,
    mayHold: isOpen ? mayHold(cluster).length : 0,
    excluded: tally(stops, stopText).map(([stop, devices]) => ({ code: stop.code, says: stopText(stop), devices })),
  }
}

/** Why devices of a rollout failed, what can be done about which of them, and why not about the others. */
export const listClusters = (parts: Parts, store: Store, scope: Scope, id: string) =>
  withScope(store, scope, async (scoped) => {
    const row = await findRollout(scoped, id)
    if (!row) throw new Refusal('deployment/rollout-unknown')
    return { items: (await clustersIn(scoped, parts, row)).map((each) => viewOf(each, decidesNow(row))) }
  })
