import { sql } from 'kysely'
import type { Scoped } from '#platform/database/store.ts'
import type { EarlierQuarantine } from './caution.ts'

/** How many devices of a quarantined revision ended so, in all waves of the rollout that quarantined it. */
const endedAs = (counter: 'failed' | 'silent') =>
  sql<number>`(select coalesce(sum(${sql.ref(`s.${counter}`)}), 0)::int from deployment_stratum s
    where s.tenant_id = q.tenant_id and s.rollout_id = q.rollout_id and s.model_id = q.model_id
      and s.hardware_revision = q.hardware_revision)`

/** What that rollout installed; a target without a revision, stored as an empty text, is for all that are not named. */
const artifactThere = sql<string | null>`(select encode(t.sha256, 'hex') from releases_target t
  where t.tenant_id = q.tenant_id and t.release_id = r.release_id and t.model_id = q.model_id
    and t.hardware_revision in ('', q.hardware_revision)
  order by t.hardware_revision = '' limit 1)`

/**
 * What rollouts quarantined of some models, newest first, with what they installed there and how it ended. It reads no
 * device and no job, so that nobody misses a quarantine because of the sites that they may see.
 * @param except a rollout whose own quarantines are left out
 */
export async function findQuarantines(
  { db }: Scoped,
  models: readonly number[],
  except: string | undefined,
): Promise<EarlierQuarantine[]> {
  const rows = await db
    .selectFrom('deployment_quarantine as q')
    .innerJoin('deployment_rollout as r', (join) =>
      join.onRef('r.tenant_id', '=', 'q.tenant_id').onRef('r.id', '=', 'q.rollout_id'),
    )
    .innerJoin('inventory_model as m', (join) =>
      join.onRef('m.tenant_id', '=', 'q.tenant_id').onRef('m.id', '=', 'q.model_id'),
    )
    .select(['q.model_id as modelId', 'm.manufacturer', 'm.name as model', 'q.hardware_revision as hardwareRevision'])
    .select(['r.id as rollout', 'r.name', 'q.at'])
    .select(artifactThere.as('artifact'))
    .select([endedAs('failed').as('failed'), endedAs('silent').as('silent')])
    .where(sql<boolean>`q.model_id = any(${models}::int[])`)
    .$if(except !== undefined, (query) => query.where('q.rollout_id', '<>', except as string))
    .orderBy('q.at', 'desc')
    .orderBy('m.manufacturer')
    .orderBy('m.name')
    .orderBy('q.hardware_revision')
    .execute()
  return rows.map(({ rollout, name, ...row }) => ({ ...row, rollout: { id: rollout, name } }))
}

/** How many of some devices in service that are not on a version yet there are of each cell. */
export const countCells = ({ db }: Scoped, devices: readonly number[], version: string) =>
  db
    .selectFrom('inventory_device as d')
    .innerJoin('inventory_model as m', (join) =>
      join.onRef('m.tenant_id', '=', 'd.tenant_id').onRef('m.id', '=', 'd.model_id'),
    )
    .select(['m.manufacturer', 'm.name as model', 'd.hardware_revision as hardwareRevision'])
    .select(['d.bootloader', 'd.firmware as version'])
    .select(sql<number>`count(*)::int`.as('devices'))
    .where(sql<boolean>`d.id = any(${devices}::bigint[])`)
    .where('d.state', '=', 'live')
    .where('d.is_rig', '=', false)
    .where('d.firmware', '<>', version)
    .groupBy(['m.manufacturer', 'm.name', 'd.hardware_revision', 'd.bootloader', 'd.firmware'])
    .execute()
