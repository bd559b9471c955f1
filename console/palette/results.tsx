import { useEffect } from 'react'
import { Glyph } from '../design/glyph.tsx'
import { Caps } from '../shell/caps.tsx'
import { type Entry, type Found, partOf } from './entry.ts'

interface Given {
  /** The id of the list; those of its options begin with it. */
  readonly list: string
  readonly groups: readonly Found[]
  readonly active: string | undefined
  readonly onPoint: (id: string) => void
  readonly onChoose: (entry: Entry) => void
}

/** What there is to choose from, group by group; the field above keeps the focus. */
export function Results({ list, groups, active, onPoint, onChoose }: Given) {
  useEffect(() => {
    if (active !== undefined) document.getElementById(partOf(list, active))?.scrollIntoView({ block: 'nearest' })
  }, [list, active])
  if (groups.length === 0) return null
  return (
    <div role="listbox" id={list} aria-label="What was found">
      {groups.map(({ title, entries, share }) => (
        // biome-ignore lint/a11y/useSemanticElements: a group of options, and not of fields
        <div key={title} role="group" aria-labelledby={partOf(list, title)}>
          <div className="lab" id={partOf(list, title)}>
            {title}
            {share !== undefined && ` · ${share}`}
          </div>
          {entries.map((entry) => (
            <Option
              key={entry.id}
              id={partOf(list, entry.id)}
              entry={entry}
              isActive={entry.id === active}
              {...{ onPoint, onChoose }}
            />
          ))}
        </div>
      ))}
    </div>
  )
}

interface OptionGiven extends Pick<Given, 'onPoint' | 'onChoose'> {
  readonly id: string
  readonly entry: Entry
  readonly isActive: boolean
}

const Option = ({ id, entry, isActive, onPoint, onChoose }: OptionGiven) => (
  // biome-ignore lint/a11y/useKeyWithClickEvents: the field has the focus, and the keys
  <div
    id={id}
    role="option"
    tabIndex={-1}
    aria-selected={isActive}
    className={isActive ? 'opt on' : 'opt'}
    onPointerMove={() => isActive || onPoint(entry.id)}
    onMouseDown={(event) => event.preventDefault()}
    onClick={() => onChoose(entry)}
  >
    <Glyph name={entry.glyph} />
    <span className="b nw">{entry.name}</span>
    {entry.what !== undefined && <span className="m ell">{entry.what}</span>}
    <span className="r">{entry.keys ? <Caps keys={entry.keys} /> : isActive && <Caps keys="Enter" />}</span>
  </div>
)
