import { Combobox, VisuallyHidden } from '@mantine/core'
import type { ReactNode } from 'react'
import type { SuggestionGroup } from './suggest.ts'

const figure = new Intl.NumberFormat('en-GB')

interface Given {
  readonly groups: readonly SuggestionGroup[]
  /** What is wrong with what was written so far. */
  readonly trouble: ReactNode
}

/** What may be written next, and on how many devices it is so. */
export const Suggestions = ({ groups, trouble }: Given) => (
  <Combobox.Dropdown hidden={!trouble && groups.every(({ items }) => items.length === 0)} className="pop suggestions">
    {trouble && <Combobox.Header onMouseDown={(event) => event.preventDefault()}>{trouble}</Combobox.Header>}
    <Combobox.Options aria-label="What may follow">
      {groups.map(({ title, items }) => (
        <Combobox.Group key={title} label={title}>
          {items.map(({ by, note, devices }) => (
            <Combobox.Option key={by} value={by}>
              <span className="mono b">{by.trim()}</span>
              <span className="f note">{note}</span>
              {devices !== undefined && (
                <span className="r">
                  {figure.format(devices)}
                  <VisuallyHidden> {devices === 1 ? 'device' : 'devices'}</VisuallyHidden>
                </span>
              )}
            </Combobox.Option>
          ))}
        </Combobox.Group>
      ))}
    </Combobox.Options>
    <Combobox.Footer className="f t12">
      <kbd className="kbd">↑</kbd> <kbd className="kbd">↓</kbd> move · <kbd className="kbd">Enter</kbd> take ·{' '}
      <kbd className="kbd">-</kbd> before a field: not · <kbd className="kbd">Esc</kbd> close
    </Combobox.Footer>
  </Combobox.Dropdown>
)
