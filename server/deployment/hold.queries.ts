import { sql } from 'kysely'
import type { Scoped } from '#platform/database/store.ts'
import { recallable } from './job.ts'

/** A revision that a person leaves out, and why. */
interface NewHold {
  readonly rollout: string
  readonly modelId: number
  readonly hardwareRevision: string
  readonly reason: string
  readonly at: Date
}

export const insertHold = async ({ db, scope }: Scoped, given: NewHold): Promise<void> => {
  await db
    .insertInto('deployment_hold')
    .values({
      tenant_id: scope.tenant,
      rollout_id: given.rollout,
      model_id: given.modelId,
      hardware_revision: given.hardwareRevision,
      person_name: scope.actor.name,
      reason: given.reason,
      at: given.at,
    })
    .execute()
}

/** The revisions that people held, and why. */
export const findHeld = ({ db }: Scoped, rollout: string) =>
  db
    .selectFrom('deployment_hold as h')
    .innerJoin('inventory_model as m', (join) =>
      join.onRef('m.tenant_id', '=', 'h.tenant_id').onRef('m.id', '=', 'h.model_id'),
    )
    .select(['m.manufacturer', 'm.name as model', 'h.hardware_revision as hardwareRevision'])
    .select(['h.person_name as person', 'h.reason', 'h.at'])
    .where('h.rollout_id', '=', rollout)
    .orderBy('h.at')
    .orderBy('h.hardware_revision')
    .execute()

/** How many jobs of each revision a hold would call back. */
export const countRecallable = ({ db }: Scoped, rollout: string) =>
  db
    .selectFrom('deployment_job')
    .select(['model_id', 'hardware_revision', sql<number>`count(*)`.as('jobs')])
    .where('rollout_id', '=', rollout)
    .where('state', 'in', recallable)
    .groupBy(['model_id', 'hardware_revision'])
    .execute()
