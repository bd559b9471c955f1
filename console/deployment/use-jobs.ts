import { listJobs } from '@suture/contract/deployment.ts'
import { useQuery } from '@tanstack/react-query'
import { useEffect } from 'react'
import { ask } from '../shell/ask.ts'
import { mostCells } from './cells.ts'
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
  return { jobs, isAll: cursor === undefined }
}

/**
 * The jobs of a rollout, up to 10,000. They take many requests, so a change does not ask for them at once: while
 * devices are under way they are asked for again every two seconds for each page, and otherwise when `mark` changes.
 */
export function useJobs(rollout: string, isLive: boolean, mark: string) {
  const jobs = useQuery({
    queryKey: jobsKey(rollout),
    queryFn: ({ signal }) => allJobs(rollout, signal),
    refetchInterval: ({ state }) => isLive && 2000 * Math.max(1, Math.ceil((state.data?.jobs.length ?? 0) / pageSize)),
  })
  const { refetch } = jobs
  // biome-ignore lint/correctness/useExhaustiveDependencies: that the mark changed is the reason to ask
  useEffect(() => {
    if (!isLive) void refetch({ cancelRefetch: false })
  }, [mark, isLive, refetch])
  return jobs
}
