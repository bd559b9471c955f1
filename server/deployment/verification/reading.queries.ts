import { sql } from 'kysely'
import type { Scoped } from '#platform/database/store.ts'
import type { JobRow } from '../job.queries.ts'
import type { ReadingOutcome } from './compare.ts'

/** A job whose device has reported and is to be read now. */
export type DueJob = Pick<JobRow, 'device_id' | 'id' | 'rollout_id'>

/**
 * Takes jobs whose devices are to be read. Whoever takes them has until `until` to say what came of it; after that,
 * as when it was killed, they are taken again.
 */
export async function takeDueJobs(
  { db, scope }: Scoped,
  given: { readonly now: Date; readonly until: Date; readonly limit: number },
): Promise<readonly DueJob[]> {
  const { rows } = await sql<DueJob>`
    update deployment_job j set read_after = ${given.until}::timestamptz
      from (select j.device_id, j.id
              from deployment_device_slot s
              join deployment_job j on j.tenant_id = s.tenant_id and j.device_id = s.device_id and j.id = s.job_id
             where j.state = 'reported' and j.read_after <= ${given.now}::timestamptz
             order by j.read_after, j.device_id limit ${given.limit}
               for update of j skip locked) due
     where j.tenant_id = ${scope.tenant}::int and j.device_id = due.device_id and j.id = due.id
    returning j.device_id, j.id, j.rollout_id`.execute(db)
  return rows
}

/** What the newest reading for each of these jobs found. */
export async function findLastOutcomes(
  { db }: Scoped,
  jobs: readonly Pick<JobRow, 'device_id' | 'id'>[],
): Promise<ReadonlyMap<string, ReadingOutcome>> {
  const rows = await db
    .selectFrom('deployment_reading')
    .distinctOn('job_id')
    .select(['job_id', 'outcome'])
    .where(sql<boolean>`device_id = any(${jobs.map(({ device_id }) => device_id)}::bigint[])`)
    .where(sql<boolean>`job_id = any(${jobs.map(({ id }) => id)}::uuid[])`)
    .orderBy('job_id')
    .orderBy('at', 'desc')
    .orderBy('id', 'desc')
    .execute()
  return new Map(rows.flatMap(({ job_id, outcome }) => (job_id === null ? [] : [[job_id, outcome] as const])))
}

interface NewReading {
  readonly deviceId: number
  readonly id: string
  readonly job: string | null
  readonly protocol: 'http' | 'coap'
  readonly address: string
  readonly outcome: ReadingOutcome
  /** What the device told, or why it told nothing. */
  readonly identity: object
}

/** Stores what was read from different devices. */
export async function insertReadings({ db, scope }: Scoped, at: Date, readings: readonly NewReading[]): Promise<void> {
  await sql`
    insert into deployment_reading (tenant_id, device_id, id, job_id, at, protocol, address, outcome, identity)
    select ${scope.tenant}::int, r."deviceId", r.id, r.job, ${at}::timestamptz, r.protocol, r.address, r.outcome, r.identity
      from jsonb_to_recordset(${JSON.stringify(readings)}::jsonb)
        as r ("deviceId" bigint, id uuid, job uuid, protocol text, address text, outcome text, identity jsonb)`.execute(
    db,
  )
}

/** A device by the name that the outside has for it. */
export const findDevice = ({ db }: Scoped, uid: string) =>
  db.selectFrom('inventory_device').select(['id', 'uid', 'firmware']).where('uid', '=', uid).executeTakeFirst()

/**
 * Devices that nobody has read since a moment and that were read before, the longest unread first; a device that is
 * under way in a rollout is read there. Addresses outside of their site's networks are left out here, so that they do
 * not fill every turn; whoever reads checks again.
 */
export const findUnread = ({ db }: Scoped, before: Date, limit: number) =>
  db
    .selectFrom('inventory_device as d')
    .innerJoin('inventory_endpoint as e', (join) =>
      join.onRef('e.tenant_id', '=', 'd.tenant_id').onRef('e.device_id', '=', 'd.id'),
    )
    .innerJoin('inventory_site as site', (join) =>
      join.onRef('site.tenant_id', '=', 'd.tenant_id').onRef('site.id', '=', 'd.site_id'),
    )
    .innerJoinLateral(
      (eb) =>
        eb
          .selectFrom('deployment_reading')
          .select((each) => each.fn.max('at').as('at'))
          .whereRef('deployment_reading.tenant_id', '=', 'd.tenant_id')
          .whereRef('deployment_reading.device_id', '=', 'd.id')
          .as('r'),
      (join) => join.onTrue(),
    )
    .leftJoin('deployment_device_slot as s', (join) =>
      join.onRef('s.tenant_id', '=', 'd.tenant_id').onRef('s.device_id', '=', 'd.id'),
    )
    .select(['d.id', 'd.uid', 'd.firmware'])
    .where('r.at', '<', before)
    .where('s.job_id', 'is', null)
    .where('d.state', '=', 'live')
    .where(sql<boolean>`e.host::inet <<= any (site.probe_networks::inet[])`)
    .orderBy('r.at')
    .limit(limit)
    .execute()
