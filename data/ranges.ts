import { isUnreadable, type VersionRange, versionKey } from '@suture/server/intelligence/index.ts'

type Part = { readonly op: string; readonly version: string }

const readable = (version: string, from: string): string => {
  const text = version.trim()
  if (isUnreadable(versionKey(text))) throw new Error(`${from}: ${text} is not a version`)
  return text
}

const bound = ({ op, version }: Part) => ({ version, inclusive: op.endsWith('=') })

/**
 * The ranges that a version branch of a CISA advisory stands for: `<9.9.00`, `>=1.0|<=2.0`, `vers:all/*`.
 * @throws when any of it is not understood, because a range that is left out would read as not affected
 */
export function rangesOfBranch(text: string, from: string): readonly VersionRange[] {
  const bare = text.replace(/^vers:all\//, '').trim()
  if (bare === '*') return [{ status: 'affected', all: true }]
  const parts = bare.split('|').map((part): Part => {
    const [, op = '', version = ''] = /^\s*(<=|>=|<|>|)\s*(.+)$/.exec(part) ?? []
    return { op, version: readable(version, from) }
  })
  if (parts.every(({ op }) => op === '')) return parts.map(({ version }) => ({ status: 'affected', exact: version }))
  const [lower, upper] = [parts.filter(({ op }) => op.startsWith('>')), parts.filter(({ op }) => op.startsWith('<'))]
  if (lower.length > 1 || upper.length > 1 || lower.length + upper.length < parts.length)
    throw new Error(`${from}: ${text} is not one range`)
  return [{ status: 'affected', ...(lower[0] && { from: bound(lower[0]) }), ...(upper[0] && { to: bound(upper[0]) }) }]
}

/** One entry of `versions` in a CVE record (CVE record format 5.1, `product.versions`). */
export interface RecordVersion {
  readonly status: string
  readonly version: string
  readonly lessThan?: string
  readonly lessThanOrEqual?: string
  readonly changes?: readonly { readonly at: string; readonly status: string }[]
}

/** The range that a CVE record's entry stands for; a branch as lower end, `4.x`, begins with its first number. */
export function rangeOfRecord(entry: RecordVersion, from: string): VersionRange {
  const { status, version, lessThan, lessThanOrEqual, changes = [] } = entry
  if (status !== 'affected' && status !== 'unaffected') throw new Error(`${from}: no such status as ${status}`)
  if (changes.some((each) => each.at !== lessThan || each.status !== 'unaffected'))
    throw new Error(`${from}: changes status within a range`)
  const end = lessThan ?? lessThanOrEqual
  if (/^(all|\*)$/i.test(version)) return { status, all: true }
  if (end === undefined) return { status, exact: readable(version, from) }
  const to = { version: readable(end, from), inclusive: lessThan === undefined }
  const start = readable(version.replace(/\.x$/, ''), from)
  return start === '0' ? { status, to } : { status, from: { version: start, inclusive: true }, to }
}
