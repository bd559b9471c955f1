import { fenceOf } from '#platform/database/epoch.ts'
import type { Scoped } from '#platform/database/store.ts'
import { moveJobs } from './job.operations.ts'
import { type JobRow, lockJobs } from './job.queries.ts'
import { listening } from './job.ts'
import type { DeploymentParts } from './parts.ts'
import { versionsSince } from './restored.queries.ts'

/**
 * Of some jobs those that their devices still have to do. After a restore a device may run already what a job would give
 * it: the end of it was told to a database that is gone, or the whole job was. Such a job counts as reported, which closes
 * nothing; our own reading decides, as ever.
 * @param claimed the devices whose jobs were made just now; of the others, only jobs from before the restore are looked at
 */
export async function exceptDone(
  scoped: Scoped,
  { clock }: Pick<DeploymentParts, 'clock'>,
  jobs: readonly JobRow[],
  claimed: ReadonlySet<number>,
): Promise<readonly JobRow[]> {
  const fence = jobs.length > 0 ? await fenceOf(scoped) : undefined
  if (!fence) return jobs
  const asked = jobs.filter(
    (job) =>
      listening.some((state) => state === job.state) &&
      (claimed.has(job.device_id) || job.offered_at <= fence.restoredAt),
  )
  if (asked.length === 0) return jobs
  const devices = asked.map(({ device_id }) => device_id)
  const versions = await versionsSince(scoped, devices, fence.restoredAt)
  const done = asked.filter((job) => versions.get(job.device_id) === job.version_wanted)
  const locked = done.length === 0 ? [] : await lockJobs(scoped, done)
  // One may have ended meanwhile, by silence or by a word.
  const held = locked.filter(({ state }) => listening.some((each) => each === state))
  const now = clock.now()
  await moveJobs(
    scoped,
    clock,
    // Whatever it fetched was sent by a server that nobody remembers.
    held.map((job) => ({
      job: { ...job, state: 'downloaded' as const },
      step: { kind: 'succeeded' },
      saidAt: now,
      readAfter: now,
    })),
  )
  return jobs.filter((job) => !done.includes(job))
}
