import type { Paper } from '@suture/contract/report-sheet.ts'

/** What the report is about and set for; what is usual is left out. */
export interface ReportSearch {
  readonly days?: number
  readonly paper?: Paper
}

/** The look-backs that are offered, in days; the first is usual. */
export const lookBacks = [30, 90, 365] as const

export function reportSearch({ days, paper }: Record<string, unknown>): ReportSearch {
  const back = lookBacks.find((each) => each === Number(days))
  return {
    ...(back === undefined || back === lookBacks[0] ? {} : { days: back }),
    ...(paper === 'letter' ? { paper } : {}),
  }
}
