import type { RolloutState, WaveState } from '@suture/contract/states.ts'
import { sql } from 'kysely'
import type { Scoped } from '#platform/database/store.ts'
import type { Why } from './why.ts'

const columns = [
  'id',
  'name',
  'release_id',
  'state',
  'why',
  'open_wave',
  'deaf_ms',
  'created_by',
  'created_at',
  'started_at',
  'paused_at',
  'ended_at',
] as const

const rollouts = ({ db }: Scoped) =>
  db.selectFrom('deployment_rollout').select(columns).select(sql<string>`encode(plan_digest, 'hex')`.as('digest'))

/** A rollout without its bytes. */
export type RolloutRow = Awaited<ReturnType<typeof findRollout>> & object

export const findRollout = (scoped: Scoped, id: string) => rollouts(scoped).where('id', '=', id).executeTakeFirst()

/** The rollout, held so that nobody is offered it and nothing moves it until the transaction ends. */
export const lockRollout = (scoped: Scoped, id: string) =>
  rollouts(scoped).where('id', '=', id).forNoKeyUpdate().executeTakeFirst()

/** Those of some rollouts that still run, held so that nobody stops or pauses them until the transaction ends. */
export const shareRunning = (scoped: Scoped, ids: readonly string[]) =>
  rollouts(scoped)
    .where(sql<boolean>`id = any(${ids}::uuid[])`)
    .where('state', '=', 'running')
    .orderBy('id')
    .forShare()
    .execute()

/** The rollouts in some states, oldest first. */
export const rolloutsIn = (scoped: Scoped, states: readonly RolloutState[]) =>
  rollouts(scoped).where('state', 'in', states).orderBy('created_at').orderBy('id').execute()

/** Those of some releases that were withdrawn. */
export async function findWithdrawn({ db }: Scoped, releases: readonly string[]): Promise<ReadonlySet<string>> {
  const rows = await db
    .selectFrom('releases_release')
    .select('id')
    .where(sql<boolean>`id = any(${releases}::uuid[])`)
    .where('state', '=', 'withdrawn')
    .execute()
  return new Set(rows.map(({ id }) => id))
}

/** The bytes of a plan and its audience, as the database has them: not to be believed before they are verified. */
export const findBytes = ({ db }: Scoped, id: string) =>
  db.selectFrom('deployment_rollout').select(['plan', 'audience']).where('id', '=', id).executeTakeFirst()

interface RolloutChange {
  readonly state?: RolloutState
  readonly why?: Why | null
  readonly open_wave?: number
  readonly started_at?: Date
  readonly paused_at?: Date | null
  readonly ended_at?: Date
}

export const changeRollout = async ({ db }: Scoped, id: string, { why, ...change }: RolloutChange): Promise<void> => {
  await db
    .updateTable('deployment_rollout')
    .set({ ...change, ...(why === undefined ? {} : { why: why && JSON.stringify(why) }) })
    .where('id', '=', id)
    .execute()
}

export const findWaves = ({ db }: Scoped, rollout: string) =>
  db.selectFrom('deployment_wave').selectAll().where('rollout_id', '=', rollout).orderBy('no').execute()

export type WaveRow = Awaited<ReturnType<typeof findWaves>>[number]

interface WaveChange {
  readonly state?: WaveState
  readonly why?: Why
  readonly opened_at?: Date
  readonly observing_since?: Date
  readonly ended_at?: Date
  readonly deaf_ms?: number
}

export const changeWave = async (
  { db }: Scoped,
  rollout: string,
  no: number,
  { why, ...change }: WaveChange,
): Promise<void> => {
  await db
    .updateTable('deployment_wave')
    .set({ ...change, ...(why === undefined ? {} : { why: JSON.stringify(why) }) })
    .where('rollout_id', '=', rollout)
    .where('no', '=', no)
    .execute()
}

/** How far each wave reaches into each revision, what became of it, and whether it was quarantined or held. */
export const findStrata = ({ db }: Scoped, rollouts: readonly string[]) =>
  db
    .selectFrom('deployment_stratum as s')
    .innerJoin('inventory_model as m', (join) =>
      join.onRef('m.tenant_id', '=', 's.tenant_id').onRef('m.id', '=', 's.model_id'),
    )
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
    .selectAll('s')
    .select(['m.name as model', 'm.manufacturer', 'h.person_name as holder', 'h.reason as held_because'])
    .select(sql<boolean>`q.rollout_id is not null`.as('quarantined'))
    .select(sql<boolean>`h.rollout_id is not null`.as('held'))
    .where(sql<boolean>`s.rollout_id = any(${rollouts}::uuid[])`)
    .orderBy('s.rollout_id')
    .orderBy('s.wave_no')
    .orderBy('s.model_id')
    .orderBy('s.hardware_revision')
    .execute()

export type StratumRow = Awaited<ReturnType<typeof findStrata>>[number]

/** Whether nobody of the revision is offered anything any more. */
export const isLeftOut = ({ quarantined, held }: Pick<StratumRow, 'quarantined' | 'held'>): boolean =>
  quarantined || held

interface Quarantine {
  readonly rollout: string
  readonly wave: number
  readonly modelId: number
  readonly hardwareRevision: string
  readonly why: Why
  readonly at: Date
}

export const insertQuarantine = async ({ db, scope }: Scoped, given: Quarantine): Promise<void> => {
  await db
    .insertInto('deployment_quarantine')
    .values({
      tenant_id: scope.tenant,
      rollout_id: given.rollout,
      model_id: given.modelId,
      hardware_revision: given.hardwareRevision,
      wave_no: given.wave,
      why: JSON.stringify(given.why),
      at: given.at,
    })
    .execute()
}

/**
 * A pause between two beats that is longer was a time in which the server heard nothing, in milliseconds. A fresh beat,
 * of a process that has just begun or whose database was away, knows that it heard nothing, however short the pause.
 */
const deafAfterMs = 5000

/**
 * Moves the heartbeat, and adds to what may run the time for which it stood still. The part of it that falls into a
 * pause is the pause's: the open wave is told to leave it out, because `resumeRollout` takes off the whole pause.
 */
export async function beat({ db, scope }: Scoped, now: Date, isFresh: boolean): Promise<void> {
  const last = await db.selectFrom('deployment_heartbeat').select('at').executeTakeFirst()
  const pause = last ? now.getTime() - last.at.getTime() : 0
  const wasDeaf = pause > (isFresh ? 0 : deafAfterMs)
  await db
    .insertInto('deployment_heartbeat')
    .values({ tenant_id: scope.tenant, at: now, since: now })
    .onConflict((conflict) => conflict.column('tenant_id').doUpdateSet({ at: now, ...(wasDeaf ? { since: now } : {}) }))
    .execute()
  if (!wasDeaf || !last) return
  await db
    .updateTable('deployment_rollout')
    .set({
      deaf_ms: sql`deaf_ms + greatest(0, extract(epoch from ${now}::timestamptz - greatest(started_at, ${last.at}::timestamptz)) * 1000)::bigint`,
    })
    .where('started_at', 'is not', null)
    .where('state', '<>', 'finished')
    .execute()
  await sql`
    update deployment_wave w
       set deaf_ms = w.deaf_ms
             + (extract(epoch from ${now}::timestamptz - greatest(r.paused_at, ${last.at}::timestamptz)) * 1000)::bigint
      from deployment_rollout r
     where r.tenant_id = ${scope.tenant}::int and w.tenant_id = r.tenant_id and w.rollout_id = r.id
       and w.no = r.open_wave and r.state = 'paused' and r.paused_at < ${now}::timestamptz`.execute(db)
}

/**
 * For how long the server has heard nothing until now, in milliseconds: no beat has added it to `deaf_ms` yet.
 * @param least shorter pauses are none
 */
export async function deafSince({ db }: Scoped, now: Date, least = deafAfterMs): Promise<number> {
  const last = await db.selectFrom('deployment_heartbeat').select('at').executeTakeFirst()
  const pause = last ? now.getTime() - last.at.getTime() : 0
  return pause > least ? pause : 0
}

/** For how long the server has heard devices without a break until now, in milliseconds. */
export async function hearingFor({ db }: Scoped, now: Date): Promise<number> {
  const last = await db.selectFrom('deployment_heartbeat').select('since').executeTakeFirst()
  return last ? now.getTime() - last.since.getTime() : 0
}

/** Whether this transaction may move the tenant's rollouts; false while another one does. */
export const tryToMove = async ({ db, scope }: Scoped): Promise<boolean> => {
  const { rows } = await sql<{ mine: boolean }>`
    select pg_try_advisory_xact_lock(hashtext('deployment'), ${scope.tenant}::int) as mine`.execute(db)
  return rows[0]?.mine ?? false
}
