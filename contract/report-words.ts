import type { Reply } from './client.ts'
import { type getManagementReport, knowledgeStaleDays, reportWeeks } from './report.ts'
import { outcomeWords } from './risk-words.ts'

export type ManagementReport = Reply<typeof getManagementReport>
type FigureName = keyof ManagementReport['figures']
type Figure = ManagementReport['figures'][FigureName]

/** One of the four numbers, as it is printed. */
export interface FigureText {
  readonly name: string
  readonly value: string
  /** Numerator and denominator, and what could not be counted. */
  readonly note: string
}

/** A heading, and a table or a sentence under it. */
export interface ReportSection {
  readonly title: string
  readonly says?: string
  readonly heads: readonly string[]
  /** From this column on they are numbers. */
  readonly numbersFrom?: number
  readonly rows: readonly (readonly string[])[]
  /** What stands there when there are no rows. */
  readonly empty: string
}

/** A report as it is printed: in the console and by the command line alike. */
export interface ReportText {
  readonly title: string
  readonly summary: string
  readonly figures: readonly FigureText[]
  readonly sections: readonly ReportSection[]
  readonly signatures: readonly string[]
  /** What stands at the head and the foot of every page. */
  readonly head: string
  readonly asOf: string
  readonly foot: string
}

const number = (value: number): string => value.toLocaleString('en-GB')
const moment = (at: Date): string => `${at.toISOString().slice(0, 16).replace('T', ' ')} UTC`
const dayOf = (at: Date): string => at.toISOString().slice(0, 10)
const share = (value: number, of: number): string =>
  of === 0 ? '' : ` (${((100 * value) / of).toFixed(1).replace(/\.0$/, '')} %)`
const short = (digest: string): string => `${digest.slice(0, 12)}…${digest.slice(-6)}`

/** How long ago, in whole days, or in hours within two days. */
function age(at: Date, now: Date): string {
  const hours = Math.max(0, Math.floor((now.getTime() - at.getTime()) / 3_600_000))
  return hours < 48 ? `${hours} h` : `${Math.floor(hours / 24)} d`
}

const figureWords: Readonly<Record<FigureName, { name: string; on: string; lacking: string; method: string }>> = {
  exposureDays: {
    name: 'Exposure-days',
    on: 'judged devices',
    lacking: 'findings that wait to be decided',
    method:
      'For each open finding (device × vulnerability), the whole days since its deadline, or since it was known where it has none; added up. Lower is better.',
  },
  verifiedShare: {
    name: 'Verified share',
    on: 'updates called done',
    lacking: 'updates that were reported and not verified in time',
    method:
      'Updates that we saw done by reading the device back, out of all that a device called done. Higher is better.',
  },
  overdue: {
    name: 'Overdue',
    on: 'decided findings',
    lacking: 'findings that wait to be decided',
    method: 'Open findings past their deadline, out of all open findings that are decided.',
  },
  unknownShare: {
    name: 'Unknown share',
    on: 'devices in service',
    lacking: 'devices',
    method:
      'Devices whose bill was not judged, that have a match of which nobody can tell, or that are silent, out of all in service.',
  },
}

const counted = (name: FigureName, { value, of }: Figure): string =>
  name === 'exposureDays'
    ? `${number(value)} days on ${number(of)} ${figureWords[name].on}`
    : `${number(value)} of ${number(of)} ${figureWords[name].on}`

function figureText(name: FigureName, figure: Figure): FigureText {
  const { value, of, insufficient, evidence } = figure
  const words = figureWords[name]
  const lacks = insufficient === 0 ? '' : ` Insufficient evidence for ${number(insufficient)} ${words.lacking}.`
  if (evidence === 'nothing-counted')
    return { name: words.name, value: 'insufficient evidence', note: `There are no ${words.on} to count on.${lacks}` }
  if (evidence === 'stale-knowledge')
    return {
      name: words.name,
      value: 'insufficient evidence',
      note: `It would be ${counted(name, figure)}, but what is known is older than ${knowledgeStaleDays} days.${lacks}`,
    }
  const shown = name === 'exposureDays' ? `${number(value)} days` : `${number(value)}${share(value, of)}`
  return { name: words.name, value: shown, note: `${counted(name, figure)}.${lacks}` }
}

const names = Object.keys(figureWords) as FigureName[]

const standing = ({ tiers, clocks, unknown, weeks }: ManagementReport): readonly ReportSection[] => [
  {
    title: 'Next five clocks',
    heads: ['Due', 'Model', 'Findings', 'Devices'],
    numbersFrom: 2,
    rows: clocks.map((clock) => [
      moment(clock.dueAt),
      `${clock.manufacturer} ${clock.model}`,
      number(clock.findings),
      number(clock.devices),
    ]),
    empty: 'No deadline lies ahead.',
  },
  {
    title: 'Open findings by what the table calls for',
    heads: ['To be fixed', 'Findings', 'Overdue', 'Exposure-days'],
    numbersFrom: 1,
    rows: tiers.map((tier) => [
      tier.outcome === null ? 'not decided yet' : outcomeWords[tier.outcome],
      number(tier.findings),
      number(tier.overdue),
      tier.outcome === null ? 'unknown' : number(tier.exposureDays),
    ]),
    empty: 'No finding is open.',
  },
  {
    title: 'Updates by week',
    says: `The last ${reportWeeks} weeks, by when each update ended. What exposure and overdue were in the past is not kept, so no trend of them is shown.`,
    heads: ['Week from', 'Ended', 'Called done', 'Verified'],
    numbersFrom: 1,
    rows: weeks.map((week) => [dayOf(week.from), ...[week.ended, week.claimed, week.verified].map(number)]),
    empty: 'No week was counted.',
  },
  {
    title: 'Why devices are unknown',
    says: 'One device may be unknown for several reasons.',
    heads: ['Reason', 'Devices'],
    numbersFrom: 1,
    rows: [
      ['What it runs was not judged yet', number(unknown.notJudged)],
      ['Nobody can tell whether a vulnerability concerns it', number(unknown.undecidableMatch)],
      ['It is silent', number(unknown.silent)],
    ],
    empty: '',
  },
]

const grounds = ({ asOf, knowledge, heard, rules, packs, days }: ManagementReport): readonly ReportSection[] => [
  {
    title: 'How this was counted',
    heads: ['Figure', 'Method'],
    rows: names.map((name) => [figureWords[name].name, figureWords[name].method]),
    empty: '',
  },
  {
    title: 'Age of the data',
    says: `${number(heard.devices)} of ${number(heard.of)} devices in service were heard within the last day. Knowledge counts for ${knowledgeStaleDays} days.`,
    heads: ['Source', 'Collected', 'Age', 'Imported', 'Snapshot (SHA-256)'],
    rows: knowledge.map((each) => [
      each.name,
      dayOf(each.retrievedAt),
      age(each.retrievedAt, asOf),
      moment(each.importedAt),
      short(each.digest),
    ]),
    empty: 'Nothing is known about vulnerabilities: no document was imported.',
  },
  {
    title: 'Rules',
    heads: ['Decision table', 'Policy', 'Decisions'],
    numbersFrom: 2,
    rows: rules.map(({ table, policy, decisions }) => [table, policy, number(decisions)]),
    empty: 'No decision was made.',
  },
  {
    title: `Evidence packed in the last ${days} days`,
    heads: ['Rollout', 'Packed', 'State', 'Plan (SHA-256)', 'Statement (SHA-256)'],
    rows: packs.map((each) => [
      each.rollout,
      dayOf(each.packedAt),
      each.state,
      short(each.planDigest),
      short(each.statementDigest),
    ]),
    empty: 'No evidence was packed.',
  },
]

/** What a management report says, in words. */
export function reportText(report: ManagementReport): ReportText {
  const { asOf, tenant, sites, days, knowledge, rules } = report
  const scope = sites === null ? 'all sites' : `the sites ${sites.join(', ') || 'that the reader may see: none'}`
  const snapshots = knowledge.map(({ digest }) => digest.slice(0, 12)).join(', ') || 'none'
  const versions = [...new Set(rules.map(({ table, policy }) => `${table}, ${policy}`))].join('; ') || 'none'
  return {
    title: 'Are we getting better, and what is due next?',
    summary: `${tenant}, ${scope}, as of ${moment(asOf)}. Updates and packs of the last ${days} days.`,
    figures: names.map((name) => figureText(name, report.figures[name])),
    sections: [...standing(report), ...grounds(report)],
    signatures: ['Prepared by, date', 'Reviewed by, date'],
    head: `${tenant} · Management report`,
    asOf: `as of ${moment(asOf)}`,
    foot: `snapshots ${snapshots} · rules ${versions} · Suture`,
  }
}
