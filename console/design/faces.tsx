import { Button } from '@mantine/core'
import { ProblemError } from '@suture/contract/client.ts'
import { type ReactNode, useEffect, useState } from 'react'
import { Glyph } from './glyph.tsx'
import { isNoSuch } from './no-such.ts'
import { Seam } from './seam.tsx'
import { Term } from './term.tsx'

/** What a panel shows before it knows anything: nothing for a moment, then its shape, then words. */
export function Loading({ what, rows = 6 }: { readonly what: string; readonly rows?: number }) {
  const [waited, setWaited] = useState(0)
  useEffect(() => {
    const soon = setTimeout(() => setWaited(1), 300)
    const late = setTimeout(() => setWaited(2), 2000)
    return () => {
      clearTimeout(soon)
      clearTimeout(late)
    }
  }, [])
  if (waited === 0) return <div className="face" aria-busy="true" />
  return (
    <div className="face" aria-busy="true" role="status">
      <div className="bones">
        {Array.from({ length: rows }, (_, at) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a bone is nothing but its place
          <i key={at} />
        ))}
      </div>
      {waited === 2 ? <p className="m">{what}</p> : <span className="unseen">{what}</span>}
    </div>
  )
}

/** The one way on: a command for a terminal, or a button or link. */
type Way = { readonly command: string } | { readonly way: ReactNode }

type EmptyGiven = Way & {
  readonly title: string
  readonly children: ReactNode
}

/** Nothing is here yet: what will appear, why it is not there, and how to get it. */
export const Empty = ({ title, children, ...on }: EmptyGiven) => (
  <div className="face">
    <Seam done={0} of={1} label="nothing yet" />
    <h2>{title}</h2>
    <div className="m">{children}</div>
    {'command' in on ? <Term commands={[on.command]} /> : on.way}
  </div>
)

/** The server refused: the rule, who can, and what to quote; or something failed, and nothing was changed. */
export function Trouble({
  error,
  retry,
  what,
}: {
  readonly error: Error
  readonly retry: () => void
  readonly what: string
}) {
  if (isNoSuch(error))
    return (
      <div className="face" role="alert">
        <h2>{what}: there is none, or none that you may see</h2>
      </div>
    )
  if (error instanceof ProblemError && error.problem.status < 500) {
    const { title, code, incident } = error.problem
    return (
      <div className="face" role="alert">
        <Glyph name="approval" size={20} tone="human" />
        <h2>{title}</h2>
        <p className="m">{error.remedy}</p>
        <p className="f t12">
          Refusal <span className="mono">{code}</span>, incident <span className="mono">{incident}</span>
        </p>
      </div>
    )
  }
  const incident = error instanceof ProblemError ? error.problem.incident : undefined
  return (
    <div className="face" role="alert">
      <Glyph name="failed" size={20} tone="danger" />
      <h2>{what} could not be loaded</h2>
      <p className="m">{reasonFor(error)} Nothing was changed by looking.</p>
      <Button variant="default" size="sm" onClick={retry}>
        Try again
      </Button>
      {incident !== undefined && (
        <p className="f t12">
          Incident <span className="mono">{incident}</span>
        </p>
      )}
    </div>
  )
}

/** A browser tells an answer that never came as a `TypeError` (Fetch standard). */
const reasonFor = (error: Error): string =>
  error instanceof TypeError ? 'The server did not answer.' : `${error.message.replace(/\.$/, '')}.`
