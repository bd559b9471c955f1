import type { Scoped } from '#platform/database/store.ts'

/** A session with the person it belongs to, if it may still be used. */
export const findSession = ({ db }: Scoped, id: string, usedAfter: Date) =>
  db
    .selectFrom('platform_session as s')
    .innerJoin('platform_user as u', (join) =>
      join.onRef('u.id', '=', 's.user_id').onRef('u.tenant_id', '=', 's.tenant_id'),
    )
    .select(['s.id', 's.used_at', 'u.id as user_id', 'u.name', 'u.roles', 'u.site_ids'])
    .where('s.id', '=', id)
    .where('s.used_at', '>', usedAfter)
    .where('u.disabled_at', 'is', null)
    .executeTakeFirst()

export const insertSession = (
  { db, scope }: Scoped,
  session: {
    readonly id: string
    readonly userId: string
    readonly agent: string
    readonly now: Date
    readonly expires: Date
  },
) =>
  db
    .insertInto('platform_session')
    .values({
      tenant_id: scope.tenant,
      id: session.id,
      user_id: session.userId,
      agent: session.agent,
      created_at: session.now,
      used_at: session.now,
      expires_at: session.expires,
    })
    .execute()

export const touchSession = ({ db }: Scoped, id: string, now: Date) =>
  db.updateTable('platform_session').set({ used_at: now }).where('id', '=', id).execute()

export const deleteSession = ({ db }: Scoped, id: string) =>
  db.deleteFrom('platform_session').where('id', '=', id).execute()

/** Ends every session of a person, or every one but one; their ids, whose credentials go too. */
export const deleteSessionsOf = async ({ db }: Scoped, userId: string, except?: string): Promise<string[]> => {
  const ended = await db
    .deleteFrom('platform_session')
    .where('user_id', '=', userId)
    .$if(except !== undefined, (query) => query.where('id', '!=', except as string))
    .returning('id')
    .execute()
  return ended.map(({ id }) => id)
}

/** Removes the sessions whose time is over, or that nobody used for long; their ids. */
export const deleteIdleSessions = async ({ db }: Scoped, now: Date, usedBefore: Date): Promise<string[]> =>
  (
    await db
      .deleteFrom('platform_session')
      .where((eb) => eb.or([eb('expires_at', '<', now), eb('used_at', '<', usedBefore)]))
      .returning('id')
      .execute()
  ).map(({ id }) => id)
