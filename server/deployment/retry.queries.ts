import type { FinalJobState } from '@suture/contract/states.ts'
import { sql } from 'kysely'
import type { Scoped } from '#platform/database/store.ts'
import { countOf } from './job.ts'
import { devicesWithModels } from './plan.queries.ts'

/** A job `j` after which its device did not pass through the rollout again. */
export const isLast = sql<boolean>`not exists (
  select from deployment_job l where l.tenant_id = j.tenant_id and l.device_id = j.device_id
     and l.rollout_id = j.rollout_id and l.attempt > j.attempt)`

/** The ends that count as failures. */
const failures = (Object.keys(countOf) as FinalJobState[]).filter(
  (state) => countOf[state] === 'failed' || countOf[state] === 'silent',
)

/** The devices whose last passage through a rollout failed, as the inventory has them now, by name. */
export const findFailed = (scoped: Scoped, rollout: string) =>
  devicesWithModels(scoped)
    .innerJoin('deployment_job as j', (join) =>
      join.onRef('j.tenant_id', '=', 'd.tenant_id').onRef('j.device_id', '=', 'd.id'),
    )
    .innerJoin('inventory_model as failed', (join) =>
      join.onRef('failed.tenant_id', '=', 'j.tenant_id').onRef('failed.id', '=', 'j.model_id'),
    )
    .leftJoin('deployment_device_slot as s', (join) =>
      join.onRef('s.tenant_id', '=', 'd.tenant_id').onRef('s.device_id', '=', 'd.id'),
    )
    .select(['d.name', 'j.id as job', 'j.state as end', 'j.class', 'j.wave_no', 'j.model_id', 'j.hardware_revision'])
    .select(['j.attempt', 'j.last_word_at as lastWordAt', 'failed.manufacturer as failedManufacturer'])
    .select('failed.name as failedModel')
    .select(sql<boolean>`j.again_at is not null`.as('isAgain'))
    .select(sql<boolean>`s.job_id is not null`.as('isBusy'))
    .where('j.rollout_id', '=', rollout)
    .where('j.state', 'in', failures)
    .where(isLast)
    .orderBy('d.name')
    .orderBy('d.id')
    .execute()

export type FailedRow = Awaited<ReturnType<typeof findFailed>>[number]

/**
 * Lets devices pass once more after passages that have ended. The jobs are taken in the one order in which everybody
 * takes them, because devices may still be speaking of them.
 */
export async function tryAgain({ db }: Scoped, failed: readonly FailedRow[], at: Date): Promise<void> {
  const these = sql<boolean>`device_id = any(${failed.map(({ id }) => id)}::bigint[])
    and id = any(${failed.map(({ job }) => job)}::uuid[])`
  const held = db.selectFrom('deployment_job').select('id').where(these).orderBy('device_id').orderBy('id').forUpdate()
  await held.execute()
  await db.updateTable('deployment_job').set({ again_at: at }).where(these).execute()
}

/** When a device of a rollout was last let try again that has not come since, pauses since then left out. */
export const lastAsked = async ({ db }: Scoped, rollout: string): Promise<Date | null> => {
  const { at } = await db
    .selectFrom('deployment_job as j')
    .select(({ fn }) => fn.max('j.again_at').as('at'))
    .where('j.rollout_id', '=', rollout)
    .where(isLast)
    .executeTakeFirstOrThrow()
  return at
}

/** Leaves a pause out of the time for which devices are waited for that may try again. */
export const waitLonger = async ({ db }: Scoped, rollout: string, pausedMs: number): Promise<void> => {
  await db
    .updateTable('deployment_job')
    .set({ again_at: sql`again_at + make_interval(secs => ${pausedMs / 1000})` })
    .where('rollout_id', '=', rollout)
    .where('again_at', 'is not', null)
    .execute()
}
