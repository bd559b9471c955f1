import { Button } from '@mantine/core'
import type { QueryProblem } from '@suture/contract/query/query.ts'

interface Given {
  readonly id: string
  readonly text: string
  readonly problem: QueryProblem
  readonly onTake: (meant: string) => void
}

/** What is wrong with a query, the part of it that is, and one way to mend it. */
export const Trouble = ({ id, text, problem: { problem, at, meant }, onTake }: Given) => (
  <div id={id} className="query-trouble c-soon" role="status">
    <span>{problem.replaceAll('`', '')}</span>
    {at.to > at.from && at.to - at.from < text.length && <code className="mono">{text.slice(at.from, at.to)}</code>}
    {meant !== undefined && (
      <Button variant="default" size="sm" onClick={() => onTake(meant)}>
        Did you mean <code className="mono">{meant}</code>
      </Button>
    )}
  </div>
)
