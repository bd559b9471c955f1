import { type Because, judgeVersion, type Verdict, type VersionRange } from '../affected.ts'

/** What is said about the versions of a product, and where: in an advisory, or in the record of a vulnerability. */
export interface Said {
  readonly source?: string | undefined
  readonly ranges: readonly VersionRange[]
}

/** A verdict, and whose word it rests on. */
interface Judgement extends Verdict {
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

/** Judges a version by what is said of its product, and tells on whose word. */
export const judge = (version: string, { source, ranges }: Said): Judgement => ({
  ...judgeVersion(version, ranges),
  source,
})
