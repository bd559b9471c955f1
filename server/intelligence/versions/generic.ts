/** Why a text cannot be read as one version. */
export interface UnreadableVersion {
  readonly unreadable: 'empty' | 'too-long' | 'not-printable' | 'no-number' | 'wildcard' | 'expression'
}

/** A run of digits without leading zeros (`''` for zero), or a word. */
type Element = { readonly digits: string } | { readonly word: string }

/** The most characters a version may have. */
export const maxVersionLength = 128

/** Words before the bare release, lowest first. */
const early = ['dev', 'alpha', 'beta', 'pre', 'rc']

/** Other spellings of a word; none is shorter than what it stands for, so that reading again changes nothing. */
const spellings: ReadonlyMap<string, string> = new Map([
  ['snapshot', 'dev'],
  ['nightly', 'dev'],
  ['preview', 'pre'],
  ['prerelease', 'pre'],
  ['cr', 'rc'],
  ['patch', 'p'],
  ['hotfix', 'hf'],
  ['servicepack', 'sp'],
  ['update', 'upd'],
  ['revision', 'rev'],
])

/** Words that announce a version. */
const marks = new Set(['v', 'ver', 'version', 'fw', 'firmware'])

/** Words that tell nothing about order. */
const silent = new Set([...marks, ...'release rel final ga stable lts long term longterm'.split(' ')])

/** Words of a sentence about versions: such a text names several, and reading it as one would hide the others. */
const prose = new Set(
  'all any none unknown and or to thru through until before prior earlier older below above after later newer'.split(
    ' ',
  ),
)

/** `4.x`, `12.x.y`: an x of its own where a number belongs stands for any number. */
const wildcard = /\*|(?:^[^0-9]*|[0-9][^a-z0-9]+)(?<![a-z])x(?![a-z0-9])/

/** Why a text is not one version; undefined when it is. */
function objection(text: string): UnreadableVersion | undefined {
  const because = (unreadable: UnreadableVersion['unreadable']) => ({ unreadable })
  if (text.length > maxVersionLength) return because('too-long')
  if (!/^[\x20-\x7e]*$/.test(text)) return because('not-printable')
  if (text.trim() === '') return because('empty')
  if (!/[0-9]/.test(text)) return because('no-number')
  if (wildcard.test(text.toLowerCase())) return because('wildcard')
  // In Debian `~` sorts before the release and `^` after it; a scheme that took them for separators would misjudge.
  return /[<>=|,;~^!&]/.test(text) || saysMore(runsOf(text)) ? because('expression') : undefined
}

/** Digits and words in lower case, in turn. */
const runsOf = (text: string): readonly string[] => text.toLowerCase().match(/[0-9]+|[a-z]+/g) ?? []
const isDigits = (run: string) => /^[0-9]/.test(run)

/** Whether runs hold a sentence, or announce a version after a number: `S7-1500 V2.9` is a product and its version. */
const saysMore = (runs: readonly string[]) =>
  runs.some(
    (run, at) => prose.has(run) || (marks.has(run) && isDigits(runs[at + 1] ?? '') && runs.findIndex(isDigits) < at),
  )
const isZero = (element: Element) => 'digits' in element && element.digits === ''

/** The runs of a version as they were written: what stands before the first number is the name of a product. */
function read(version: string): readonly Element[] | UnreadableVersion {
  const wrong = objection(version)
  if (wrong !== undefined) return wrong
  const all = runsOf(version)
  return all
    .slice(all.findIndex(isDigits))
    .filter((run) => !silent.has(run))
    .map((run) => (isDigits(run) ? { digits: run.replace(/^0+/, '') } : { word: spellings.get(run) ?? run }))
}

/** 1.0 is 1.0.0: a zero counts only when a number follows it directly. */
function withoutTrailingZeros(elements: readonly Element[]): readonly Element[] {
  return elements.filter((element, at) => {
    if (!isZero(element)) return true
    const next = elements.slice(at).find((each) => !isZero(each))
    return next !== undefined && 'digits' in next
  })
}

/** Tells an unreadable version from whatever a readable one gives. */
export const isUnreadable = (value: unknown): value is UnreadableVersion =>
  typeof value === 'object' && value !== null && 'unreadable' in value

// An end lies above early words and below everything else: 1.0-rc1 < 1.0 < 1.0-p1 < 1.0.1. Every tag lies below the
// letters, so that a word needs no mark of its own for where it ends.
const tags = { early: 0x10, end: 0x20, word: 0x30, number: 0x40 } as const

function bytesOf(element: Element): readonly number[] {
  if ('digits' in element) return [tags.number, element.digits.length, ...Buffer.from(element.digits, 'latin1')]
  const rank = early.indexOf(element.word)
  return rank >= 0 ? [tags.early + rank] : [tags.word, ...Buffer.from(element.word, 'latin1')]
}

/**
 * The bytes that stand for a version: two of them compare like the versions, byte by byte (memcmp, `bytea`).
 * The rules are in ADR 0018. At most 321 bytes.
 */
export function versionKey(version: string): Uint8Array | UnreadableVersion {
  const elements = read(version)
  if (isUnreadable(elements)) return elements
  return Uint8Array.from([...withoutTrailingZeros(elements).flatMap(bytesOf), tags.end])
}

/** The same, and nothing for what is not one version. */
export function readableKey(version: string): Uint8Array | undefined {
  const key = versionKey(version)
  return isUnreadable(key) ? undefined : key
}

/** The shortest spelling of a version: equal versions have the same. */
export function normaliseVersion(version: string): string | UnreadableVersion {
  const elements = read(version)
  if (isUnreadable(elements)) return elements
  const spelled = withoutTrailingZeros(elements).map((each) => ('digits' in each ? each.digits || '0' : each.word))
  // Without a number in front, the first word would be taken for a product's name.
  if (spelled[0] === undefined || !isDigits(spelled[0])) spelled.unshift('0')
  return spelled.reduce((text, run) => {
    const alike = isDigits(run) === isDigits(text.slice(-1))
    return `${text}${alike ? (isDigits(run) ? '.' : '-') : ''}${run}`
  })
}

type Sign = -1 | 0 | 1
const signOf = (a: bigint | number | string, b: bigint | number | string): Sign => (a < b ? -1 : a > b ? 1 : 0)

/** Early word, end, other word, number: in this order. */
function classOf(element: Element | undefined): number {
  if (element === undefined) return 1
  if ('digits' in element) return 3
  return early.includes(element.word) ? 0 : 2
}

function compareElements(a: Element | undefined, b: Element | undefined): Sign {
  const byClass = signOf(classOf(a), classOf(b))
  if (byClass !== 0 || a === undefined || b === undefined) return byClass
  if ('digits' in a && 'digits' in b) return signOf(BigInt(a.digits || 0), BigInt(b.digits || 0))
  if ('digits' in a || 'digits' in b) return byClass
  return classOf(a) === 0 ? signOf(early.indexOf(a.word), early.indexOf(b.word)) : signOf(a.word, b.word)
}

/** Which of two versions comes first, told run by run and without keys: slow, and what the keys are tried against. */
export function compareVersions(a: string, b: string): Sign | UnreadableVersion {
  const [left, right] = [read(a), read(b)]
  if (isUnreadable(left)) return left
  if (isUnreadable(right)) return right
  const [x, y] = [withoutTrailingZeros(left), withoutTrailingZeros(right)]
  for (let at = 0; at <= Math.max(x.length, y.length); at++) {
    const sign = compareElements(x[at], y[at])
    if (sign !== 0) return sign
  }
  return 0
}

const startsWith = (elements: readonly Element[], start: readonly Element[]) =>
  elements.length > start.length && start.every((each, at) => compareElements(each, elements[at]) === 0)

/**
 * Whether a version is a closer description of a release: the same numbers, and then a word or a further number, as
 * `1.24 build 3` of `1.24`. Whoever wrote about the release may have meant it or not.
 */
export function refines(version: string, release: string): boolean {
  const [written, start] = [read(version), read(release)]
  if (isUnreadable(written) || isUnreadable(start)) return false
  const [bare, bareStart] = [withoutTrailingZeros(written), withoutTrailingZeros(start)]
  const next = bare[bareStart.length]
  return startsWith(written, start) || (startsWith(bare, bareStart) && next !== undefined && 'word' in next)
}
