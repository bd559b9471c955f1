import type { FinalJobState } from '@suture/contract/states.ts'
import type { Job } from './kinds.ts'

/** Whether such an end is a failure; only what was verified is none, and what was called back is neither. */
const isFailure = {
  verified: false,
  failed: true,
  silent: true,
  unverified: true,
  disputed: true,
  'rolled-back': true,
  rejected: true,
  cancelled: false,
  superseded: false,
} as const satisfies Record<FinalJobState, boolean>

export const hasFailed = ({ state }: Pick<Job, 'state'>): boolean =>
  Object.hasOwn(isFailure, state) && isFailure[state as FinalJobState]

/** Failures that look alike: one cause, one revision. */
export interface Cluster extends Pick<Job, 'class' | 'manufacturer' | 'model' | 'hardwareRevision'> {
  readonly key: string
  readonly jobs: readonly Job[]
}

/** The failures by cause and revision, the largest group first. */
export function clustersOf(jobs: readonly Job[]): Cluster[] {
  const clusters = new Map<string, Cluster & { readonly jobs: Job[] }>()
  for (const job of jobs.filter(hasFailed)) {
    const { class: reason, manufacturer, model, hardwareRevision } = job
    const key = JSON.stringify([reason, manufacturer, model, hardwareRevision])
    const cluster = clusters.get(key)
    if (cluster) cluster.jobs.push(job)
    else clusters.set(key, { key, class: reason, manufacturer, model, hardwareRevision, jobs: [job] })
  }
  return [...clusters.values()].sort((a, b) => b.jobs.length - a.jobs.length || (a.key < b.key ? -1 : 1))
}
