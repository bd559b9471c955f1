import type { listClusters as contract } from '@suture/contract/clusters.ts'
import type { JobReason } from '@suture/contract/reasons.ts'
import type { FinalJobState } from '@suture/contract/states.ts'
import { stopText } from '@suture/contract/update-gates.ts'
import type { z } from 'zod'
import { type Scope, type Scoped, type Store, withScope } from '#platform/database/store.ts'
import { Refusal } from '#platform/refusal.ts'
import { forAllSites } from './control.operations.ts'
import { countRecallable } from './hold.queries.ts'
import { whomToHold } from './hold.ts'
import type { DeploymentParts } from './parts.ts'
import { type FailedRow, findFailed } from './retry.queries.ts'
import { decidesNow, keyOf, notAgain, type Signature } from './retry.ts'
import { findRollout, findStrata, type RolloutRow } from './rollout.queries.ts'
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

/** The failed devices of a rollout that have a cause and a revision in common; there is one at least. */
export interface Cluster extends Signature {
  readonly key: string
  readonly modelId: number
  readonly members: readonly Member[]
}

const signatureOf = (row: FailedRow): Signature => ({
  class: row.class as JobReason | null,
  manufacturer: row.failedManufacturer,
  model: row.failedModel,
  hardwareRevision: row.hardware_revision,
})

const revisionOf = (model: number, hardwareRevision: string): string => `${model} ${hardwareRevision}`

/** The failures of a rollout by cause and revision, the largest cluster first, as far as the caller may see them. */
async function clustersIn(scoped: Scoped, parts: Parts, row: RolloutRow): Promise<Cluster[]> {
  const signed = await unlessNoSigner(verifiedPlan(scoped, parts.signerKeys, row))
  const road = await roadOf(scoped, parts, { row, signed })
  const strata = Map.groupBy(await findStrata(scoped, [row.id]), (each) =>
    revisionOf(each.model_id, each.hardware_revision),
  )
  const now = parts.clock.now()
  const members = (await findFailed(scoped, row.id)).map((failed): Member => {
    const own = strata.get(revisionOf(failed.modelId, failed.hardwareRevision)) ?? []
    return { row: failed, stop: notAgain(failed, wayOf(road, failed, own, undefined), now) }
  })
  const groups = Map.groupBy(members, (member) => keyOf(signatureOf(member.row)))
  return [...groups]
    .flatMap(([key, [first, ...others]]) => {
      if (!first) return []
      return [{ key, ...signatureOf(first.row), modelId: first.row.model_id, members: [first, ...others] }]
    })
    .sort((a, b) => b.members.length - a.members.length || (a.key < b.key ? -1 : 1))
}

/** The cluster of a rollout that somebody names, as far as they may see it; or the refusal that there is none. */
export async function mustFind(scoped: Scoped, parts: Parts, row: RolloutRow, key: string): Promise<Cluster> {
  const found = (await clustersIn(scoped, parts, row)).find((each) => each.key === key)
  if (!found) throw new Refusal('deployment/cluster-unknown')
  return found
}

/** The devices of a cluster that would be tried again now. */
export const mayRetry = ({ members }: Cluster): FailedRow[] =>
  members.filter(({ stop }) => stop === undefined).map(({ row }) => row)

/** How many devices a cluster names. */
const named = 3

/** So many of each, the most frequent first. */
const tally = <T>(all: readonly T[], nameOf: (each: T) => string): [first: T, devices: number][] =>
  [...Map.groupBy(all, nameOf).values()]
    .flatMap(([first, ...others]): [T, number][] => (first === undefined ? [] : [[first, 1 + others.length]]))
    .sort((a, b) => b[1] - a[1])

function viewOf(cluster: Cluster, hold: View['hold']): View {
  const { members, modelId: _, ...signature } = cluster
  const stops = members.flatMap(({ stop }) => stop ?? [])
  const ends = members.map(({ row }) => row.end as FinalJobState)
  return {
    ...signature,
    devices: members.length,
    states: tally(ends, (end) => end).map(([state, devices]) => ({ state, devices })),
    some: members.slice(0, named).map(({ row }) => ({ id: row.uid, name: row.name })),
    mayRetry: mayRetry(cluster).length,
    excluded: tally(stops, stopText).map(([stop, devices]) => ({ code: stop.code, says: stopText(stop), devices })),
    hold,
  }
}

/** Why devices of a rollout failed, what can be done about which of them, and why not about the others. */
export async function listClusters(parts: Parts, store: Store, scope: Scope, id: string) {
  const { row, clusters } = await withScope(store, scope, async (scoped) => {
    const found = await findRollout(scoped, id)
    if (!found) throw new Refusal('deployment/rollout-unknown')
    return { row: found, clusters: await clustersIn(scoped, parts, found) }
  })
  if (!decidesNow(row)) return { items: clusters.map((each) => viewOf(each, null)) }
  // Whoever holds a revision holds it for all sites.
  const { strata, recallable } = await withScope(store, forAllSites(scope), async (scoped) => ({
    strata: await findStrata(scoped, [id]),
    recallable: await countRecallable(scoped, id),
  }))
  return { items: clusters.map((each) => viewOf(each, whomToHold(strata, recallable, each))) }
}
