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

/** The release that was published last for a revision of a model. */
export const findOffer = (
  { db }: Scoped,
  { modelId, hardwareRevision }: Pick<Subject, 'modelId' | 'hardwareRevision'>,
): Promise<{ id: string; name: string; version: string } | undefined> =>
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
    .limit(1)
    .executeTakeFirst()

/** The device's passages through rollouts, newest first. */
export const findPassagesOf = ({ db }: Scoped, device: number) =>
  db
    .selectFrom('deployment_job')
    .select(['id', 'rollout_id as rollout', 'state', 'class', 'last_word_at as lastWordAt', 'ended_at as endedAt'])
    .select(sql<boolean>`again_at is not null`.as('isAgain'))
    .where('device_id', '=', device)
    .orderBy('offered_at', 'desc')
    .orderBy('attempt', 'desc')
    .orderBy('id', 'desc')
    .limit(100)
    .execute()
