import type { DeviceActionKind, DeviceExclusion } from '@suture/contract/device-actions.ts'
import { type RawBuilder, sql } from 'kysely'
import type { Actor, Scoped } from '#platform/database/store.ts'
import { type Tally, tallyOf } from './device-action.ts'
import type { DeviceCondition } from './device-query.queries.ts'

/** What a device has to have said of itself before it is let in. */
const needed = ['manufacturer', 'model', 'hardwareRevision', 'firmware']

const saidAll = sql`(
  select bool_and(exists (select from inventory_fact f where f.device_id = d.id and f.told ? n))
    from unnest(${needed}::text[]) n)`
const hasOpenJob = sql`exists (
  select from deployment_device_slot o where o.device_id = d.id and o.job_id is not null)`

/** Why an action leaves the device `d` as it is, the first reason first; null for one that it touches. */
const exclusions: Readonly<Record<DeviceActionKind, RawBuilder<DeviceExclusion | null>>> = {
  retire: sql`case when d.state = 'retired' then 'already-retired' when d.is_rig then 'rig'
                   when ${hasOpenJob} then 'open-job' end`,
  admit: sql`case when d.state <> 'quarantined' then 'not-quarantined'
                  when not ${saidAll} then 'facts-missing' end`,
}

export const areNamed = (devices: readonly string[]): DeviceCondition => sql<boolean>`d.uid = any(${devices}::uuid[])`

interface Draft {
  readonly id: string
  readonly kind: DeviceActionKind
  readonly siteId: number | null
  readonly query: string | null
  readonly at: Date
}

/** Drafts an action in the name of whoever asks, in place of the draft that they had. */
export async function insertDraft({ db, scope }: Scoped, { id, kind, siteId, query, at }: Draft): Promise<void> {
  const { actor, sites, tenant } = scope
  const old = await db
    .deleteFrom('inventory_device_action')
    .where('state', '=', 'draft')
    .where('actor_id', '=', actor.id)
    .returning('id')
    .execute()
  for (const draft of old) await db.deleteFrom('inventory_action_device').where('action_id', '=', draft.id).execute()
  await db
    .insertInto('inventory_device_action')
    .values({
      ...{ tenant_id: tenant, id, kind, site_id: siteId, query, state: 'draft', drafted_at: at },
      ...{ actor_kind: actor.kind, actor_id: actor.id, actor_name: actor.name },
      site_ids: sites === 'all' ? null : [...sites],
    })
    .execute()
}

/** Notes the devices that an action means, and why it leaves some of them as they are; says how many there are. */
export async function insertMeant(
  { db, scope }: Scoped,
  { id, kind }: Pick<Draft, 'id' | 'kind'>,
  where: DeviceCondition,
): Promise<number> {
  const { numAffectedRows } = await sql`
    insert into inventory_action_device (tenant_id, device_id, action_id, site_id, outcome)
    select ${scope.tenant}::int, d.id, ${id}::uuid, d.site_id, ${exclusions[kind]}
      from inventory_device d where ${where}`.execute(db)
  return Number(numAffectedRows ?? 0)
}

/** An action, held until the transaction ends. */
export const lockAction = ({ db }: Scoped, id: string) =>
  db
    .selectFrom('inventory_device_action')
    .select(['id', 'kind', 'state', 'site_id', 'query', 'drafted_at', 'begins_at'])
    .select(['actor_kind', 'actor_id', 'actor_name'])
    .where('id', '=', id)
    .forUpdate()
    .executeTakeFirst()
export type ActionRow = NonNullable<Awaited<ReturnType<typeof lockAction>>>

export const actorOf = ({ actor_kind: kind, actor_id: id, actor_name: name }: ActionRow): Actor => ({ kind, id, name })

export const beginAction = ({ db }: Scoped, id: string, beginsAt: Date) =>
  db
    .updateTable('inventory_device_action')
    .set({ state: 'running', begins_at: beginsAt })
    .where('id', '=', id)
    .execute()

/** Ends an action, whose devices do not change any more; tells what became of them. */
export async function closeAction(scoped: Scoped, id: string, state: 'done' | 'stopped', at: Date): Promise<Tally> {
  const tally = await tallyAction(scoped, id)
  await scoped.db
    .updateTable('inventory_device_action')
    .set({ state, ended_at: at, tally: JSON.stringify(tally) })
    .where('id', '=', id)
    .execute()
  return tally
}

/** The next devices that an action is yet to look at, held until the transaction ends: nobody touches one twice. */
export async function lockLeft({ db }: Scoped, id: string, after: number, limit: number): Promise<readonly number[]> {
  const rows = await db
    .selectFrom('inventory_action_device')
    .select('device_id')
    .where('action_id', '=', id)
    .where('device_id', '>', after)
    .where('outcome', 'is', null)
    .orderBy('device_id')
    .limit(limit)
    .forUpdate()
    .execute()
  return rows.map(({ device_id }) => device_id)
}

/** Why an action leaves some of these devices as they are, by device, as they are now. */
export async function findExclusions(
  { db }: Scoped,
  kind: DeviceActionKind,
  ids: readonly number[],
): Promise<ReadonlyMap<number, DeviceExclusion>> {
  const { rows } = await sql<{ id: number; reason: DeviceExclusion | null }>`
    select d.id, ${exclusions[kind]} as reason from inventory_device d where d.id = any(${ids}::bigint[])`.execute(db)
  return new Map(rows.flatMap(({ id, reason }) => (reason === null ? [] : [[id, reason] as const])))
}

/** Notes what became of devices. */
export const noteOutcomes = ({ db }: Scoped, id: string, outcomes: ReadonlyMap<number, 'done' | DeviceExclusion>) =>
  sql`update inventory_action_device a set outcome = o.outcome
        from unnest(${[...outcomes.keys()]}::bigint[], ${[...outcomes.values()]}::text[]) as o (device_id, outcome)
       where a.action_id = ${id}::uuid and a.device_id = o.device_id`.execute(db)

/** Leaves whatever an action is yet to look at as it is. */
export const leaveRest = ({ db }: Scoped, id: string, outcome: DeviceExclusion) =>
  db
    .updateTable('inventory_action_device')
    .set({ outcome })
    .where('action_id', '=', id)
    .where('outcome', 'is', null)
    .execute()

/** Deletes the drafts that were made before a moment, with the devices that they mean. */
export async function deleteDrafts({ db }: Scoped, before: Date): Promise<void> {
  const drafts = db
    .selectFrom('inventory_device_action')
    .select('id')
    .where('state', '=', 'draft')
    .where('drafted_at', '<', before)
  await db.deleteFrom('inventory_action_device').where('action_id', 'in', drafts).execute()
  await db.deleteFrom('inventory_device_action').where('id', 'in', drafts).execute()
}

/** The actions that are under way. */
export const runningActions = async ({ db }: Scoped) =>
  db.selectFrom('inventory_device_action').select(['id', 'begins_at']).where('state', '=', 'running').execute()

const selectActions = ({ db }: Scoped) =>
  db
    .selectFrom('inventory_device_action as a')
    .leftJoin('inventory_site as s', 's.id', 'a.site_id')
    .select(['a.id', 'a.kind', 's.name as site', 'a.query as q', 'a.state', 'a.drafted_at as draftedAt'])
    .select(['a.actor_name as draftedBy', 'a.begins_at as beginsAt', 'a.ended_at as endedAt', 'a.tally'])

/** How many devices of an action came to what. */
export async function tallyAction({ db }: Scoped, id: string): Promise<Tally> {
  const rows = await db
    .selectFrom('inventory_action_device')
    .select(['outcome', sql<number>`count(*)::int`.as('devices')])
    .where('action_id', '=', id)
    .groupBy('outcome')
    .execute()
  return tallyOf(rows)
}

type Selected = Awaited<ReturnType<ReturnType<typeof selectActions>['executeTakeFirstOrThrow']>>

const counted = async (scoped: Scoped, { tally, ...row }: Selected) => ({
  ...row,
  ...(tally ?? (await tallyAction(scoped, row.id))),
})

/** One action; a draft only for whoever drafted it. */
export async function viewAction(scoped: Scoped, id: string) {
  const row = await selectActions(scoped)
    .where('a.id', '=', id)
    .where((eb) => eb.or([eb('a.state', '<>', 'draft'), eb('a.actor_id', '=', scoped.scope.actor.id)]))
    .executeTakeFirst()
  return row && counted(scoped, row)
}

/** The actions that were started, newest first. */
export async function viewActions(scoped: Scoped, limit: number, before: string | undefined) {
  const rows = await selectActions(scoped)
    .where('a.state', '<>', 'draft')
    .$if(before !== undefined, (query) => query.where('a.id', '<', before as string))
    .orderBy('a.id', 'desc')
    .limit(limit)
    .execute()
  const told = []
  // One after the other: they share one connection.
  for (const row of rows) told.push(await counted(scoped, row))
  return told
}

interface Wanted {
  readonly after: number
  readonly outcome: 'left' | 'done' | DeviceExclusion | undefined
}

/** The devices of an action that the scope still sees, in the order in which they came. */
export const viewMeant = ({ db }: Scoped, id: string, limit: number, { after, outcome }: Wanted) =>
  db
    .selectFrom('inventory_action_device as a')
    .innerJoin('inventory_device as d', 'd.id', 'a.device_id')
    .innerJoin('inventory_model as m', 'm.id', 'd.model_id')
    .leftJoin('inventory_site as s', 's.id', 'd.site_id')
    .select(['d.id as number', 'd.uid as id', 'd.name', 'd.serial', 'd.state', 'm.manufacturer', 'm.name as model'])
    .select(['s.name as site', sql<NonNullable<Wanted['outcome']>>`coalesce(a.outcome, 'left')`.as('outcome')])
    .where('a.action_id', '=', id)
    .where('a.device_id', '>', after)
    .$if(outcome !== undefined, (query) =>
      query.where('a.outcome', 'is not distinct from', outcome === 'left' ? null : (outcome as string)),
    )
    .orderBy('a.device_id')
    .limit(limit)
    .execute()
