import { Link } from '@tanstack/react-router'

interface Given {
  /** Where this page begins; the first one begins nowhere in particular. */
  readonly cursor: string | undefined
  readonly next: string | undefined
  /** What the first page holds, and what the next one: `Newest`, `Older`. */
  readonly words: readonly [first: string, next: string]
}

/** The ways to the other pages of a list; the rest of the address stays as it is. */
export const Paging = ({ cursor, next, words: [first, further] }: Given) =>
  (cursor !== undefined || next !== undefined) && (
    <nav className="pad rowline flex" aria-label="Pages">
      {cursor !== undefined && (
        <Link to="." search={({ cursor: _, ...before }: { cursor?: string }) => before}>
          {first}
        </Link>
      )}
      {next !== undefined && (
        <Link to="." search={(before: object) => ({ ...before, cursor: next })}>
          {further}
        </Link>
      )}
    </nav>
  )
