import type { UseQueryResult } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { Asked } from '../design/asked.tsx'
import { Empty } from '../design/faces.tsx'
import { isNoSuch } from '../design/no-such.ts'
import { Page } from './page.tsx'

interface Given {
  readonly of: UseQueryResult<unknown, Error>
  /** What the page is about, as in `No such device`. */
  readonly thing: string
  /** The list that has all of them. */
  readonly list: { readonly name: string; readonly to: string }
}

/** The page of one thing while that is not there: it is asked for, was refused, failed, or there is none. */
export function NotThere({ of, thing, list }: Given) {
  const isNone = isNoSuch(of.error)
  return (
    <Page title={isNone ? `No such ${thing}` : `${thing.charAt(0).toUpperCase()}${thing.slice(1)}`} above={[list]}>
      <section className="panel">
        {isNone ? (
          <Empty
            title="None has this address, or none that you may see"
            way={<Link to={list.to}>Back to {list.name}</Link>}
          >
            It may have been typed wrongly, or name something that is gone.
          </Empty>
        ) : (
          <Asked of={of} what={`The ${thing}`}>
            {() => null}
          </Asked>
        )}
      </section>
    </Page>
  )
}
