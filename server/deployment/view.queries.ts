import type { JobState, RolloutState } from '@suture/contract/states.ts'
import { sql } from 'kysely'
import { anywhere } from '#platform/database/pattern.ts'
import type { Scoped } from '#platform/database/store.ts'

type Place = readonly [Date, string]

/** Rollouts newest first, starting below a place. */
export const viewRollouts = (
  { db }: Scoped,
  limit: number,
  query: {
    readonly before: Place | undefined
    readonly state: RolloutState | undefined
    /** Part of the name. */
    readonly text: string | undefined
    readonly release: string | undefined
  },
) =>
  db
    .selectFrom('deployment_rollout')
    .select([
      'id',
      'name',
      'release_id as release',
      'state',
      'why',
      'created_by as createdBy',
      'created_at as createdAt',
      'started_at as startedAt',
      'ended_at as endedAt',
    ])
    .select(sql<string>`encode(plan_digest, 'hex')`.as('planDigest'))
    .select(sql<number>`length(audience) / 8`.as('devices'))
    .$if(query.before !== undefined, (q) =>
      q.where(sql<boolean>`(created_at, id) < (${query.before?.[0]}::timestamptz, ${query.before?.[1]}::uuid)`),
    )
    .$if(query.state !== undefined, (q) => q.where('state', '=', query.state as RolloutState))
    .$if(query.text !== undefined, (q) => q.where('name', 'ilike', anywhere(query.text ?? '')))
    .$if(query.release !== undefined, (q) => q.where('release_id', '=', query.release as string))
    .orderBy('created_at', 'desc')
    .orderBy('id', 'desc')
    .limit(limit)
    .execute()

export const findQuarantined = ({ db }: Scoped, rollout: string) =>
  db
    .selectFrom('deployment_quarantine as q')
    .innerJoin('inventory_model as m', (join) =>
      join.onRef('m.tenant_id', '=', 'q.tenant_id').onRef('m.id', '=', 'q.model_id'),
    )
    .select(['m.manufacturer', 'm.name as model', 'q.hardware_revision as hardwareRevision', 'q.why', 'q.at'])
    .where('q.rollout_id', '=', rollout)
    .orderBy('q.at')
    .orderBy('q.hardware_revision')
    .execute()

/** How many devices a rollout's audience holds. */
export const audienceSize = async ({ db }: Scoped, rollout: string): Promise<number> => {
  const row = await db
    .selectFrom('deployment_rollout')
    .select(sql<number>`length(audience) / 8`.as('devices'))
    .where('id', '=', rollout)
    .executeTakeFirst()
  return row?.devices ?? 0
}

/** Jobs newest first, starting below a place. */
export const viewJobs = (
  { db }: Scoped,
  limit: number,
  query: {
    readonly before: Place | undefined
    readonly rollout: string | undefined
    readonly device: string | undefined
    readonly state: JobState | undefined
  },
) =>
  db
    .selectFrom('deployment_job as j')
    .innerJoin('inventory_device as d', (join) =>
      join.onRef('d.tenant_id', '=', 'j.tenant_id').onRef('d.id', '=', 'j.device_id'),
    )
    .innerJoin('inventory_model as m', (join) =>
      join.onRef('m.tenant_id', '=', 'j.tenant_id').onRef('m.id', '=', 'j.model_id'),
    )
    .select([
      'j.id',
      'j.rollout_id as rollout',
      'd.uid as device',
      'd.name as deviceName',
      'm.manufacturer',
      'm.name as model',
      'j.hardware_revision as hardwareRevision',
      'j.wave_no as wave',
      'j.attempt',
      'j.state',
      'j.class',
      'j.claim',
      'j.assurance',
      'j.version_before as versionBefore',
      'j.version_wanted as versionWanted',
      'j.version_after as versionAfter',
      'j.offered_at as offeredAt',
      'j.last_word_at as lastWordAt',
      'j.observed_at as observedAt',
      'j.ended_at as endedAt',
    ])
    .$if(query.before !== undefined, (q) =>
      q.where(sql<boolean>`(j.offered_at, j.id) < (${query.before?.[0]}::timestamptz, ${query.before?.[1]}::uuid)`),
    )
    .$if(query.rollout !== undefined, (q) => q.where('j.rollout_id', '=', query.rollout as string))
    .$if(query.device !== undefined, (q) => q.where('d.uid', '=', query.device as string))
    .$if(query.state !== undefined, (q) => q.where('j.state', '=', query.state as JobState))
    .orderBy('j.offered_at', 'desc')
    .orderBy('j.id', 'desc')
    .limit(limit)
    .execute()
