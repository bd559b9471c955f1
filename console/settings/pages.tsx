import { Link } from '@tanstack/react-router'
import type { SettingsSearch } from './search.ts'

interface Given {
  readonly search: SettingsSearch
  readonly next: string | undefined
  /** What the beginning of the list is called, and what comes after this page. */
  readonly names: readonly [first: string, next: string]
}

/** The way to the beginning of a list, and on. */
export function Pages({ search: { cursor, ...kept }, next, names: [first, on] }: Given) {
  if (cursor === undefined && next === undefined) return null
  return (
    <nav className="pad rowline flex" aria-label="Pages">
      {cursor !== undefined && (
        <Link to="/settings" search={kept}>
          {first}
        </Link>
      )}
      {next !== undefined && (
        <Link to="/settings" search={{ ...kept, cursor: next }}>
          {on}
        </Link>
      )}
    </nav>
  )
}
