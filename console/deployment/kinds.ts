import type { Reply } from '@suture/contract/client.ts'
import type { getRollout, getRolloutPlan, listJobs, listRollouts, stopRollout } from '@suture/contract/deployment.ts'

export type Rollout = Reply<typeof getRollout>
export type Wave = Rollout['waves'][number]
export type Listed = Reply<typeof listRollouts>['items'][number]
export type Job = Reply<typeof listJobs>['items'][number]
export type Plan = NonNullable<Reply<typeof getRolloutPlan>['summary']>
export type Stopped = Reply<typeof stopRollout>
