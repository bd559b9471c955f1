const tabs = ['decisions', 'clocks', 'table'] as const
export type Tab = (typeof tabs)[number]

/** The address of a tab of Risk, and the finding that is explained beside it. */
export interface RiskSearch {
  readonly tab?: Tab
  readonly why?: string
  readonly on?: string
}

/** What of an address Risk understands; a finding has both of its names or is none. */
export function riskSearch(given: Record<string, unknown>): RiskSearch {
  const tab = tabs.find((each) => each === given.tab)
  const { why, on } = given
  return {
    ...(tab ? { tab } : {}),
    ...(typeof why === 'string' && typeof on === 'string' ? { why, on } : {}),
  }
}
