import { listJobs } from '@suture/contract/deployment.ts'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useEffect, useRef } from 'react'
import { ask } from '../shell/ask.ts'
import { lastOf, mostCells } from './cells.ts'
import type { Job } from './kinds.ts'

export const jobsKey = (rollout: string) => ['nothing', 'jobs of', rollout] as const

const pageSize = 500

export interface Jobs {
  readonly jobs: readonly Job[]
  /** Whether there are no more than these. */
  readonly isAll: boolean
}

async function allJobs(rollout: string, signal: AbortSignal): Promise<Jobs> {
  const jobs: Job[] = []
  let cursor: string | undefined
  do {
    signal.throwIfAborted()
    const query = { rollout, limit: pageSize, ...(cursor === undefined ? {} : { cursor }) }
    const { items, next } = await ask(listJobs, { query })
    jobs.push(...items)
    cursor = next
  } while (cursor !== undefined && jobs.length < mostCells)
  return { jobs: lastOf(jobs), isAll: cursor === undefined }
}

/**
 * The jobs of a rollout, up to 10,000. They take many requests, so a change does not ask for them at once: while
 * devices are under way they are asked for again every two seconds for each page, and otherwise when `mark` changes;
 * what was begun before that change is given up then, because its answer may be older.
 */
export function useJobs(rollout: string, isLive: boolean, mark: string) {
  const jobs = useQuery({
    queryKey: jobsKey(rollout),
    queryFn: ({ signal }) => allJobs(rollout, signal),
    refetchInterval: ({ state }) => isLive && 2000 * Math.max(1, Math.ceil((state.data?.jobs.length ?? 0) / pageSize)),
  })
  const { refetch } = jobs
  const client = useQueryClient()
  const isFirst = useRef(true)
  // biome-ignore lint/correctness/useExhaustiveDependencies: that the mark changed is the reason to ask
  useEffect(() => {
    const joins = isFirst.current
    isFirst.current = false
    if (isLive) return
    if (joins) void refetch({ cancelRefetch: false })
    else void client.cancelQueries({ queryKey: jobsKey(rollout) }).then(() => refetch())
  }, [mark, isLive, refetch, client, rollout])
  return jobs
}
