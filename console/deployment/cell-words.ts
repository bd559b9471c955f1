import { jobReasonText } from '@suture/contract/reasons.ts'
import type { Look } from '../design/state.ts'
import { looks } from '../design/state.ts'
import type { CellState } from './cells.ts'
import type { Job } from './kinds.ts'

/** How a cell is called in the legend and on its card. */
export function lookOfCell(state: CellState): Look {
  if (state === 'not-offered') return { glyph: 'queued', tone: 'idle', word: 'not offered' }
  if (state === 'unseen') return { glyph: 'unidentified', tone: 'idle', word: 'offered, not shown to you' }
  return looks.job[state]
}

/** What is known of a job: why it ended as it did, and what the device runs. */
export function jobText({ class: reason, versionBefore, versionWanted, versionAfter, assurance }: Job): string {
  const why = jobReasonText(reason)
  const runs =
    versionAfter === null
      ? `From ${versionBefore} to ${versionWanted}`
      : `Runs ${versionAfter}${assurance === null ? '' : `, ${assurance}`}`
  return why === '' ? `${runs}.` : `${why}. ${runs}.`
}
