import { Button, Popover } from '@mantine/core'
import { type ReactNode, useState } from 'react'
import { Glyph } from '../design/glyph.tsx'

interface Given {
  readonly busy: boolean
  readonly onStop: () => void
  readonly children: ReactNode
}

/** One press says what it can and cannot stop; the second stops. */
export function Stop({ busy, onStop, children }: Given) {
  const [isAsking, setAsking] = useState(false)
  return (
    <Popover opened={isAsking} onChange={setAsking} width={380} position="bottom-end" trapFocus returnFocus>
      <Popover.Target>
        <Button
          className="stopper"
          loading={busy}
          leftSection={<Glyph name="stopped" size={14} />}
          onClick={() => setAsking(!isAsking)}
        >
          Stop rollout
        </Button>
      </Popover.Target>
      <Popover.Dropdown aria-label="Stop this rollout" className="pop">
        <div className="stack tight">
          <h2>Stop this rollout for good?</h2>
          {children}
          <p className="t12 m">Whoever wants the rest makes a new plan, which two people approve anew.</p>
          <div className="flex">
            <Button
              className="stopper"
              onClick={() => {
                setAsking(false)
                onStop()
              }}
            >
              Stop rollout
            </Button>
            <Button variant="default" data-autofocus onClick={() => setAsking(false)}>
              Keep running
            </Button>
          </div>
        </div>
      </Popover.Dropdown>
    </Popover>
  )
}
