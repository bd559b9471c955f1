import type { Reply } from '@suture/contract/client.ts'
import type { getVulnerability } from '@suture/contract/intelligence.ts'
import type { listFindings } from '@suture/contract/risk.ts'
import { count } from '../deployment/words.ts'
import type { Tone } from '../design/glyph.tsx'
import type { GlyphName } from '../design/glyph-names.ts'
import { instant, span, timeLeft, urgency } from '../design/time.ts'

export type Vulnerability = Reply<typeof getVulnerability>
export type Findings = Reply<typeof listFindings>

/** The CVE ids in a text, each once, however a document hyphenates them. */
export function cvesIn(text: string): readonly string[] {
  const found = text.matchAll(/cve[-\u2010-\u2013\u2212_ ]?(\d{4})[-\u2010-\u2013\u2212_ ](\d{4,19})(?!\d)/giu)
  return [...new Set([...found].map(([, year, no]) => `CVE-${year}-${no}`))]
}

/** What is known when a CVE is answered. */
export interface Known {
  readonly id: string
  /** Null when it is in none of the documents in force. */
  readonly vulnerability: Vulnerability | null
  /** Null for whoever may not see them. */
  readonly findings: Findings | null
  /** As of when the facts were collected; null when there are none. */
  readonly factsAt: Date | null
  /** Whether whoever asks sees the devices of all sites. */
  readonly seesAll: boolean
  readonly now: Date
}

/** The answer: hit or not, in one line, and what it rests on in sentences. */
export interface CveAnswer {
  readonly glyph: GlyphName
  readonly tone: Tone
  readonly title: string
  readonly says: readonly string[]
}

const onlyThese = 'Devices of sites that you may not see are not counted.'

function agedText(factsAt: Date | null, now: Date): string {
  if (factsAt === null) return 'No document of facts is in force.'
  return `The facts were collected ${instant(factsAt)}, ${span(now.getTime() - factsAt.getTime())} ago.`
}

const day = (at: Date): string => instant(at).replace(/,.*/, '')

/** Nobody said anything of it yet, which is not the same as not being affected. */
const unheardOf = ({ id, factsAt, now }: Known): CveAnswer => ({
  glyph: 'insufficient',
  tone: 'soon',
  title: factsAt ? `${id} is not in the knowledge of ${day(factsAt)}` : `Nothing is known of ${id}`,
  says: ['That is not “not affected”: no device was compared with it.', agedText(factsAt, now)],
})

const unmatched = ({ id, factsAt, seesAll, now }: Known): CveAnswer => ({
  glyph: 'na',
  tone: 'idle',
  title: `No device of yours matches ${id}`,
  says: [
    'What stands in no bill, or was not recognised, is not compared.',
    agedText(factsAt, now),
    ...(seesAll ? [] : [onlyThese]),
  ],
})

/** When the first of the findings is due, and how many are late or wait to be decided. */
function dueText({ counts, items }: Findings, now: Date): string {
  const first = items[0]?.dueAt
  const due = first ? `, the first due ${whenText(first, now)}` : ', with no deadline'
  const late = counts.overdue > 0 ? `, ${count(counts.overdue, 'of them', 'of them')} overdue` : ''
  const waits = counts.undecided > 0 ? ` ${count(counts.undecided, 'waits', 'wait')} to be decided.` : ''
  return `${count(counts.findings, 'finding')} (device × vulnerability)${due}${late}.${waits}`
}

const whenText = (dueAt: Date, now: Date): string =>
  `${dueAt > now ? 'in ' : ''}${timeLeft(dueAt, now)}, ${instant(dueAt)}`

/** Whether it is known to be exploited, and since when it is listed. */
const exploitedText = ({ listedAt }: Vulnerability): string =>
  listedAt === null
    ? 'Not listed as exploited (KEV).'
    : `Exploited: in KEV since ${day(new Date(`${listedAt}T00:00:00Z`))}.`

function hit(known: Known, vulnerability: Vulnerability, devices: number): CveAnswer {
  const { id, findings, factsAt, seesAll, now } = known
  const first = findings?.items[0]?.dueAt ?? null
  const isUrgent = vulnerability.listedAt !== null || (first !== null && urgency(first, now) !== 'far')
  const doubtful = vulnerability.matches
    .filter(({ verdict }) => verdict === 'unknown')
    .reduce((sum, each) => sum + each.devices, 0)
  const models = vulnerability.models.filter((each) => each.devices > 0).length
  return {
    glyph: 'open',
    tone: isUrgent ? 'danger' : 'soon',
    title: `You are hit: ${id} is on ${count(devices, 'device')}${models > 0 ? ` of ${count(models, 'model')}` : ''}`,
    says: [
      ...(findings ? [dueText(findings, now)] : []),
      exploitedText(vulnerability),
      ...(doubtful > 0 ? [`Of ${count(doubtful, 'device')} nobody can tell, so they count as affected.`] : []),
      agedText(factsAt, now),
      ...(seesAll ? [] : [onlyThese]),
    ],
  }
}

/** Answers whether a CVE concerns us, from what is known of it. */
export function answerCve(known: Known): CveAnswer {
  const { vulnerability, findings } = known
  if (!vulnerability) return unheardOf(known)
  const devices = findings?.counts.devices ?? vulnerability.devices
  return devices === 0 ? unmatched(known) : hit(known, vulnerability, devices)
}
