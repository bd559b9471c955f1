import type { UseQueryResult } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { Loading, Trouble } from './faces.tsx'

interface Given<T> {
  readonly of: UseQueryResult<T, Error>
  /** What is being loaded, as the middle of a sentence: `The devices`. */
  readonly what: string
  readonly children: (data: T) => ReactNode
}

/** The faces of what was asked for: loading, refused, failed, or the data; data that went stale stays, and says so. */
export function Asked<T>({ of, what, children }: Given<T>) {
  if (of.data !== undefined)
    return (
      <>
        {of.error && (
          <div className="call c-soon" role="status">
            <span>
              {what} could not be brought up to date: {of.error.message}. What stands here is from{' '}
              {new Date(of.dataUpdatedAt).toISOString().slice(11, 19)} UTC.
            </span>
          </div>
        )}
        {children(of.data)}
      </>
    )
  if (of.error) return <Trouble error={of.error} what={what} retry={() => void of.refetch()} />
  return <Loading what={`${what}: asking the server`} />
}
