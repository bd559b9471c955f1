import type { ReactNode } from 'react'
import { Copy } from './copy.tsx'
import { Empty } from './faces.tsx'

interface Given {
  readonly title: string
  /** What will appear here, and why it does not yet. */
  readonly children: ReactNode
  /** What brings it from a terminal. */
  readonly command: string
  /** What brings it from here; without it, the command is to be copied. */
  readonly action?: ReactNode
}

/** Nothing is here yet, and what brings it: one button and one command. */
export const Begin = ({ title, children, command, action }: Given) => (
  <Empty title={title} command={command}>
    <div className="m">{children}</div>
    <div className="begin">{action ?? <Copy text={command} />}</div>
  </Empty>
)
