import { sql } from 'kysely'
import type { Scoped } from '#platform/database/store.ts'
import { devicesWithModels } from './plan.queries.ts'
import type { Subject } from './update.ts'

/** A device by the id that the outside knows, and when it was last heard. */
export const findSubject = (scoped: Scoped, uid: string): Promise<Subject | undefined> =>
  devicesWithModels(scoped)
    .leftJoin('inventory_seen as n', (join) =>
      join.onRef('n.tenant_id', '=', 'd.tenant_id').onRef('n.device_id', '=', 'd.id'),
    )
    .select('n.at as lastSeen')
    .where('d.uid', '=', uid)
    .executeTakeFirst()

/** The releases that are published for a revision of a model, newest first. */
export const findPublished = (
  { db }: Scoped,
  { modelId, hardwareRevision }: Pick<Subject, 'modelId' | 'hardwareRevision'>,
): Promise<{ id: string; name: string; version: string }[]> =>
  db
    .selectFrom('releases_release as r')
    .innerJoin('releases_target as t', (join) =>
      join.onRef('t.tenant_id', '=', 'r.tenant_id').onRef('t.release_id', '=', 'r.id'),
    )
    .select(['r.id', 'r.name', 'r.version'])
    .where('r.state', '=', 'published')
    .where('t.model_id', '=', modelId)
    // An empty revision means all that are not named.
    .where('t.hardware_revision', 'in', [hardwareRevision, ''])
    .orderBy('r.published_at', 'desc')
    .limit(100)
    .execute()

/** How far the waves of some rollouts reach into the device's revision, in order, and whether it was quarantined or held. */
export const findReaches = (
  { db }: Scoped,
  { modelId, hardwareRevision }: Pick<Subject, 'modelId' | 'hardwareRevision'>,
  rollouts: readonly string[],
) =>
  db
    .selectFrom('deployment_stratum as s')
    .leftJoin('deployment_quarantine as q', (join) =>
      join
        .onRef('q.tenant_id', '=', 's.tenant_id')
        .onRef('q.rollout_id', '=', 's.rollout_id')
        .onRef('q.model_id', '=', 's.model_id')
        .onRef('q.hardware_revision', '=', 's.hardware_revision'),
    )
    .leftJoin('deployment_hold as h', (join) =>
      join
        .onRef('h.tenant_id', '=', 's.tenant_id')
        .onRef('h.rollout_id', '=', 's.rollout_id')
        .onRef('h.model_id', '=', 's.model_id')
        .onRef('h.hardware_revision', '=', 's.hardware_revision'),
    )
    .select(['s.rollout_id as rollout', 's.reach', 'h.person_name as holder', 'h.reason as held_because'])
    .select(sql<boolean>`q.rollout_id is not null`.as('quarantined'))
    .where(sql<boolean>`s.rollout_id = any(${rollouts}::uuid[])`)
    .where('s.model_id', '=', modelId)
    .where('s.hardware_revision', '=', hardwareRevision)
    .orderBy('s.rollout_id')
    .orderBy('s.wave_no')
    .execute()

/** Where the bytes of a device first stand in the audience of a rollout, from 1; 0 where they do not. The bytes stay there. */
export async function findPosition({ db }: Scoped, rollout: string, device: number): Promise<number> {
  const found = await db
    .selectFrom('deployment_rollout')
    .select(sql<number>`position(int8send(${device}::bigint) in audience)`.as('position'))
    .where('id', '=', rollout)
    .executeTakeFirst()
  return found?.position ?? 0
}

/** The device's passages through rollouts, newest first. */
export const findPassagesOf = ({ db }: Scoped, device: number) =>
  db
    .selectFrom('deployment_job')
    .select(['id', 'rollout_id as rollout', 'state', 'class', 'last_word_at as lastWordAt'])
    .select('version_wanted as versionWanted')
    .select(sql<boolean>`again_at is not null`.as('isAgain'))
    .where('device_id', '=', device)
    .orderBy('offered_at', 'desc')
    .orderBy('attempt', 'desc')
    .orderBy('id', 'desc')
    .limit(100)
    .execute()
