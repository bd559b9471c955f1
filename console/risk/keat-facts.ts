import { type FactName, factNames } from '@suture/contract/risk-words.ts'

/** The facts in the order in which people say a row, each with its letter. */
export const rowOrder = ['inKev', 'publiclyExposed', 'automatable', 'technicalImpact'] as const satisfies FactName[]
const letters: Readonly<Record<FactName, string>> = {
  inKev: 'k',
  publiclyExposed: 'e',
  automatable: 'a',
  technicalImpact: 't',
}

/** A row of the decision table as its four letters show it: each fact holds if it has its worse value. */
export const keatFacts = (values: Readonly<Record<FactName, string>>) =>
  rowOrder.map((name) => ({
    name: factNames[name],
    letter: letters[name],
    holds: ['yes', 'true', 'total'].includes(values[name]),
  }))
