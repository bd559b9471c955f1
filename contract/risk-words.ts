import type { DecisionOutcome } from './risk.ts'

/** The outcomes of the decision table as a person says them: fix it … */
export const outcomeWords: Readonly<Record<DecisionOutcome, string>> = {
  FSU: 'on the next upgrade',
  '60D': 'within 60 days',
  '14D': 'within 14 days',
  '3D': 'within 3 days',
  '3DF': 'within 3 days, and look for traces of a break-in',
}

/** The four facts that a decision reads, in the order of its row. */
export const factNames = {
  publiclyExposed: 'Publicly exposed',
  inKev: 'Known to be exploited',
  automatable: 'Automatable',
  technicalImpact: 'Technical impact',
} as const

export type FactName = keyof typeof factNames
