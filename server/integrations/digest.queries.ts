import type { Role } from '@suture/contract/roles.ts'
import { sql } from 'kysely'
import type { Scoped } from '#platform/database/store.ts'
import type { Occurrence, ToldKind } from './digest.ts'

export const findPerson = ({ db }: Scoped, id: string) =>
  db.selectFrom('platform_user').select(['id', 'login', 'name']).where('id', '=', id).executeTakeFirst()

export const findDigest = ({ db }: Scoped, user: string) =>
  db
    .selectFrom('integrations_digest')
    .select(['hour', 'urgent', 'told_at as toldAt'])
    .where('user_id', '=', user)
    .executeTakeFirst()

interface Wanted {
  readonly hour: number
  readonly urgent: boolean
}

/** Begins or changes a digest; a new one tells what happens from now on. */
export const putDigest = async ({ db, scope }: Scoped, user: string, wanted: Wanted, now: Date): Promise<void> => {
  const epoch = sql<number>`(select epoch from platform_epoch)`
  const xid = sql<string>`pg_snapshot_xmin(pg_current_snapshot())`
  await db
    .insertInto('integrations_digest')
    .values({
      tenant_id: scope.tenant,
      user_id: user,
      ...wanted,
      told_at: now,
      epoch,
      xid,
      urgent_epoch: epoch,
      urgent_xid: xid,
    })
    .onConflict((conflict) => conflict.columns(['tenant_id', 'user_id']).doUpdateSet(wanted))
    .execute()
}

export const deleteDigest = ({ db }: Scoped, user: string) =>
  db.deleteFrom('integrations_digest').where('user_id', '=', user).execute()

/** Everybody who wants mail and may sign in, with what they may see. */
export const findReaders = async ({ db }: Scoped) => {
  const rows = await db
    .selectFrom('integrations_digest as d')
    .innerJoin('platform_user as u', (join) =>
      join.onRef('u.id', '=', 'd.user_id').onRef('u.tenant_id', '=', 'd.tenant_id'),
    )
    .select(['u.id', 'u.login', 'u.name', 'u.roles', 'u.site_ids', 'd.hour', 'd.urgent', 'd.told_at'])
    .select(['d.epoch', 'd.xid', 'd.urgent_epoch', 'd.urgent_xid'])
    .where('u.disabled_at', 'is', null)
    .where('u.password', 'is not', null)
    .orderBy('u.id')
    .execute()
  return rows.map((row) => ({ ...row, roles: row.roles as Role[] }))
}

/** A transaction before which all have ended. */
export interface Upto {
  readonly epoch: number
  readonly xid: string
}

export const moveDigest = async (
  { db }: Scoped,
  user: string,
  upto: Upto,
  how: { readonly told: Date } | 'urgent',
): Promise<void> => {
  await db
    .updateTable('integrations_digest')
    .set(
      how === 'urgent'
        ? { urgent_epoch: upto.epoch, urgent_xid: upto.xid }
        : { epoch: upto.epoch, xid: upto.xid, told_at: how.told },
    )
    .where('user_id', '=', user)
    .execute()
}

/** As many causes as one mail tells. */
const mostCauses = 50

/** What happened from one place of the record to another, one row for each cause, the newest first, and how many causes more. */
export async function findOccurrences(
  { db, scope }: Scoped,
  kinds: readonly ToldKind[],
  from: Upto,
  upto: Upto,
): Promise<{ occurrences: readonly Occurrence[]; more: number }> {
  const { rows } = await sql<Occurrence & { causes: number }>`
    with news as (
      select e.kind, e.at, e.detail,
             case e.kind when 'job.ended' then e.detail ->> 'rollout' when 'device.drifted' then '' else e.subject end as subject,
             coalesce(e.detail ->> 'device', e.subject) as device
        from platform_event e
       where e.tenant_id = ${scope.tenant}::int and e.kind = any(${[...kinds]}::text[])
         and (e.epoch, e.xid) >= (${from.epoch}::int, ${from.xid}::xid8)
         and (e.epoch, e.xid) < (${upto.epoch}::int, ${upto.xid}::xid8)
         and (e.kind <> 'job.ended' or e.detail ->> 'state' = 'disputed')
         and (e.kind <> 'rollout.stopped' or e.detail -> 'why' ->> 'code' <> 'stopped-by-person'))
    select n.kind, n.subject, count(distinct n.device)::int as devices, max(n.at) as at,
           (array_agg(n.detail -> 'why' order by n.at desc))[1] as why,
           (array_agg(coalesce(n.detail ->> 'name', r.name, s.name) order by n.at desc))[1] as name,
           count(*) over ()::int as causes
      from news n
      left join deployment_rollout r on r.tenant_id = ${scope.tenant}::int and r.id::text = n.subject
      left join releases_release s on s.tenant_id = ${scope.tenant}::int and s.id::text = n.subject
     group by 1, 2 order by max(n.at) desc limit ${mostCauses}`.execute(db)
  return { occurrences: rows, more: (rows[0]?.causes ?? 0) - rows.length }
}
