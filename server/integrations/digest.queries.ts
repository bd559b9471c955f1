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

/** Begins or changes a digest; what was not asked for until now is told from now on. */
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
    .onConflict((conflict) =>
      conflict.columns(['tenant_id', 'user_id']).doUpdateSet({
        ...wanted,
        urgent_epoch: sql`case when integrations_digest.urgent then integrations_digest.urgent_epoch else ${epoch} end`,
        urgent_xid: sql`case when integrations_digest.urgent then integrations_digest.urgent_xid else ${xid} end`,
      }),
    )
    .execute()
}

export const deleteDigest = ({ db }: Scoped, user: string) =>
  db.deleteFrom('integrations_digest').where('user_id', '=', user).execute()

/** Everybody who wants mail. */
export const findReaders = async ({ db }: Scoped): Promise<string[]> => {
  const rows = await db.selectFrom('integrations_digest').select('user_id').orderBy('user_id').execute()
  return rows.map(({ user_id }) => user_id)
}

/**
 * Takes a reader in hand, as they are now and with what they may see; nothing when another has them in hand, or they want
 * no mail any more or may not sign in.
 */
export async function holdReader({ db }: Scoped, user: string, now: Date, until: Date) {
  const row = await db
    .updateTable('integrations_digest as d')
    .from('platform_user as u')
    .set({ held_until: until })
    .whereRef('u.id', '=', 'd.user_id')
    .whereRef('u.tenant_id', '=', 'd.tenant_id')
    .where('d.user_id', '=', user)
    .where((eb) => eb.or([eb('d.held_until', 'is', null), eb('d.held_until', '<=', now)]))
    .where('u.disabled_at', 'is', null)
    .where('u.password', 'is not', null)
    .returning(['u.id', 'u.login', 'u.name', 'u.roles', 'u.site_ids', 'd.hour', 'd.urgent', 'd.told_at'])
    .returning(['d.epoch', 'd.xid', 'd.urgent_epoch', 'd.urgent_xid'])
    .executeTakeFirst()
  return row && { ...row, roles: row.roles as Role[], heldUntil: until }
}

export type Reader = NonNullable<Awaited<ReturnType<typeof holdReader>>>

/** What somebody has in hand still of a reader. */
const held = ({ db }: Scoped, { id, heldUntil }: Reader) =>
  db.updateTable('integrations_digest').where('user_id', '=', id).where('held_until', '=', heldUntil)

export const releaseReader = (scoped: Scoped, reader: Reader) =>
  held(scoped, reader).set({ held_until: null }).execute()

/** A transaction before which all have ended. */
export interface Upto {
  readonly epoch: number
  readonly xid: string
}

/** Remembers up to where a reader was told. */
export const moveDigest = async (
  scoped: Scoped,
  reader: Reader,
  upto: Upto,
  how: { readonly told: Date } | 'urgent',
): Promise<void> => {
  await held(scoped, reader)
    .set(
      how === 'urgent'
        ? { urgent_epoch: upto.epoch, urgent_xid: upto.xid }
        : { epoch: upto.epoch, xid: upto.xid, told_at: how.told },
    )
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
    select n.kind, n.subject, count(distinct n.device)::int as devices, count(*)::int as times, max(n.at) as at,
           (array_agg(n.detail -> 'why' order by n.at desc))[1] as why,
           (array_agg(coalesce(n.detail ->> 'name', r.name, s.name) order by n.at desc))[1] as name,
           count(*) over ()::int as causes
      from news n
      left join deployment_rollout r on r.tenant_id = ${scope.tenant}::int and r.id::text = n.subject
      left join releases_release s on s.tenant_id = ${scope.tenant}::int and s.id::text = n.subject
     group by 1, 2 order by max(n.at) desc limit ${mostCauses}`.execute(db)
  return { occurrences: rows, more: (rows[0]?.causes ?? 0) - rows.length }
}
