import { sql } from 'kysely'
import type { Scoped } from '#platform/database/store.ts'
import type { TenantId } from '#platform/id.ts'

declare module '#platform/database/schema.ts' {
  interface TenantTables {
    platform_answer: {
      tenant_id: TenantId
      actor: string
      endpoint: string
      key: Buffer
      request: Buffer
      answer: Buffer
      at: Date
    }
  }
}

/** Who asked for what under which key; the key as its SHA-256. */
export interface Place {
  readonly endpoint: string
  readonly key: Buffer
}

/** As many answers are kept for one actor; what is beyond is forgotten, the oldest first. */
export const mostAnswers = 1_000

const actorOf = ({ scope: { actor } }: Scoped): string => `${actor.kind} ${actor.id}`

/** What was answered under a key, if that was since a moment. */
export const findAnswer = (scoped: Scoped, { endpoint, key }: Place, since: Date) =>
  scoped.db
    .selectFrom('platform_answer')
    .select(['request', 'answer'])
    .where('actor', '=', actorOf(scoped))
    .where('endpoint', '=', endpoint)
    .where('key', '=', key)
    .where('at', '>', since)
    .executeTakeFirst()

/** Holds a key until the transaction ends; false when another transaction holds it. */
export async function holdKey(scoped: Scoped, { endpoint, key }: Place): Promise<boolean> {
  const name = `${scoped.scope.tenant} ${actorOf(scoped)} ${endpoint} ${key.toString('base64')}`
  const { rows } = await sql<{ mine: boolean }>`
    select pg_try_advisory_xact_lock(hashtextextended(${name}, 0)) as mine`.execute(scoped.db)
  return rows[0]?.mine === true
}

/** Keeps an answer in place of an older one under the key, and forgets the oldest of an actor who has too many. */
export async function keepAnswer(
  scoped: Scoped,
  { endpoint, key }: Place,
  kept: { readonly request: Buffer; readonly answer: Buffer; readonly at: Date },
): Promise<void> {
  const { db, scope } = scoped
  const actor = actorOf(scoped)
  const place = { tenant_id: scope.tenant, actor, endpoint, key }
  await db
    .deleteFrom('platform_answer')
    .where('actor', '=', actor)
    .where('endpoint', '=', endpoint)
    .where('key', '=', key)
    .execute()
  await db
    .insertInto('platform_answer')
    .values({ ...place, ...kept })
    .execute()
  await db
    .deleteFrom('platform_answer')
    .where('actor', '=', actor)
    .where('at', '<=', (eb) =>
      eb
        .selectFrom('platform_answer as newer')
        .select('newer.at')
        .where('newer.actor', '=', actor)
        .orderBy('newer.at', 'desc')
        .offset(mostAnswers)
        .limit(1),
    )
    .execute()
}

/** Forgets the answers from before a moment. */
export const forgetAnswers = async ({ db }: Scoped, before: Date): Promise<void> => {
  await db.deleteFrom('platform_answer').where('at', '<=', before).execute()
}

/** Holds what somebody edits until the transaction ends, so that two edits of it come one after the other. */
export const holdEdited = async ({ db, scope }: Scoped, name: string): Promise<void> => {
  await sql`select pg_advisory_xact_lock(hashtextextended(${`${scope.tenant} edits ${name}`}, 0))`.execute(db)
}
