import { compareVersions, isUnreadable, refines, type UnreadableVersion } from './versions/generic.ts'

/** One end of a range. */
interface Bound {
  readonly version: string
  readonly inclusive: boolean
}

/** What a source says about some versions of a product: one, all, or those between two ends of which one may be open. */
export type VersionRange = { readonly status: 'affected' | 'unaffected' } & (
  | { readonly exact: string }
  | { readonly all: true }
  | { readonly from?: Bound | undefined; readonly to?: Bound | undefined }
)

/** What decided, as data: the range, the end of it, and how the version lies to it. */
export type Because =
  | { readonly rule: 'unreadable-version'; readonly unreadable: UnreadableVersion['unreadable'] }
  | { readonly rule: 'nothing-said' | 'not-named' }
  | { readonly rule: 'exact' | 'all' | 'unreadable-range' | 'refines'; readonly range: VersionRange }
  | { readonly rule: 'inside' | 'outside'; readonly range: VersionRange; readonly bound: 'from' | 'to' }

/** Whether a version of a product is affected, and what decided that. */
export interface Verdict {
  readonly verdict: 'affected' | 'not-affected' | 'unknown'
  readonly because: Because
}

type Lies = 'exact' | 'inside' | 'all' | 'below' | 'above' | 'apart' | 'refines' | 'unreadable'
type Placed = { readonly range: VersionRange; readonly lies: Lies }

const verdict = (is: Verdict['verdict'], because: Because): Verdict => ({ verdict: is, because })
const unknown = (because: Because) => verdict('unknown', because)

/** Where a readable version lies to one end: -1 before it, 0 on it, 1 behind it. */
const lies = (version: string, bound: Bound | undefined, open: -1 | 1) =>
  bound === undefined ? open : compareVersions(version, bound.version)

/** No end at all, or ends in the wrong order, which hold no version: nobody means to say that. */
function meansNothing(from: Bound | undefined, to: Bound | undefined): boolean {
  if (from === undefined || to === undefined) return from === to
  const order = compareVersions(from.version, to.version)
  return order === 1 || (order === 0 && !(from.inclusive && to.inclusive))
}

/** Where a version lies that is outside an end: near the release that the end names, nobody said which side it is on. */
const beyond = (side: 'below' | 'above', version: string, bound: Bound | undefined): Lies =>
  bound?.inclusive && refines(version, bound.version) ? 'refines' : side

function place(version: string, range: VersionRange): Lies {
  if ('all' in range) return 'all'
  if ('exact' in range) {
    const order = compareVersions(version, range.exact)
    if (isUnreadable(order)) return 'unreadable'
    return order === 0 ? 'exact' : refines(version, range.exact) ? 'refines' : 'apart'
  }
  const { from, to } = range
  const [atFrom, atTo] = [lies(version, from, 1), lies(version, to, -1)]
  if (isUnreadable(atFrom) || isUnreadable(atTo) || meansNothing(from, to)) return 'unreadable'
  if (atFrom < 0 || (atFrom === 0 && !from?.inclusive)) return beyond('below', version, from)
  if (atTo > 0 || (atTo === 0 && !to?.inclusive)) return beyond('above', version, to)
  return 'inside'
}

/** The first of the placed ranges that lie so; the narrower statement comes first, and `affected` before `unaffected`. */
function decisive(placed: readonly Placed[]): Placed | undefined {
  const kinds = ['exact', 'inside', 'all'] as const
  return kinds
    .flatMap((kind) => placed.filter(({ lies: is }) => is === kind).sort((a, b) => byStatus(a) - byStatus(b)))
    .at(0)
}
const byStatus = ({ range }: Placed) => (range.status === 'affected' ? 0 : 1)

const reasonFor = ({ range, lies: is }: Placed): Because =>
  is === 'inside'
    ? { rule: 'inside', range, bound: 'to' in range && range.to !== undefined ? 'to' : 'from' }
    : { rule: is === 'exact' ? 'exact' : 'all', range }

/** The nearest end that keeps a version out: the highest below it, else the lowest above it. */
function nearest(placed: readonly Placed[]): Because {
  const ends = (side: 'above' | 'below', end: 'to' | 'from') =>
    placed.flatMap(({ range, lies: is }) => {
      const bound = is === side && end in range ? (range as { to?: Bound; from?: Bound })[end] : undefined
      return bound === undefined ? [] : [{ range, version: bound.version }]
    })
  const order = (a: { version: string }, b: { version: string }) => Number(compareVersions(a.version, b.version))
  const passed = ends('above', 'to').sort(order).at(-1)
  if (passed !== undefined) return { rule: 'outside', range: passed.range, bound: 'to' }
  const ahead = ends('below', 'from').sort(order).at(0)
  return ahead === undefined ? { rule: 'not-named' } : { rule: 'outside', range: ahead.range, bound: 'from' }
}

/**
 * Whether a version is affected, by what a source says about its product. Not affected is only what the source said
 * something about: a version or a range that cannot be read, and a version that no range with an end leaves out, are
 * unknown. A narrower statement beats a wider one (exact, range, all); between equals, affected does.
 */
export function judgeVersion(version: string, ranges: readonly VersionRange[]): Verdict {
  const self = compareVersions(version, version)
  if (isUnreadable(self)) return unknown({ rule: 'unreadable-version', unreadable: self.unreadable })
  if (ranges.length === 0) return unknown({ rule: 'nothing-said' })
  const placed = ranges.map((range) => ({ range, lies: place(version, range) }))
  const said = decisive(placed)
  if (said?.range.status === 'affected') return verdict('affected', reasonFor(said))
  const affected = placed.filter(({ range }) => range.status === 'affected')
  const unread = affected.find(({ lies: is }) => is === 'unreadable')
  if (unread !== undefined) return unknown({ rule: 'unreadable-range', range: unread.range })
  if (said !== undefined && said.lies !== 'all') return verdict('not-affected', reasonFor(said))
  const close = affected.find(({ lies: is }) => is === 'refines')
  if (close !== undefined) return unknown({ rule: 'refines', range: close.range })
  if (said !== undefined) return verdict('not-affected', reasonFor(said))
  const outside = nearest(affected)
  return outside.rule === 'outside' ? verdict('not-affected', outside) : unknown(outside)
}
