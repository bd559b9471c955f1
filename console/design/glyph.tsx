import type { GlyphName } from './glyph-names.ts'
import sprite from './glyphs.svg'

interface Given {
  readonly name: GlyphName
  readonly size?: 14 | 16 | 18 | 20
  readonly tone?: Tone | undefined
}

/** The six scales that colour is spent on; see `tokens.css`. */
export type Tone = 'closed' | 'moving' | 'soon' | 'danger' | 'human' | 'idle'

/** A picture beside a word that says the same, so that readers of screens are spared it. */
export const Glyph = ({ name, size = 16, tone }: Given) => (
  <svg className={`g ${tone ? `c-${tone}` : ''}`} width={size} height={size} viewBox="0 0 16 16" aria-hidden="true">
    <use href={`${sprite}#${name}`} />
  </svg>
)
