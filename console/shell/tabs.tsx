import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'

interface Given<T extends string> {
  /** What they are the parts of. */
  readonly label: string
  /** Their names in order; the first is shown where the address names none. */
  readonly names: Readonly<Record<T, ReactNode>>
  readonly on: T
}

/** The parts of a place, each an address of its own. */
export function Tabs<T extends string>({ label, names, on }: Given<T>) {
  const entries = Object.entries(names) as [T, ReactNode][]
  return (
    <nav className="tabs" aria-label={label}>
      {entries.map(([tab, name], no) => (
        <Link
          key={tab}
          to="."
          search={(_: object): object => (no === 0 ? {} : { tab })}
          className={tab === on ? 'on' : ''}
          // Otherwise an address with more in it would mark the first part as well.
          activeOptions={{ exact: true }}
          aria-current={tab === on ? 'page' : undefined}
        >
          {name}
        </Link>
      ))}
    </nav>
  )
}
