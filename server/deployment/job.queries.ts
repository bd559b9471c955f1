import type { Assurance, JobState } from '@suture/contract/states.ts'
import { type SelectQueryBuilder, sql } from 'kysely'
import type { Scoped } from '#platform/database/store.ts'
import { type Count, listening, recallable } from './job.ts'

const jobs = ({ db }: Scoped) =>
  db
    .selectFrom('deployment_job as j')
    .innerJoin('inventory_device as d', (join) =>
      join.onRef('d.tenant_id', '=', 'j.tenant_id').onRef('d.id', '=', 'j.device_id'),
    )
    .select([
      'j.device_id',
      'd.uid as device_uid',
      'j.id',
      'j.rollout_id',
      'j.wave_no',
      'j.model_id',
      'j.hardware_revision',
      'j.action_id',
      'j.version_before',
      'j.version_wanted',
      'j.state',
      'j.claim',
      'j.class',
      'j.offered_at',
      'j.last_word_at',
      'j.deaf_ms',
      'j.attempt',
    ])
    .select(sql<string>`encode(j.sha256, 'hex')`.as('sha256'))

/** Which job a device speaks of, by the action id that it was given. */
interface Order {
  readonly device: number
  readonly actionId: number
}

/** A job with its device as the outside knows it. */
export type JobRow = ReturnType<typeof jobs> extends SelectQueryBuilder<infer _D, infer _T, infer Row> ? Row : never

/** The open job of each of these devices that has one. */
export const findOpenJobs = (scoped: Scoped, devices: readonly number[]): Promise<JobRow[]> =>
  jobs(scoped)
    .innerJoin('deployment_device_slot as s', (join) =>
      join
        .onRef('s.tenant_id', '=', 'j.tenant_id')
        .onRef('s.device_id', '=', 'j.device_id')
        .onRef('s.job_id', '=', 'j.id'),
    )
    .where(sql<boolean>`s.device_id = any(${devices}::bigint[])`)
    .execute()

const ordered = (scoped: Scoped, orders: readonly Order[]) =>
  jobs(scoped)
    .where(sql<boolean>`j.device_id = any(${orders.map(({ device }) => device)}::bigint[])`)
    .where(sql<boolean>`j.action_id = any(${orders.map(({ actionId }) => actionId)}::int[])`)

/** The jobs that these orders name, open or over; an order that names another device's is not among them by its key. */
export const findOrders = (scoped: Scoped, orders: readonly Order[]): Promise<JobRow[]> =>
  ordered(scoped, orders).execute()

/** The same, held until the transaction ends, in the one order in which everybody takes them. */
export const lockOrders = (scoped: Scoped, orders: readonly Order[]): Promise<JobRow[]> =>
  ordered(scoped, orders).orderBy('j.device_id').orderBy('j.id').forUpdate('j').execute()

/** These jobs, held until the transaction ends, in the one order in which everybody takes them. */
export const lockJobs = (scoped: Scoped, keys: readonly Pick<JobRow, 'device_id' | 'id'>[]): Promise<JobRow[]> =>
  jobs(scoped)
    .where(sql<boolean>`j.device_id = any(${keys.map(({ device_id }) => device_id)}::bigint[])`)
    .where(sql<boolean>`j.id = any(${keys.map(({ id }) => id)}::uuid[])`)
    .orderBy('j.device_id')
    .forUpdate('j')
    .execute()

/**
 * Jobs of a rollout that have said nothing for longer than they may, the server's own deafness left out.
 * @param limit as many as one transaction moves
 */
export const lockSilentJobs = (
  scoped: Scoped,
  rollout: { readonly id: string; readonly deaf_ms: number },
  given: { readonly now: Date; readonly silenceMs: number; readonly limit: number },
): Promise<JobRow[]> =>
  jobs(scoped)
    .where('j.rollout_id', '=', rollout.id)
    .where('j.state', 'in', listening)
    .where(
      sql<boolean>`extract(epoch from ${given.now}::timestamptz - j.last_word_at) * 1000 - (${rollout.deaf_ms}::bigint - j.deaf_ms) > ${given.silenceMs}`,
    )
    .orderBy('j.device_id')
    .limit(given.limit)
    .forUpdate('j')
    .skipLocked()
    .execute()

/**
 * Calls back the jobs of a rollout, or of one revision in it, whose devices have not begun to write. They are taken in the
 * one order in which everybody takes them, because devices may be speaking of them at the same time.
 */
export async function recallJobs(
  { db }: Scoped,
  rollout: string,
  reason: string,
  revision?: { readonly modelId: number; readonly hardwareRevision: string },
): Promise<number> {
  const held = await db
    .selectFrom('deployment_job')
    .select(['device_id', 'id'])
    .where('rollout_id', '=', rollout)
    .where('state', 'in', recallable)
    .$if(revision !== undefined, (query) =>
      query
        .where('model_id', '=', revision?.modelId as number)
        .where('hardware_revision', '=', revision?.hardwareRevision as string),
    )
    .orderBy('device_id')
    .orderBy('id')
    .forUpdate()
    .execute()
  const { numUpdatedRows } = await db
    .updateTable('deployment_job')
    .set({ state: 'cancelling', class: reason })
    .where(sql<boolean>`device_id = any(${held.map(({ device_id }) => device_id)}::bigint[])`)
    .where(sql<boolean>`id = any(${held.map(({ id }) => id)}::uuid[])`)
    .where('state', 'in', recallable)
    .executeTakeFirstOrThrow()
  return Number(numUpdatedRows)
}

/** How many jobs of a rollout are in each of some states. */
export async function countJobs(
  { db }: Scoped,
  rollout: string,
  states: readonly JobState[],
): Promise<ReadonlyMap<JobState, number>> {
  const rows = await db
    .selectFrom('deployment_job')
    .select(['state', sql<number>`count(*)`.as('n')])
    .where('rollout_id', '=', rollout)
    .where('state', 'in', states)
    .groupBy('state')
    .execute()
  return new Map(rows.map(({ state, n }) => [state, n]))
}

/** A job as it is from now on. */
export interface JobChange {
  readonly job: JobRow
  readonly state: JobState
  readonly claim: 'success' | 'failure' | null
  readonly class: string | null
  readonly assurance?: Assurance | undefined
  readonly versionAfter?: string | undefined
  readonly observedAt?: Date | undefined
  readonly readAfter?: Date | undefined
  readonly endedAt?: Date | undefined
  readonly saidAt?: Date | undefined
}

/** Stores where jobs are now; what a change does not name stays. */
export async function updateJobs({ db, scope }: Scoped, changes: readonly JobChange[]): Promise<void> {
  const of = <T>(pick: (change: JobChange) => T) => changes.map(pick)
  await sql`
    update deployment_job j
       set state = c.state, claim = c.claim, class = c.class, assurance = coalesce(c.assurance, j.assurance),
           version_after = coalesce(c.version_after, j.version_after), observed_at = coalesce(c.observed_at, j.observed_at),
           read_after = c.read_after, ended_at = c.ended_at, last_word_at = coalesce(c.said_at, j.last_word_at),
           deaf_ms = case when c.said_at is null then j.deaf_ms
                          else (select r.deaf_ms from deployment_rollout r where r.tenant_id = j.tenant_id and r.id = j.rollout_id) end
      from unnest(${of(({ job }) => job.device_id)}::bigint[], ${of(({ job }) => job.id)}::uuid[],
                  ${of(({ state }) => state)}::text[], ${of(({ claim }) => claim)}::text[],
                  ${of((each) => each.class)}::text[], ${of((each) => each.assurance ?? null)}::text[],
                  ${of((each) => each.versionAfter ?? null)}::text[],
                  ${of((each) => each.observedAt ?? null)}::timestamptz[],
                  ${of((each) => each.readAfter ?? null)}::timestamptz[],
                  ${of((each) => each.endedAt ?? null)}::timestamptz[],
                  ${of((each) => each.saidAt ?? null)}::timestamptz[])
           as c (device_id, id, state, claim, class, assurance, version_after, observed_at, read_after, ended_at, said_at)
     where j.tenant_id = ${scope.tenant}::int and j.device_id = c.device_id and j.id = c.id`.execute(db)
}

/** Puts off the next reading of jobs' devices. */
export async function readLater(
  { db, scope }: Scoped,
  put: readonly { readonly job: Pick<JobRow, 'device_id' | 'id'>; readonly after: Date }[],
): Promise<void> {
  if (put.length === 0) return
  await sql`
    update deployment_job j set read_after = p.after
      from unnest(${put.map(({ job }) => job.device_id)}::bigint[], ${put.map(({ job }) => job.id)}::uuid[],
                  ${put.map(({ after }) => after)}::timestamptz[]) as p (device_id, id, after)
     where j.tenant_id = ${scope.tenant}::int and j.device_id = p.device_id and j.id = p.id`.execute(db)
}

/** Makes devices free for another job. */
export async function freeSlots(
  { db, scope }: Scoped,
  jobs: readonly Pick<JobRow, 'device_id' | 'id'>[],
): Promise<void> {
  await sql`
    update deployment_device_slot s set job_id = null
      from unnest(${jobs.map(({ device_id }) => device_id)}::bigint[], ${jobs.map(({ id }) => id)}::uuid[]) as f (device_id, job_id)
     where s.tenant_id = ${scope.tenant}::int and s.device_id = f.device_id and s.job_id = f.job_id`.execute(db)
}

/** One revision's part of one wave, by its key. */
export type StratumKey = Pick<JobRow, 'rollout_id' | 'wave_no' | 'model_id' | 'hardware_revision'>

/** What is counted of a revision in a wave: first passages, and apart from them those that somebody asked for. */
type Counter = Count | 'offered' | `retries_${'asked' | 'offered' | 'ended' | 'verified'}`

/** Counts jobs into their revision's part of their wave. */
export async function addToStratum(
  { db }: Scoped,
  key: StratumKey,
  added: Readonly<Partial<Record<Counter, number>>>,
): Promise<void> {
  const plus = (name: Counter) => sql<number>`${sql.ref(name)} + ${added[name] ?? 0}`
  await db
    .updateTable('deployment_stratum')
    .set({
      offered: plus('offered'),
      verified: plus('verified'),
      failed: plus('failed'),
      silent: plus('silent'),
      other: plus('other'),
      retries_asked: plus('retries_asked'),
      retries_offered: plus('retries_offered'),
      retries_ended: plus('retries_ended'),
      retries_verified: plus('retries_verified'),
    })
    .where('rollout_id', '=', key.rollout_id)
    .where('wave_no', '=', key.wave_no)
    .where('model_id', '=', key.model_id)
    .where('hardware_revision', '=', key.hardware_revision)
    .execute()
}

/** As many of a device's words as one job keeps; what ends it is kept beyond that. */
const mostWords = 200

/** A device's word about a job, as the history keeps it. */
interface KeptWord {
  readonly job: Pick<JobRow, 'device_id' | 'id'>
  readonly execution: string
  readonly finished: string
  readonly code?: number | undefined
  readonly details: readonly string[]
  readonly isLast: boolean
}

/**
 * Keeps what devices said about different jobs, unless one has said enough already, or the same the last time: a word
 * that is sent again, because its answer was lost or to show that the device lives, is no news.
 */
export async function insertFeedback({ db, scope }: Scoped, at: Date, words: readonly KeptWord[]): Promise<void> {
  // Half a character at a bound is no text for PostgreSQL, and would lose the words of all others too.
  const rows = words.map(({ job, details, isLast, ...word }) => ({
    ...word,
    ...{ device_id: job.device_id, job_id: job.id, is_last: isLast },
    details: details.map((line) => line.toWellFormed()),
  }))
  await sql`
    insert into deployment_feedback (tenant_id, device_id, job_id, at, execution, finished, code, details)
    select ${scope.tenant}::int, w.device_id, w.job_id, ${at}::timestamptz, w.execution, w.finished, w.code, w.details
      from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb)
        as w (device_id bigint, job_id uuid, execution text, finished text, code int, details text[], is_last boolean)
     cross join lateral (select count(*) as kept, max(id) as newest from deployment_feedback
                          where tenant_id = ${scope.tenant}::int and device_id = w.device_id and job_id = w.job_id) said
      left join deployment_feedback f on f.tenant_id = ${scope.tenant}::int and f.device_id = w.device_id
            and f.job_id = w.job_id and f.id = said.newest
     where w.is_last
        or (said.kept < ${mostWords} and (f.execution, f.finished, f.code, f.details) is distinct from
            (w.execution, w.finished, w.code, w.details))`.execute(db)
}
