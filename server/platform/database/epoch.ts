import { sql } from 'kysely'
import type pg from 'pg'
import { newClient } from './client.ts'
import type { Directory, Scoped } from './store.ts'

/** What a restore begins with. */
interface Restored {
  readonly now: Date
  /** For how long nobody new is given a job: as long as a device may need for one that this database never knew of. */
  readonly settleSeconds: number
}

/** For how long nobody new is given a job after a restore unless it is said otherwise, in seconds. */
export const usualSettle = 900

/**
 * By how much the numbers that others keep are moved on: as many as one server is ever likely to have given out since a
 * backup, and a random part, so that two restores of one backup do not give out the same ones.
 */
const leastJump = 2 ** 20

/**
 * Tells Suture, as the owner, that time was lost. A new epoch of events begins: transaction ids begin low again, and a
 * reader that goes on from an old position would pass new events over. Two restores of one backup begin different ones,
 * unless they are made within one minute. Numbers that devices keep go on far from where they were.
 * @returns the new epoch
 */
export async function markRestored(ownerUrl: string, restored: Restored): Promise<number> {
  return inOne(ownerUrl, (client) => mark(client, restored))
}

/** The same at the end of a restore; with it the database loses the mark with which no server starts. */
export async function endRestoring(ownerUrl: string, restored: Restored): Promise<number> {
  return inOne(ownerUrl, async (client) => {
    await client.query('drop table platform_restoring')
    return mark(client, restored)
  })
}

async function inOne<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = newClient({ connectionString: url, application_name: 'suture restore' })
  await client.connect()
  try {
    await client.query('begin')
    const done = await work(client)
    await client.query('commit')
    return done
  } finally {
    await client.end()
  }
}

async function mark(client: pg.Client, { now, settleSeconds }: Restored): Promise<number> {
  await client.query(
    `select setval(c.oid::regclass, coalesce(s.last_value, s.start_value) + $1 + floor(random() * $1)::bigint)
       from pg_class c join pg_sequences s on s.schemaname = 'public' and s.sequencename = c.relname
      where c.relnamespace = 'public'::regnamespace and c.relkind = 'S'
        and not exists (select from pg_depend d where d.objid = c.oid and d.classid = 'pg_class'::regclass
                          and d.refclassid = 'pg_class'::regclass and d.deptype in ('a', 'i'))`,
    [leastJump],
  )
  const { rows } = await client.query<{ epoch: number }>(
    `update platform_epoch
        set epoch = greatest(epoch + 1, extract(epoch from $1::timestamptz)::bigint / 60), restored_at = $1,
            settle_seconds = $2, settled_at = null
      returning epoch`,
    [now, settleSeconds],
  )
  return rows[0]?.epoch ?? 0
}

/**
 * Begins to settle, at the first start after a restore: devices hear the server from now on, and one that waited for its
 * answer in the middle of its work goes on.
 */
export const beginSettling = (ownerUrl: string, now: Date): Promise<void> =>
  inOne(ownerUrl, async (client) => {
    await client.query(
      `update platform_epoch set settled_at = $1::timestamptz + make_interval(secs => settle_seconds)
        where settle_seconds is not null and settled_at is null`,
      [now],
    )
  })

/** When this database came from a backup, and until when nobody new is given a job; nothing when it never did. */
export interface Fence {
  readonly restoredAt: Date
  readonly settledAt: Date
  /** Whether a server has started since. */
  readonly hasStarted: boolean
}

/** Later than any: nobody has begun to settle. */
const never = new Date(8.64e15)

/** What a restore asks of whoever gives out jobs. */
export async function fenceOf({ db }: Scoped | Directory): Promise<Fence | undefined> {
  const { rows } = await sql<{ restored_at: Date | null; settled_at: Date | null }>`
    select restored_at, settled_at from platform_epoch`.execute(db)
  const { restored_at: restoredAt = null, settled_at: settledAt = null } = rows[0] ?? {}
  return restoredAt ? { restoredAt, settledAt: settledAt ?? never, hasStarted: settledAt !== null } : undefined
}

/** Since when a device must have told what it runs before it is given anything; nothing without a restore. */
export const heldSince = (fence: Fence | undefined, now: Date): Date | undefined =>
  fence && (now >= fence.settledAt ? fence.settledAt : fence.restoredAt)
