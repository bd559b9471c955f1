import type { ReactNode } from 'react'

interface Given {
  readonly title: ReactNode
  readonly aside?: ReactNode
  readonly children: ReactNode
  /** Without the space inside, for tables and lists that bring their own. */
  readonly flush?: boolean
}

/** A flat box with a head: one idea of a page. */
export const Panel = ({ title, aside, children, flush }: Given) => (
  <section className="panel">
    <header>
      <h2>{title}</h2>
      {aside !== undefined && <span className="r f t12">{aside}</span>}
    </header>
    {flush ? children : <div className="pad">{children}</div>}
  </section>
)

/** Names and values in two columns. */
export const Pairs = ({ pairs }: { readonly pairs: readonly (readonly [string, ReactNode])[] }) => (
  <dl className="kv">
    {pairs.map(([name, value]) => (
      <div key={name}>
        <dt>{name}</dt>
        <dd>{value}</dd>
      </div>
    ))}
  </dl>
)
