import type { Assurance } from '@suture/contract/states.ts'
import { Glyph } from './glyph.tsx'
import { assurances, type Kind, type Look, looks, type ValueOf } from './state.ts'

interface Given<K extends Kind> {
  readonly kind: K
  readonly value: ValueOf<K>
  /** Tinted, for the head of a page. */
  readonly pill?: boolean
  /** In place of the state’s own word, where more is known. */
  readonly says?: string
}

export const lookOf = <K extends Kind>(kind: K, value: ValueOf<K>): Look => looks[kind][value] as unknown as Look

/** A state as glyph and word, the same wherever it stands. */
export function Status<K extends Kind>({ kind, value, pill, says }: Given<K>) {
  const { glyph, tone, word } = lookOf(kind, value)
  if (pill)
    return (
      <span className={`pill c-${tone}`}>
        <Glyph name={glyph} size={14} />
        {says ?? word}
      </span>
    )
  return (
    <span className="st">
      <Glyph name={glyph} tone={tone} />
      <span>{says ?? word}</span>
    </span>
  )
}

/** How a statement about a device is known: stitches over a seam, and the word. */
export function AssuranceMark({ value }: { readonly value: Assurance }) {
  return (
    <span className="st" title={assurances[value].says}>
      <Stitches value={value} />
      <span>{value}</span>
    </span>
  )
}

/** The stitches alone, beside words that say the same. */
export function Stitches({ value }: { readonly value: Assurance }) {
  const { stitches, tone } = assurances[value]
  return (
    <svg className={`g c-${tone}`} width="24" height="16" viewBox="0 0 24 16" aria-hidden="true">
      <path d="M1 8h22" strokeDasharray={stitches === 0 ? '2 2.6' : undefined} />
      {Array.from({ length: stitches }, (_, at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a stitch is nothing but its place
        <path key={at} d={`M${4 + at * 5} 4.4v7.2`} />
      ))}
    </svg>
  )
}
