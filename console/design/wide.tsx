import type { ReactNode } from 'react'

/** What may be wider than its place and holds nothing to go to; it is scrolled to, by the keyboard too. */
export const Wide = ({ children }: { readonly children: ReactNode }) => (
  // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by the keyboard
  <div className="scr" tabIndex={0}>
    {children}
  </div>
)
