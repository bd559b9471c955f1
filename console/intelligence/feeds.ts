import type { Reply } from '@suture/contract/client.ts'
import type { listFeeds } from '@suture/contract/intelligence.ts'

type Document = Pick<Reply<typeof listFeeds>['items'][number], 'source' | 'retrievedAt' | 'inForce'>

/**
 * As of when the facts in force were collected: for each source the newest document that still says something, and of
 * those the oldest, because one fresh file does not make the others younger. Null when nothing is in force.
 */
export function factsAsOf(documents: readonly Document[]): { readonly at: Date; readonly source: string } | null {
  const newest = new Map<string, Date>()
  for (const { source, retrievedAt, inForce } of documents) {
    const before = newest.get(source.name)
    if (inForce > 0 && (before === undefined || retrievedAt > before)) newest.set(source.name, retrievedAt)
  }
  const [oldest] = [...newest].sort(([, one], [, other]) => one.getTime() - other.getTime())
  return oldest ? { source: oldest[0], at: oldest[1] } : null
}

/** How old facts may be before somebody should be told. */
export const staleMs = 24 * 3600_000
