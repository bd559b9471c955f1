import type { Reply } from '@suture/contract/client.ts'
import type { listJobs } from '@suture/contract/deployment.ts'
import type { getDevice } from '@suture/contract/devices.ts'
import { jobReasons } from '@suture/contract/reasons.ts'
import type { listFindings } from '@suture/contract/risk.ts'
import { outcomeWords } from '@suture/contract/risk-words.ts'
import type { Assurance } from '@suture/contract/states.ts'
import { urgencyTones } from '../design/clock.tsx'
import type { Tone } from '../design/glyph.tsx'
import type { GlyphName } from '../design/glyph-names.ts'
import { assurances, looks } from '../design/state.ts'
import { urgency } from '../design/time.ts'
import { type Stretch, stretches } from './device-filter.ts'
import { factWord, sourceWords } from './device-said.ts'

export type DeviceDetail = Reply<typeof getDevice>
export type Job = Reply<typeof listJobs>['items'][number]
export type Finding = Reply<typeof listFindings>['items'][number]

export const lanes = ['Facts', 'Bills', 'Jobs', 'Deadlines'] as const
type Lane = (typeof lanes)[number]

/** Something that happened to a device at a time or over one, in words and as it is drawn. */
export interface Moment {
  readonly lane: Lane
  readonly at: Date
  /** When it was over; null while it goes on; left out for what has no length. */
  readonly until?: Date | null
  readonly glyph: GlyphName
  readonly tone: Tone
  readonly assurance?: Assurance
  readonly says: string
  readonly more: string
}

const bySource: Readonly<Record<string, GlyphName>> = {
  import: 'person',
  admission: 'person',
  reading: 'scan',
  ddi: 'term',
}

const factMoments = ({ facts }: Pick<DeviceDetail, 'facts'>): Moment[] =>
  [...Map.groupBy(facts, ({ source, at }) => `${source} ${at.toISOString()}`).values()].flatMap((said) => {
    const [first] = said
    if (!first) return []
    const things = said.length === 1 ? 'one thing' : `${said.length} things`
    return {
      lane: 'Facts' as const,
      at: first.at,
      glyph: bySource[first.source] ?? 'info',
      tone: 'idle' as const,
      says: `${sourceWords(first.source)} said ${things} of it`,
      more: `${said.map(({ name, value }) => `${factWord(name)} ${value}`).join(', ')}; ${first.assurance}.`,
    }
  })

const billMoments = ({ bills }: Pick<DeviceDetail, 'bills'>): Moment[] =>
  bills.map(({ bill, from, to, assurance, evidence }) => ({
    lane: 'Bills',
    at: from,
    until: to,
    glyph: 'minus',
    tone: assurances[assurance].tone,
    assurance,
    says: `Bill ${bill.slice(0, 12)}, ${assurance === 'claimed' ? 'claimed: nobody has read it back' : assurances[assurance].says}`,
    more: `Evidence: ${sourceWords(evidence.source).toLowerCase()}, ${evidence.ref}.`,
  }))

const jobMoments = (jobs: readonly Job[]): Moment[] =>
  jobs.map((job) => {
    const { glyph, tone, word } = looks.job[job.state]
    return {
      lane: 'Jobs',
      at: job.offeredAt,
      until: job.endedAt,
      glyph,
      tone,
      says: `Update from ${job.versionBefore} to ${job.versionWanted}: ${word}`,
      more: job.class ? `${jobReasons[job.class]}.` : `Wave ${job.wave} of its rollout, not ended.`,
    }
  })

/** Findings that are due at one time, for one decision, are one moment. */
const deadlineMoments = (findings: readonly Finding[], now: Date): Moment[] =>
  [...Map.groupBy(findings, ({ dueAt, outcome }) => `${dueAt?.getTime()} ${outcome}`).values()].flatMap((due) => {
    const [first] = due
    if (!first?.dueAt) return []
    return {
      lane: 'Deadlines' as const,
      at: first.dueAt,
      glyph: 'open' as const,
      tone: urgencyTones[urgency(first.dueAt, now)],
      says: `${due.length === 1 ? 'One finding is' : `${due.length} findings are`} due: fix ${first.outcome ? outcomeWords[first.outcome] : ''}`,
      more: `${due.map(({ vulnerability }) => vulnerability).join(', ')}.`,
    }
  })

/** All that is known to have happened to a device, and what is due, the latest first. */
export const momentsOf = (
  device: Pick<DeviceDetail, 'facts' | 'bills'>,
  jobs: readonly Job[],
  findings: readonly Finding[],
  now: Date,
): readonly Moment[] =>
  [...factMoments(device), ...billMoments(device), ...jobMoments(jobs), ...deadlineMoments(findings, now)].sort(
    (a, b) => b.at.getTime() - a.at.getTime(),
  )

/** What a timeline shows. */
export interface Extent {
  readonly from: Date
  readonly to: Date
}

const hour = 3600_000
const lengths: Readonly<Record<Exclude<Stretch, 'life'>, number>> = {
  hour,
  day: 24 * hour,
  week: 7 * 24 * hour,
  quarter: 90 * 24 * hour,
}

/** The shortest stretch that holds all that has happened so far. */
export function usualStretch(moments: readonly Moment[], now: Date): Stretch {
  const first = Math.min(...moments.map(({ at }) => at.getTime()), now.getTime())
  return stretches.find((each) => each !== 'life' && now.getTime() - first <= lengths[each]) ?? 'life'
}

/** The stretch back from now and two thirds of it ahead, for what is due; of a life, all that there is. */
export function extentOf(stretch: Stretch, moments: readonly Moment[], now: Date): Extent {
  if (stretch !== 'life') {
    const length = lengths[stretch]
    return { from: new Date(now.getTime() - length), to: new Date(now.getTime() + (length * 2) / 3) }
  }
  const times = [...moments.map(({ at }) => at.getTime()), now.getTime()]
  const [first, last] = [Math.min(...times), Math.max(...times)]
  const margin = Math.max((last - first) * 0.03, 60_000)
  return { from: new Date(first - margin), to: new Date(last + margin) }
}

/** Whether any of it lies in what is shown. */
export const isWithin = ({ at, until }: Moment, { from, to }: Extent): boolean =>
  at <= to && (until === undefined ? at >= from : until === null || until >= from)

const minute = 60_000
const steps = [1, 5, 10, 30, 60, 180, 360, 720, 1440, 2880, 10_080, 20_160, 43_200, 129_600, 525_600].map(
  (n) => n * minute,
)
const clockTime = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', timeZone: 'UTC' })
const date = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', timeZone: 'UTC' })

/** Round times along the axis, seven at the most, each with its words. */
export function ticksOf({ from, to }: Extent): readonly { readonly at: Date; readonly says: string }[] {
  const length = to.getTime() - from.getTime()
  const step = steps.find((each) => length / each <= 7) ?? length / 7
  const first = Math.ceil(from.getTime() / step) * step
  return Array.from(
    { length: Math.floor((to.getTime() - first) / step) + 1 },
    (_, at) => new Date(first + at * step),
  ).map((at) => ({
    at,
    says: step < 24 * hour && at.getTime() % (24 * hour) !== 0 ? clockTime.format(at) : date.format(at),
  }))
}
