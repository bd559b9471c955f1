import { sql } from 'kysely'
import type { Scoped } from '#platform/database/store.ts'

/** A device that could become a rig. */
export const findRigDevice = ({ db }: Scoped, uid: string) =>
  db
    .selectFrom('inventory_device as d')
    .innerJoin('inventory_model as m', (join) =>
      join.onRef('m.id', '=', 'd.model_id').onRef('m.tenant_id', '=', 'd.tenant_id'),
    )
    .select(['d.id', 'd.uid', 'm.manufacturer', 'm.name as model', 'd.hardware_revision as hardwareRevision'])
    .where('d.uid', '=', uid)
    .where('d.is_rig', '=', true)
    .where('d.state', '=', 'live')
    .executeTakeFirst()

/** Whether the rig was stored; not when the device is one already or the name is taken. */
export async function insertRig(
  { db, scope }: Scoped,
  rig: {
    readonly id: string
    readonly deviceId: number
    readonly name: string
    readonly base: { readonly artifact: string; readonly version: string }
    readonly at: Date
  },
): Promise<boolean> {
  const row = await db
    .insertInto('lab_rig')
    .values({
      tenant_id: scope.tenant,
      id: rig.id,
      device_id: rig.deviceId,
      name: rig.name,
      base_sha256: Buffer.from(rig.base.artifact, 'hex'),
      base_version: rig.base.version,
      created_at: rig.at,
    })
    .onConflict((conflict) => conflict.doNothing())
    .returning('id')
    .executeTakeFirst()
  return row !== undefined
}

/** A rig that is in service, with what it is as the inventory knows it. */
export interface Rig {
  readonly id: string
  readonly name: string
  readonly deviceId: number
  readonly modelId: number
  readonly manufacturer: string
  readonly model: string
  readonly hardwareRevision: string
  readonly bootloader: string | null
  readonly baseSha256: string
  readonly baseVersion: string
  readonly isBusy: boolean
}

/** The rigs in service of these models. */
export const findRigs = ({ db }: Scoped, models: readonly number[]): Promise<Rig[]> =>
  db
    .selectFrom('lab_rig as r')
    .innerJoin('inventory_device as d', (join) =>
      join.onRef('d.id', '=', 'r.device_id').onRef('d.tenant_id', '=', 'r.tenant_id'),
    )
    .innerJoin('inventory_model as m', (join) =>
      join.onRef('m.id', '=', 'd.model_id').onRef('m.tenant_id', '=', 'd.tenant_id'),
    )
    .select([
      'r.id',
      'r.name',
      'r.device_id as deviceId',
      'd.model_id as modelId',
      'm.manufacturer',
      'm.name as model',
      'd.hardware_revision as hardwareRevision',
      'd.bootloader',
      'r.base_version as baseVersion',
    ])
    .select(sql<string>`encode(r.base_sha256, 'hex')`.as('baseSha256'))
    .select((eb) =>
      eb
        .exists(
          eb
            .selectFrom('lab_trial as t')
            .select('t.id')
            .whereRef('t.device_id', '=', 'r.device_id')
            .where('t.step', '<>', 'over'),
        )
        .$castTo<boolean>()
        .as('isBusy'),
    )
    .where('d.model_id', '=', sql<number>`any(${[...models]}::int[])`)
    .where('d.state', '=', 'live')
    .where('d.is_rig', '=', true)
    .orderBy('r.name')
    .execute()

/** Rigs by name, after a name. */
export const viewRigs = async ({ db }: Scoped, limit: number, after: string | undefined) => {
  const rows = await db
    .selectFrom('lab_rig as r')
    .innerJoin('inventory_device as d', (join) =>
      join.onRef('d.id', '=', 'r.device_id').onRef('d.tenant_id', '=', 'r.tenant_id'),
    )
    .innerJoin('inventory_model as m', (join) =>
      join.onRef('m.id', '=', 'd.model_id').onRef('m.tenant_id', '=', 'd.tenant_id'),
    )
    .leftJoinLateral(
      (eb) =>
        eb
          .selectFrom('lab_trial as t')
          .select(['t.run_id', 't.step', 't.failure'])
          .whereRef('t.rig_id', '=', 'r.id')
          .whereRef('t.tenant_id', '=', 'r.tenant_id')
          .orderBy('t.step_since', 'desc')
          .limit(1)
          .as('last'),
      (join) => join.onTrue(),
    )
    .select(['r.id', 'r.name', 'd.uid as device', 'm.manufacturer', 'm.name as model', 'r.base_version'])
    .select(['d.hardware_revision as hardwareRevision', 'r.created_at as createdAt'])
    .select(['last.run_id', 'last.step', 'last.failure'])
    .select(sql<string>`encode(r.base_sha256, 'hex')`.as('base_artifact'))
    .$if(after !== undefined, (query) => query.where('r.name', '>', after as string))
    .orderBy('r.name')
    .limit(limit)
    .execute()
  return rows.map(({ base_artifact, base_version, run_id, step, failure, ...rig }) => ({
    ...rig,
    base: { artifact: base_artifact, version: base_version },
    busyWith: step !== null && step !== 'over' ? run_id : null,
    lastFailure: step === 'over' ? failure : null,
  }))
}
