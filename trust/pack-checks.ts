/** What is checked of a pack, in this order. */
export const checkNames = [
  'file',
  'statement',
  'plan',
  'release',
  'verdict',
  'approvals',
  'proofs',
  'results',
  'findings',
] as const
export type CheckName = (typeof checkNames)[number]

/** A check that a pack passed, and in one sentence what it showed. */
export interface PassedCheck {
  readonly check: CheckName
  readonly detail: string
}
