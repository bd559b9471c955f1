import { Link } from '@tanstack/react-router'
import { type ReactNode, useEffect, useLayoutEffect, useState } from 'react'
import { createPortal } from 'react-dom'
import { focusPage } from './go.ts'

interface Given {
  readonly title: string
  /** How the place is called in the trail, where the title is a sentence. */
  readonly place?: string
  /** Beside the title, such as the state. */
  readonly pills?: ReactNode
  /** One line that sums the page up. */
  readonly summary?: ReactNode
  readonly actions?: ReactNode
  /** The places above this page, outermost first. */
  readonly above?: readonly { readonly name: string; readonly to: string }[]
  /** A list that fills the height and scrolls inside. */
  readonly fills?: boolean
  readonly children: ReactNode
}

let isFirst = true

/** Whoever comes from a page that took their focus along has it on this one; the first page leaves it to the skip link. */
function arrive(): void {
  if (!isFirst) focusPage()
  isFirst = false
}

/** A page: where it is, what it is about, what can be done, and its content. */
export function Page({ title, place: called = title, pills, summary, actions, above = [], fills, children }: Given) {
  const place = above.at(-1)?.name ?? (called === title ? undefined : called)
  useEffect(() => {
    document.title = place ? `${title} · ${place} · Suture` : `${title} · Suture`
  }, [title, place])
  const [trail, setTrail] = useState<HTMLElement | null>(null)
  useLayoutEffect(() => setTrail(document.getElementById('trail')), [])
  useLayoutEffect(arrive, [])
  return (
    <main className={fills ? 'page flush' : 'page'} id="main" tabIndex={-1}>
      {trail &&
        createPortal(
          <>
            {above.map(({ name, to }) => (
              <span key={to}>
                <Link to={to} className="plain">
                  {name}
                </Link>
                <span className="sep"> / </span>
              </span>
            ))}
            <span className="b here">{called}</span>
          </>,
          trail,
        )}
      <div className="head">
        <div className="what">
          <div className="name">
            <h1>{title}</h1>
            {pills}
          </div>
          {summary !== undefined && <p className="sub">{summary}</p>}
        </div>
        {actions !== undefined && <div className="acts">{actions}</div>}
      </div>
      {children}
    </main>
  )
}
