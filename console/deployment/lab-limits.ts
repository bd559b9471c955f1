import type { Reply } from '@suture/contract/client.ts'
import type { getLabRun, listLabRuns } from '@suture/contract/lab.ts'
import type { Wave } from './kinds.ts'
import { type UncoveredCell, uncoveredOf } from './words.ts'

type Run = Reply<typeof listLabRuns>['items'][number]
type Verdict = Reply<typeof getLabRun>['verdict']

/** The test of a release that counts: the newest that has ended, however it ended. */
export const newestEnded = (runs: readonly Run[]): Run | undefined => runs.find(({ state }) => state !== 'running')

/** What the lab says of the revisions that a rollout reaches. */
export interface Limits {
  readonly says: string
  /** Those without a rig. */
  readonly cells: readonly UncoveredCell[]
}

/**
 * A verdict names kinds of device in the fleet as it was then, and a rollout only counts its revisions; so of no single
 * device is it said here whether a rig stood for it.
 */
export function limitsOf(state: Run['state'], verdict: Verdict, waves: readonly Pick<Wave, 'strata'>[]): Limits {
  if (verdict === null) return { says: 'The lab has given no verdict on this release.', cells: [] }
  if (state === 'failed')
    return { says: 'The release failed when the lab last tested it, so no rig vouches for any revision.', cells: [] }
  const cells = uncoveredOf(waves, verdict.uncovered)
  if (cells.length === 0) return { says: 'The verdict names no kind of these revisions without a rig.', cells }
  return {
    says: 'No rig stood for these kinds of the rollout’s revisions; how many of its devices are of them is not counted.',
    cells,
  }
}
