import { sql } from 'kysely'
import type { Scoped } from '#platform/database/store.ts'

/**
 * The devices of an audience that have not passed through the rollout, or are to do so again, and were heard of lately:
 * they may still come.
 * @param since when a device must have been heard of to count as there
 */
export const findLateDevices = ({ db }: Scoped, rollout: string, audience: readonly number[], since: Date) =>
  db
    .selectFrom('inventory_device as d')
    .innerJoin('inventory_seen as s', (join) =>
      join.onRef('s.tenant_id', '=', 'd.tenant_id').onRef('s.device_id', '=', 'd.id'),
    )
    .select(['d.id', 'd.uid', 'd.model_id as modelId', 'd.hardware_revision as hardwareRevision', 'd.firmware'])
    .where(sql<boolean>`d.id = any(${audience}::bigint[])`)
    .where('d.state', '=', 'live')
    .where('s.at', '>', since)
    .where(({ not, exists, selectFrom }) =>
      not(
        exists(
          selectFrom('deployment_job as j')
            .select('j.id')
            .whereRef('j.device_id', '=', 'd.id')
            .where('j.rollout_id', '=', rollout)
            .where('j.again_at', 'is', null),
        ),
      ),
    )
    .execute()
