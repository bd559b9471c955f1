import { Fragment } from 'react'
import { capsOf } from './shortcuts.ts'

/** The keys of a shortcut as they are printed; those who hear them hear their names. */
export const Caps = ({ keys }: { readonly keys: string }) => (
  <span className="caps">
    {capsOf(keys).map((cap, at) => (
      // biome-ignore lint/suspicious/noArrayIndexKey: a cap is nothing but its place and its letter
      <Fragment key={at}>
        {at > 0 && ' '}
        <kbd className="kbd">{cap}</kbd>
      </Fragment>
    ))}
  </span>
)
