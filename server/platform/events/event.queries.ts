import { sql } from 'kysely'
import type { Clock } from '#platform/clock.ts'
import { type Scoped, whenCommitted } from '#platform/database/store.ts'
import type { EventKind, Events } from './event.ts'
import { hear, type Told } from './heard.ts'
import { type Moment, momentOf, type Position } from './position.ts'

interface NewEvent<K extends EventKind> {
  readonly kind: K
  readonly subject: string
  readonly detail: Events[K]
}

/** Appends a fact to the tenant's record, in the caller's transaction. */
export const emit = <K extends EventKind>(scoped: Scoped, clock: Clock, event: NewEvent<K>): Promise<void> =>
  emitAll(scoped, clock, [event])

const toldOf = ({ kind, subject, detail }: NewEvent<EventKind>): Told => {
  const { device } = detail as { readonly device?: unknown }
  return { kind, subject, device: typeof device === 'string' ? device : null }
}

/** So many rows go into one statement, which takes 65,535 parameters at the most. */
const atOnce = 1000

/** Appends facts that became true together. */
export async function emitAll<K extends EventKind>(
  { db, scope }: Scoped,
  clock: Clock,
  events: readonly NewEvent<K>[],
): Promise<void> {
  const at = clock.now()
  whenCommitted({ db }, () => hear(scope.tenant, events.map(toldOf)))
  for (let from = 0; from < events.length; from += atOnce)
    await db
      .insertInto('platform_event')
      .values((eb) =>
        events.slice(from, from + atOnce).map(({ kind, subject, detail }) => ({
          tenant_id: scope.tenant,
          epoch: eb.selectFrom('platform_epoch').select('platform_epoch.epoch'),
          at,
          kind,
          actor_kind: scope.actor.kind,
          actor_id: scope.actor.id,
          actor_name: scope.actor.name,
          subject,
          detail: JSON.stringify(detail),
        })),
      )
      .execute()
}

const columns = [
  'epoch',
  'xid',
  'id',
  'at',
  'kind',
  'actor_kind',
  'actor_id',
  'actor_name',
  'subject',
  'detail',
] as const

const place = sql`(e.epoch, e.xid, e.id)`
const at = ({ epoch, xid, id }: Position) => sql`(${epoch}::int, ${xid}::xid8, ${id}::bigint)`

/**
 * The next events after a position, oldest first, and only those that nothing can come before any more: a
 * transaction that is still running has a higher or equal xid than `pg_snapshot_xmin`.
 */
export const eventsAfter = ({ db }: Scoped, after: Position, limit: number) =>
  db
    .selectFrom('platform_event as e')
    .select(columns)
    .where(sql<boolean>`${place} > ${at(after)}`)
    .where(
      sql<boolean>`(e.epoch < (select epoch from platform_epoch) or e.xid < pg_snapshot_xmin(pg_current_snapshot()))`,
    )
    .orderBy('e.epoch')
    .orderBy('e.xid')
    .orderBy('e.id')
    .limit(limit)
    .execute()

/** An event as it is stored. */
export type EventRow = Awaited<ReturnType<typeof eventsAfter>>[number]

/** What is committed now and what is not, for a reader who wants only what is new. */
export const currentMoment = async ({ db }: Scoped): Promise<Moment> => {
  const { rows } = await sql<{ epoch: number; snapshot: string }>`
    select epoch, pg_current_snapshot()::text as snapshot from platform_epoch`.execute(db)
  return momentOf(rows[0]?.epoch ?? 0, rows[0]?.snapshot ?? '')
}

/** What is committed now, as PostgreSQL writes it, and in which epoch. */
export interface Snapshot {
  readonly epoch: number
  readonly visible: string
}

/**
 * The events that were committed since a snapshot, in no order, with the snapshot up to which that is all. Unlike
 * `eventsAfter` it does not wait for older transactions to end, so nothing is held back; it is for whoever keeps no
 * position, and only wants to know that something changed.
 * @param most as many as are told; one who gets so many may have missed others
 */
export async function committedSince(
  { db, scope }: Scoped,
  since: Snapshot | undefined,
  most: number,
): Promise<Snapshot & { readonly events: readonly Told[] }> {
  const visible = since?.visible ?? null
  const { rows } = await sql<Snapshot & { events: Told[] }>`
    select p.epoch, pg_current_snapshot()::text as visible,
           coalesce((select json_agg(json_build_object('kind', n.kind, 'subject', n.subject, 'device', n.detail ->> 'device'))
                       from (select e.kind, e.subject, e.detail from platform_event e
                              where e.tenant_id = ${scope.tenant}::int and e.epoch = p.epoch
                                and e.xid >= pg_snapshot_xmin(${visible}::pg_snapshot)
                                and not pg_visible_in_snapshot(e.xid, ${visible}::pg_snapshot)
                              limit ${most}) n), '[]'::json) as events
      from platform_epoch p`.execute(db)
  const [found] = rows
  if (!found) throw new Error('The database has no epoch')
  return found
}

/** The age in seconds of the oldest event that readers cannot be given yet; 0 when there is none. */
export const eventLag = async ({ db }: Scoped): Promise<number> => {
  const { lag } = await db
    .selectFrom('platform_event as e')
    .select(sql<number>`coalesce(extract(epoch from now() - min(e.at)), 0)::float8`.as('lag'))
    .where(sql<boolean>`e.xid >= pg_snapshot_xmin(pg_current_snapshot())`)
    .where('e.epoch', '=', (eb) => eb.selectFrom('platform_epoch').select('platform_epoch.epoch'))
    .executeTakeFirstOrThrow()
  return lag
}

/** A kind is a thing and what became of it, so that the thing alone names all of its kinds. */
const isOfKind = (kind: string) =>
  kind.includes('.') ? sql<boolean>`e.kind = ${kind}` : sql<boolean>`split_part(e.kind, '.', 1) = ${kind}`

/** The record newest first, for people. */
export const viewEvents = (
  { db }: Scoped,
  query: {
    readonly before: Position | undefined
    readonly limit: number
    readonly kind: string | undefined
    readonly actor: string | undefined
    readonly subject: string | undefined
  },
) =>
  db
    .selectFrom('platform_event as e')
    .select(columns)
    .$if(query.before !== undefined, (q) => q.where(sql<boolean>`${place} < ${at(query.before as Position)}`))
    .$if(query.kind !== undefined, (q) => q.where(isOfKind(query.kind as string)))
    .$if(query.actor !== undefined, (q) => q.where('e.actor_id', '=', query.actor as string))
    .$if(query.subject !== undefined, (q) => q.where('e.subject', '=', query.subject as string))
    .orderBy('e.epoch', 'desc')
    .orderBy('e.xid', 'desc')
    .orderBy('e.id', 'desc')
    .limit(query.limit)
    .execute()
