import type { KnowledgeDocument } from '../knowledge.ts'

type Given = KnowledgeDocument['vulnerabilities'][number]

/** What is known of a vulnerability beside the columns that are searched, as the feed gave it. */
export type Facts = Pick<Given, 'cvss' | 'ssvc' | 'kev' | 'epss' | 'advisories' | 'references'>

/** A fact that decides, and when this installation learnt it. */
interface Known<T> {
  readonly value: T
  readonly knownAt: Date
}

/** A record of a vulnerability as it is stored. */
export interface VulnerabilityRecord {
  readonly id: string
  readonly published: Date
  readonly modified: Date
  readonly knownAt: Date
  readonly listed: Known<string> | undefined
  readonly automatable: Known<'yes' | 'no'> | undefined
  readonly technicalImpact: Known<'partial' | 'total'> | undefined
  readonly baseScore: number | undefined
  readonly facts: Facts
}

/** What is stored of a vulnerability already, and when its document was retrieved. */
export type StoredRecord = Pick<
  VulnerabilityRecord,
  'id' | 'modified' | 'knownAt' | 'listed' | 'automatable' | 'technicalImpact'
> & { readonly retrieved: Date }

/** The newest version of CVSS that there is a score for says most; of several scores, the highest. */
function baseScoreOf(scores: Given['cvss']): number | undefined {
  const [best] = (scores ?? []).toSorted((a, b) => b.version.localeCompare(a.version) || b.score - a.score)
  return best?.score
}

/** A fact keeps the moment when it was learnt for as long as it stays what it is. */
function learnt<T>(value: T | undefined, before: Known<T> | undefined, now: Date): Known<T> | undefined {
  if (value === undefined) return undefined
  return before?.value === value ? before : { value, knownAt: now }
}

/** Whether a record takes the place of the stored one: never an older of the two, by `modified`, then by retrieval. */
function isNewer(given: Given, retrieved: Date, stored: StoredRecord): boolean {
  const later = Date.parse(given.modified) - stored.modified.getTime()
  return later === 0 ? retrieved >= stored.retrieved : later > 0
}

/** The records of a document that are to be stored; one that is older than what is stored is left out. */
export const recordsToStore = (
  { source, vulnerabilities }: KnowledgeDocument,
  stored: ReadonlyMap<string, StoredRecord>,
  now: Date,
): readonly (VulnerabilityRecord & { readonly given: Given })[] =>
  vulnerabilities.flatMap((given) => {
    const before = stored.get(given.id)
    if (before && !isNewer(given, new Date(source.retrieved), before)) return []
    const { cvss, ssvc, kev, epss, advisories, references } = given
    return {
      id: given.id,
      published: new Date(given.published),
      modified: new Date(given.modified),
      knownAt: before?.knownAt ?? now,
      listed: learnt(kev?.dateAdded, before?.listed, now),
      automatable: learnt(ssvc?.automatable, before?.automatable, now),
      technicalImpact: learnt(ssvc?.technicalImpact, before?.technicalImpact, now),
      baseScore: baseScoreOf(cvss),
      facts: { cvss, ssvc, kev, epss, advisories, references },
      given,
    }
  })
