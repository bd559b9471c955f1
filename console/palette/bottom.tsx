import { useDebouncedValue } from '@mantine/hooks'
import { Glyph } from '../design/glyph.tsx'
import { Caps } from '../shell/caps.tsx'
import type { Entry } from './entry.ts'

interface Given {
  readonly active: Entry | undefined
  /** What came of the last copying. */
  readonly copied: string | undefined
  readonly onCopy: (command: string) => void
  readonly count: number
  readonly isAsking: boolean
}

/** The command of what is chosen, the keys, and how much was found, said once the typing rests. */
export function Bottom({ active, copied, onCopy, count, isAsking }: Given) {
  const { command } = active ?? {}
  const [said] = useDebouncedValue(isAsking ? '' : `${count} ${count === 1 ? 'result' : 'results'}`, 500)
  return (
    <div className="bottom t12 f">
      <span className="hint">
        <Caps keys="ArrowUp" /> <Caps keys="ArrowDown" /> move
      </span>
      <span className="hint">
        <Caps keys="Enter" /> {active?.way === 'copies' ? 'copy' : 'do'}
      </span>
      {command !== undefined && (
        <button type="button" onClick={() => onCopy(command)} title="Copy as a command">
          <Glyph name="term" size={14} />
          <span className="mono ell">{command}</span>
          <span className="hint">
            <Caps keys="Mod+c" />
          </span>
        </button>
      )}
      <span className={copied === undefined ? 'unseen' : 'said'} role="status">
        {copied ?? said}
      </span>
    </div>
  )
}
