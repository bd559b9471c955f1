import type { InputHTMLAttributes } from 'react'
import { Glyph } from '../design/glyph.tsx'
import { longest } from './use-typed.ts'

interface Given extends InputHTMLAttributes<HTMLInputElement> {
  /** The list of what was found, while there is one. */
  readonly list: string | undefined
  /** Which of its options is chosen. */
  readonly option: string | undefined
  readonly isAsking: boolean
}

/** The field, which keeps the focus while its keys walk through the list. */
export const Field = ({ list, option, isAsking, ...input }: Given) => (
  <div className="in">
    <Glyph name="search" />
    <input
      data-autofocus
      // biome-ignore lint/a11y/noAutofocus: whoever opens the palette types into it
      autoFocus
      role="combobox"
      aria-label="Search or act"
      aria-autocomplete="list"
      aria-expanded={list !== undefined}
      aria-controls={list}
      aria-activedescendant={option}
      placeholder="A place, a name, a serial, a CVE"
      autoComplete="off"
      spellCheck={false}
      maxLength={longest}
      {...input}
    />
    <span className="f t12 nw">{isAsking ? 'asking' : ''}</span>
  </div>
)
