import { type Because, judgeVersion, type Verdict, type VersionRange } from '../affected.ts'

/** What one source says about the versions of a product: an advisory, or a record of a vulnerability. */
export interface Said {
  readonly source?: string | undefined
  readonly ranges: readonly VersionRange[]
}

/** A verdict over several sources, with the one that decided. */
export interface Judgement {
  readonly verdict: Verdict['verdict']
  readonly because: Because
  readonly source: string | undefined
}

/** Why a bill matches: what was recognised, how, what decided, and who said so. */
export interface Explanation {
  readonly component: { readonly supplier: string; readonly name: string; readonly version: string }
  readonly product: { readonly vendor: string; readonly name: string }
  readonly identity: 'name' | 'alias' | 'cpe'
  readonly because: Because
  readonly source: string | null
  readonly document: { readonly name: string; readonly digest: string }
}

/** Rules under which a source did look at the version and could not tell. */
const undecided = new Set<Because['rule']>(['unreadable-version', 'unreadable-range', 'refines'])

/** How much a judgement weighs against those of other sources, heaviest first. */
function weight({ verdict, because }: Judgement): number {
  if (verdict === 'affected') return 0
  if (verdict === 'unknown') return undecided.has(because.rule) ? 1 : 3
  return 2
}

/**
 * Judges a version by everything that is said. Sources that contradict one another count as the worse: affected before
 * undecided before not affected; a source that does not speak of the version at all takes nothing from the others.
 */
export function judge(version: string, said: readonly Said[]): Judgement {
  const judgements = said.map(({ source, ranges }) => ({ ...judgeVersion(version, ranges), source }))
  const [heaviest] = judgements.toSorted((a, b) => weight(a) - weight(b))
  return heaviest ?? { ...judgeVersion(version, []), source: undefined }
}
