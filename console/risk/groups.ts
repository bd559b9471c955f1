import type { Reply } from '@suture/contract/client.ts'
import type { getDecisionTable, listFindingGroups } from '@suture/contract/risk.ts'
import { decisionOutcomes } from '@suture/contract/risk.ts'

export type Group = Reply<typeof listFindingGroups>['items'][number]
export type TableRow = Reply<typeof getDecisionTable>['rows'][number]

/** One deadline with everything that is due then. */
export interface Deadline {
  readonly dueAt: Date
  /** When the first of its clocks began. */
  readonly startedAt: Date | undefined
  readonly groups: readonly Group[]
}

/** The deadlines in their order; what has none is left out. */
export function deadlinesOf(groups: readonly Group[]): Deadline[] {
  const dated = groups.flatMap((group) => (group.dueAt === null ? [] : [{ at: group.dueAt.getTime(), group }]))
  return [...Map.groupBy(dated, ({ at }) => at)]
    .sort(([a], [b]) => a - b)
    .map(([at, all]) => {
      const starts = all.flatMap(({ group }) => group.clockStart?.getTime() ?? [])
      return {
        dueAt: new Date(at),
        startedAt: starts.length > 0 ? new Date(Math.min(...starts)) : undefined,
        groups: all.map(({ group }) => group),
      }
    })
}

/** How many findings have no deadline: because the next upgrade is early enough, or because they wait to be decided. */
export function withoutDeadline(groups: readonly Group[]): { readonly patient: number; readonly undecided: number } {
  const left = groups.filter(({ dueAt }) => dueAt === null)
  const undecided = left.reduce((sum, group) => sum + group.undecided, 0)
  return { undecided, patient: left.reduce((sum, { findings }) => sum + findings, 0) - undecided }
}

/** The rows of the decision table by what they call for, the least patient first; rows keep their published order. */
export const byOutcome = (rows: readonly TableRow[]) =>
  [...decisionOutcomes].reverse().map((outcome) => {
    const its = rows.filter((each) => each.outcome === outcome)
    return { outcome, rows: its, findings: its.reduce((sum, { findings }) => sum + findings, 0) }
  })

/** `CVE-2023-6448 and 2 others`. */
export const vulnerabilitiesText = ({ most, vulnerabilities }: Pick<Group, 'most' | 'vulnerabilities'>): string => {
  const others = vulnerabilities - 1
  return others > 0 ? `${most[0]} and ${others} ${others === 1 ? 'other' : 'others'}` : `${most[0]}`
}
