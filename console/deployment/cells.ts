import type { JobState } from '@suture/contract/states.ts'
import type { Job, Wave } from './kinds.ts'

/** What a cell shows: a device’s job, or that it has none yet; `unseen` are jobs that were not told to us. */
export type CellState = JobState | 'unseen' | 'not-offered'

/** Worst first; a state without its place does not compile. */
export const ranks = {
  failed: 0,
  silent: 1,
  disputed: 2,
  'rolled-back': 3,
  unverified: 4,
  rejected: 5,
  cancelling: 6,
  waiting: 7,
  offered: 8,
  downloading: 9,
  downloaded: 10,
  installing: 11,
  rebooting: 12,
  reported: 13,
  verified: 14,
  cancelled: 15,
  superseded: 16,
  unseen: 17,
  'not-offered': 18,
} as const satisfies Record<CellState, number>

/** The most jobs that are fetched, and the most cells that are drawn. */
export const mostCells = 10_000

/** Of each device its last passage: whoever was tried again is one device, and not two. */
export function lastOf(jobs: readonly Job[]): readonly Job[] {
  const last = new Map<string, Job>()
  for (const job of jobs) if ((last.get(job.device)?.attempt ?? 0) < job.attempt) last.set(job.device, job)
  return [...last.values()]
}

export interface WaveCells {
  readonly no: number
  readonly jobs: readonly Job[]
  readonly unseen: number
  readonly notOffered: number
}

const names = new Intl.Collator('en', { numeric: true })
const codeUnits = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)

/** Worst first, then by name; the id parts what is called alike, so that the order is total. */
export const worstFirst = (a: Job, b: Job): number =>
  ranks[a.state] - ranks[b.state] || names.compare(a.deviceName, b.deviceName) || codeUnits(a.id, b.id)

/**
 * The cells of each wave.
 * @param isWhole whether these are all jobs there are; otherwise those that the counters know beyond them are `unseen`
 */
export const cellsOf = (
  waves: readonly Pick<Wave, 'no' | 'devices' | 'offered'>[],
  jobs: readonly Job[],
  isWhole: boolean,
): WaveCells[] =>
  waves.map(({ no, devices, offered }) => {
    const mine = jobs.filter(({ wave }) => wave === no).sort(worstFirst)
    const reached = isWhole ? mine.length : Math.max(offered, mine.length)
    return { no, jobs: mine, unseen: reached - mine.length, notOffered: Math.max(0, devices - reached) }
  })

export const sizeOf = ({ jobs, unseen, notOffered }: WaveCells): number => jobs.length + unseen + notOffered

export const stateAt = ({ jobs, unseen }: WaveCells, at: number): CellState =>
  jobs[at]?.state ?? (at < jobs.length + unseen ? 'unseen' : 'not-offered')

/** The same cells, no more than so many in all: jobs are never left out, only cells that have none. */
export function drawable(waves: readonly WaveCells[], most = mostCells): WaveCells[] {
  let left = most - waves.reduce((sum, { jobs }) => sum + jobs.length, 0)
  const take = (count: number): number => {
    const taken = Math.max(0, Math.min(count, left))
    left -= taken
    return taken
  }
  return waves.map(({ no, jobs, unseen, notOffered }) => ({
    no,
    jobs,
    unseen: take(unseen),
    notOffered: take(notOffered),
  }))
}

/** How many cells there are of each state that occurs, worst first. */
export function legendOf(waves: readonly WaveCells[]): [CellState, number][] {
  const counts = new Map<CellState, number>()
  const add = (state: CellState, count: number) => counts.set(state, (counts.get(state) ?? 0) + count)
  for (const { jobs, unseen, notOffered } of waves) {
    for (const { state } of jobs) add(state, 1)
    add('unseen', unseen)
    add('not-offered', notOffered)
  }
  return [...counts].filter(([, count]) => count > 0).sort(([a], [b]) => ranks[a] - ranks[b])
}
