import { sql } from 'kysely'
import type { Scoped } from '#platform/database/store.ts'
import { isLast } from './retry.queries.ts'

/**
 * What came of a rollout on every device of its audience, by the device's UUID: of several passages the last. A device
 * that never got a job has none of a job's fields.
 */
export const findResults = ({ db }: Scoped, rollout: string, audience: readonly number[]) =>
  db
    .selectFrom('inventory_device as d')
    .innerJoin('inventory_model as m', (join) =>
      join.onRef('m.tenant_id', '=', 'd.tenant_id').onRef('m.id', '=', 'd.model_id'),
    )
    .leftJoin('inventory_site as site', (join) =>
      join.onRef('site.tenant_id', '=', 'd.tenant_id').onRef('site.id', '=', 'd.site_id'),
    )
    .leftJoin('deployment_job as j', (join) =>
      join
        .onRef('j.tenant_id', '=', 'd.tenant_id')
        .onRef('j.device_id', '=', 'd.id')
        .on('j.rollout_id', '=', rollout)
        .on(isLast),
    )
    .select([
      'd.id as deviceId',
      'd.uid as device',
      'site.name as site',
      'm.name as model',
      'd.hardware_revision as hardwareRevision',
      'd.firmware',
      'j.id as job',
      'j.state',
      'j.class',
      'j.assurance',
      'j.claim',
      'j.version_before as before',
      'j.version_after as after',
      'j.observed_at as observedAt',
      'j.ended_at as endedAt',
      'j.wave_no as wave',
    ])
    .where(sql<boolean>`d.id = any(${audience}::bigint[])`)
    .orderBy('d.uid')
    .execute()
