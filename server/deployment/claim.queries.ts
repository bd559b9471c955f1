import { sql } from 'kysely'
import type { Scoped } from '#platform/database/store.ts'

/**
 * Which of these devices have passed through these rollouts, or are passing; how often, and whether somebody had them
 * tried again after each of their passages.
 */
export const findPassages = ({ db }: Scoped, rollouts: readonly string[], devices: readonly number[]) =>
  db
    .selectFrom('deployment_job')
    .select(['device_id', 'rollout_id'])
    .select(sql<number>`max(attempt)`.as('attempts'))
    .select(sql<boolean>`bool_and(again_at is not null)`.as('again'))
    .where(sql<boolean>`device_id = any(${devices}::bigint[])`)
    .where(sql<boolean>`rollout_id = any(${rollouts}::uuid[])`)
    .groupBy(['device_id', 'rollout_id'])
    .execute()

/** A job that a device is about to get. */
export interface NewJob {
  readonly id: string
  readonly deviceId: number
  readonly deviceUid: string
  readonly rollout: string
  readonly wave: number
  readonly modelId: number
  readonly hardwareRevision: string
  readonly actionId: number
  readonly sha256: string
  readonly versionBefore: string
  readonly versionWanted: string
  /** Its how many-eth passage through the rollout this is. */
  readonly attempt: number
  readonly deafMs: number
}

/** Takes the free devices among these for their jobs: of two that ask at the same time, one gets it. */
export async function takeSlots({ db, scope }: Scoped, jobs: readonly NewJob[]): Promise<ReadonlySet<number>> {
  const sorted = jobs.toSorted((a, b) => a.deviceId - b.deviceId)
  const { rows } = await sql<{ device_id: number }>`
    insert into deployment_device_slot as s (tenant_id, device_id, job_id, generation)
    select ${scope.tenant}::int, device_id, job_id, 1
      from unnest(${sorted.map(({ deviceId }) => deviceId)}::bigint[], ${sorted.map(({ id }) => id)}::uuid[]) as t (device_id, job_id)
    on conflict (tenant_id, device_id) do update set job_id = excluded.job_id, generation = s.generation + 1
     where s.job_id is null
    returning device_id`.execute(db)
  return new Set(rows.map(({ device_id }) => device_id))
}

/** Stores jobs as offered; a device that has passed through the rollout meanwhile gets none. */
export async function insertJobs(
  { db, scope }: Scoped,
  jobs: readonly NewJob[],
  now: Date,
): Promise<ReadonlySet<number>> {
  const rows = await db
    .insertInto('deployment_job')
    .values(
      jobs.map((job) => ({
        tenant_id: scope.tenant,
        device_id: job.deviceId,
        id: job.id,
        rollout_id: job.rollout,
        wave_no: job.wave,
        model_id: job.modelId,
        hardware_revision: job.hardwareRevision,
        action_id: job.actionId,
        sha256: Buffer.from(job.sha256, 'hex'),
        version_before: job.versionBefore,
        version_wanted: job.versionWanted,
        state: 'offered' as const,
        offered_at: now,
        last_word_at: now,
        deaf_ms: job.deafMs,
        attempt: job.attempt,
      })),
    )
    .onConflict((conflict) => conflict.columns(['tenant_id', 'device_id', 'rollout_id', 'attempt']).doNothing())
    .returning('device_id')
    .execute()
  return new Set(rows.map(({ device_id }) => device_id))
}
