import { nearest } from './nearest.ts'
import type { Operator } from './query.ts'

/** A comparison as it is written, what it asks, and whether it asks for the opposite. */
export type Comparison = readonly [sign: string, operator: Operator, turned?: 'not']

/**
 * How a comparison is written, the longest first: the friendly spelling, and that of RSQL, which is FIQL's with more
 * (draft-nottingham-atompub-fiql-00 section 3.2, and as hawkBit takes it).
 */
const spellings: readonly Comparison[] = [
  ['=out=', '=', 'not'],
  ['=in=', '='],
  ['=lt=', '<'],
  ['=le=', '<='],
  ['=gt=', '>'],
  ['=ge=', '>='],
  [':~', '~'],
  [':<=', '<='],
  [':>=', '>='],
  [':<', '<'],
  [':>', '>'],
  ['==', '='],
  ['!=', '=', 'not'],
  ['<=', '<='],
  ['>=', '>='],
  [':', '='],
  ['=', '='],
  ['<', '<'],
  ['>', '>'],
]

const signs = spellings.map(([sign]) => sign)

/** The comparison that stands at a place of the text; else what stands there in its place, and what may have been meant. */
export function comparisonAt(text: string, from: number): Comparison | { written: string; meant: string } {
  const written = /^(=[a-z]*=|!(?!=))/i.exec(text.slice(from, from + 12))?.[0]
  const found = spellings.find(([sign]) => text.startsWith(sign, from))
  if (found && (!written || written === found[0])) return found
  return { written: written ?? '!', meant: nearest(written ?? '!', signs) ?? '!=' }
}
