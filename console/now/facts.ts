import type { Reply } from '@suture/contract/client.ts'
import { getRollout, listJobs, listRollouts } from '@suture/contract/deployment.ts'
import { listDevices } from '@suture/contract/devices.ts'
import { listFeeds } from '@suture/contract/intelligence.ts'
import { listReleases } from '@suture/contract/releases.ts'
import { listFindingGroups, listFindings, listFixes } from '@suture/contract/risk.ts'
import { useQueries } from '@tanstack/react-query'
import { factsAsOf } from '../intelligence/feeds.ts'
import { question, useAsk } from '../shell/ask.ts'
import type { Facts } from './decisions.ts'

type Rollout = Reply<typeof listRollouts>['items'][number]

const weekMs = 7 * 864e5
const over = new Set(['stopped', 'finished', 'expired'])

/** The rollouts whose ends or waits may still ask something of somebody. */
const lately = (rollouts: readonly Rollout[], now: Date): readonly Rollout[] =>
  rollouts
    .filter(
      ({ state, endedAt, createdAt }) => !over.has(state) || now.getTime() - (endedAt ?? createdAt).getTime() < weekMs,
    )
    .slice(0, 10)

/** Everything that Now is made of, asked for at once; `facts` is there when all of it is. */
export function useFacts(now: Date) {
  const groups = useAsk(listFindingGroups, { query: { limit: 200 } }, { about: 'decisions' })
  const fixes = useAsk(listFixes, { query: { limit: 200 } }, { about: 'decisions' })
  const counts = useAsk(listFindings, { query: { limit: 1 } }, { about: 'decisions' })
  const rollouts = useAsk(listRollouts, { query: { limit: 200 } }, { about: 'rollouts' })
  const disputes = useAsk(listJobs, { query: { state: 'disputed', limit: 500 } }, { about: 'rollouts' })
  const strangers = useAsk(listDevices, { query: { q: 'state:quarantined', limit: 1 } }, { about: 'devices' })
  const devices = useAsk(listDevices, { query: { limit: 1 } }, { about: 'devices' })
  const feeds = useAsk(listFeeds, { query: { limit: 100 } }, { about: 'vulnerabilities' })
  const releases = useAsk(listReleases, { query: { limit: 1 } }, { about: 'releases' })
  const recent = lately(rollouts.data?.items ?? [], now)
  const details = useQueries({
    queries: recent.map(({ id }) => question(getRollout, { params: { id } }, { about: 'rollouts' })),
  })
  const asked = [groups, fixes, counts, rollouts, disputes, strangers, devices, feeds, releases, ...details]
  const error = asked.find((each) => each.error)?.error ?? null
  const known = details.flatMap(({ data }) => (data ? [data] : []))
  const isWhole = asked.every(({ data }) => data !== undefined)
  const ids = new Set(recent.map(({ id }) => id))
  const facts: Facts | undefined = isWhole
    ? {
        groups: groups.data?.items ?? [],
        fixes: fixes.data?.items ?? [],
        rollouts: rollouts.data?.items ?? [],
        details: known,
        disputed: byRollout((disputes.data?.items ?? []).filter(({ rollout }) => ids.has(rollout))),
        strangers: strangers.data?.counts?.devices ?? 0,
        factsAt: factsAsOf(feeds.data?.items ?? [])?.at ?? null,
      }
    : undefined
  const retry = () => void Promise.all(asked.map((each) => each.refetch()))
  return {
    facts,
    counts: counts.data?.counts,
    running: known,
    devices: devices.data?.counts?.devices ?? 0,
    hasRelease: (releases.data?.items.length ?? 0) > 0,
    error,
    retry,
  }
}

function byRollout(jobs: readonly { readonly rollout: string }[]): ReadonlyMap<string, number> {
  const counted = new Map<string, number>()
  for (const { rollout } of jobs) counted.set(rollout, (counted.get(rollout) ?? 0) + 1)
  return counted
}
