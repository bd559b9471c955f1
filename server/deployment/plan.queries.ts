import { type RawBuilder, sql } from 'kysely'
import type { Scoped } from '#platform/database/store.ts'
import type { Candidate, PlannedStratum } from './plan.ts'

/** Which devices a plan is for, as the contract has it. */
export interface Filter {
  readonly site?: number | undefined
  readonly manufacturer?: string | undefined
  readonly model?: string | undefined
  readonly hardwareRevision?: string | undefined
  readonly firmware?: string | undefined
  readonly devices?: readonly string[] | undefined
  /** What is asked of the device `d` besides. */
  readonly where?: RawBuilder<boolean> | undefined
}

export const devicesWithModels = ({ db }: Scoped) =>
  db
    .selectFrom('inventory_device as d')
    .innerJoin('inventory_model as m', (join) =>
      join.onRef('m.tenant_id', '=', 'd.tenant_id').onRef('m.id', '=', 'd.model_id'),
    )
    .select([
      'd.id',
      'd.uid',
      'd.model_id as modelId',
      'm.manufacturer',
      'm.name as model',
      'd.hardware_revision as hardwareRevision',
      'd.firmware',
      'd.state',
      'd.is_rig as isRig',
    ])

/** The devices that a filter names, whatever their state; no more than the caller may see, and than one plan takes. */
export const findCandidates = (scoped: Scoped, filter: Filter, limit: number): Promise<Candidate[]> => {
  const { site, manufacturer, model, hardwareRevision, firmware, devices, where } = filter
  return devicesWithModels(scoped)
    .where('d.state', '<>', 'retired')
    .$if(site !== undefined, (query) => query.where('d.site_id', '=', site as number))
    .$if(manufacturer !== undefined, (query) => query.where('m.manufacturer', '=', manufacturer as string))
    .$if(model !== undefined, (query) => query.where('m.name', '=', model as string))
    .$if(hardwareRevision !== undefined, (query) => query.where('d.hardware_revision', '=', hardwareRevision as string))
    .$if(firmware !== undefined, (query) => query.where('d.firmware', '=', firmware as string))
    .$if(devices !== undefined, (query) => query.where(sql<boolean>`d.uid = any(${devices}::uuid[])`))
    .$if(where !== undefined, (query) => query.where(where as RawBuilder<boolean>))
    .orderBy('d.id')
    .limit(limit)
    .execute()
}

/** Some devices by their row numbers. */
export const findDevices = (scoped: Scoped, ids: readonly number[]): Promise<Candidate[]> =>
  devicesWithModels(scoped).where(sql<boolean>`d.id = any(${ids}::bigint[])`).orderBy('d.id').execute()

/** How many of some devices the caller may see. */
export const countVisible = async ({ db }: Scoped, ids: readonly number[]): Promise<number> => {
  const { n } = await db
    .selectFrom('inventory_device as d')
    .select(sql<number>`count(*)`.as('n'))
    .where(sql<boolean>`d.id = any(${ids}::bigint[])`)
    .executeTakeFirstOrThrow()
  return n
}

/** What a plan is stored as. */
export interface NewRollout {
  readonly id: string
  readonly name: string
  readonly release: string
  readonly plan: Buffer
  readonly audience: Buffer
  readonly salt: Buffer
  readonly createdBy: string
  readonly createdAt: Date
  readonly waves: number
  readonly strata: readonly PlannedStratum[]
}

/** Stores a frozen plan with its waves, none of them open, and how far each reaches into each revision. */
export async function insertRollout({ db, scope }: Scoped, given: NewRollout): Promise<void> {
  const tenant_id = scope.tenant
  await db
    .insertInto('deployment_rollout')
    .values({
      tenant_id,
      id: given.id,
      name: given.name,
      release_id: given.release,
      state: 'awaiting-approval',
      plan: given.plan,
      audience: given.audience,
      salt: given.salt,
      created_by: given.createdBy,
      created_at: given.createdAt,
    })
    .execute()
  const numbers = Array.from({ length: given.waves }, (_, at) => at + 1)
  await db
    .insertInto('deployment_wave')
    .values(numbers.map((no) => ({ tenant_id, rollout_id: given.id, no, state: 'not-open' as const })))
    .execute()
  for (const { modelId, hardwareRevision, shares } of given.strata)
    await db
      .insertInto('deployment_stratum')
      .values(
        shares.map(({ wave, reach, devices }) => ({
          tenant_id,
          rollout_id: given.id,
          wave_no: wave,
          model_id: modelId,
          hardware_revision: hardwareRevision,
          reach,
          devices,
        })),
      )
      .execute()
}
