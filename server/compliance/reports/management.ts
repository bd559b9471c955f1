import { knowledgeStaleDays } from '@suture/contract/report.ts'

interface Tier {
  readonly outcome: string | null
  readonly findings: number
  readonly overdue: number
  readonly exposureDays: number
}

/** What the figures are counted from. */
export interface Counted {
  readonly tiers: readonly Tier[]
  readonly devices: { readonly devices: number; readonly judged: number; readonly unknown: number }
  readonly updates: { readonly claimed: number; readonly verified: number; readonly unverified: number }
  /** When the oldest of what counts of all that is known about vulnerabilities was collected. */
  readonly retrievedAt: Date | undefined
}

const sum = (tiers: readonly Tier[], of: (tier: Tier) => number): number =>
  tiers.reduce((total, tier) => total + of(tier), 0)

/** The four figures. Where there is nothing to count on, or what is known is too old, the figure says nothing. */
export function figuresOf({ tiers, devices, updates, retrievedAt }: Counted, now: Date) {
  const undecided = tiers.find(({ outcome }) => outcome === null)?.findings ?? 0
  const decided = sum(tiers, ({ findings }) => findings) - undecided
  const isStale = retrievedAt === undefined || now.getTime() - retrievedAt.getTime() > knowledgeStaleDays * 86_400_000
  const evidence = (of: number) =>
    of === 0 ? ('nothing-counted' as const) : isStale ? ('stale-knowledge' as const) : ('sufficient' as const)
  return {
    exposureDays: {
      value: sum(tiers, ({ exposureDays }) => exposureDays),
      of: devices.judged,
      insufficient: undecided,
      evidence: evidence(devices.judged),
    },
    verifiedShare: {
      value: updates.verified,
      of: updates.claimed,
      insufficient: updates.unverified,
      // What was read back of devices leans on no feed.
      evidence: updates.claimed === 0 ? ('nothing-counted' as const) : ('sufficient' as const),
    },
    overdue: {
      value: sum(tiers, ({ overdue }) => overdue),
      of: decided,
      insufficient: undecided,
      evidence: evidence(decided),
    },
    unknownShare: {
      value: devices.unknown,
      of: devices.devices,
      insufficient: devices.unknown,
      evidence: evidence(devices.devices),
    },
  }
}
