import type { SigningPurpose, signingStates } from '@suture/contract/signing.ts'
import { sql } from 'kysely'
import type { Scoped } from '#platform/database/store.ts'

/** What a request consists of. */
export interface NewRequest {
  readonly id: string
  readonly purpose: SigningPurpose
  readonly payload: Buffer
  readonly proofs: unknown
  readonly at: Date
}

/** Stores a request and wakes the signer; nothing when the same bytes were asked for before and not refused. */
export async function insertRequest({ db, scope }: Scoped, { id, purpose, payload, proofs, at }: NewRequest) {
  const row = await db
    .insertInto('signing_request')
    .values({
      tenant_id: scope.tenant,
      id,
      purpose,
      payload,
      proofs: JSON.stringify(proofs),
      requested_at: at,
      requested_by: scope.actor.name,
    })
    .onConflict((conflict) =>
      // Written out: with a parameter, a plan that is kept cannot be seen to match the partial index.
      conflict.columns(['tenant_id', 'purpose', 'digest']).where('state', '<>', sql.lit('refused')).doNothing(),
    )
    .returning(['id', 'state'])
    .executeTakeFirst()
  if (row) await sql`select pg_notify('signing_request', '')`.execute(db)
  return row
}

/** The request for these bytes that is open or signed. */
export const findRequest = ({ db }: Scoped, purpose: SigningPurpose, digest: string) =>
  db
    .selectFrom('signing_request')
    .select(['id', 'state'])
    .where('purpose', '=', purpose)
    .where('digest', '=', Buffer.from(digest, 'hex'))
    .where('state', '<>', 'refused')
    .executeTakeFirst()

/** What the signer decided about these bytes the last time that they were asked for, and why. */
export const findDecision = ({ db }: Scoped, purpose: SigningPurpose, digest: string) =>
  db
    .selectFrom('signing_request')
    .select(['state', 'refusal_code', 'refusal_detail'])
    .where('purpose', '=', purpose)
    .where('digest', '=', Buffer.from(digest, 'hex'))
    .orderBy('requested_at', 'desc')
    .orderBy('id', 'desc')
    .limit(1)
    .executeTakeFirst()

/** The envelope that the signer stored for these bytes; it counts only once `verifyStatement` has read it. */
export const findStatement = async (
  { db }: Scoped,
  purpose: SigningPurpose,
  digest: string,
): Promise<Buffer | undefined> => {
  const row = await db
    .selectFrom('signing_statement')
    .select('envelope')
    .where('purpose', '=', purpose)
    .where('digest', '=', Buffer.from(digest, 'hex'))
    .executeTakeFirst()
  return row?.envelope
}

/** Requests newest first, starting below a place. */
export const viewRequests = (
  { db }: Scoped,
  limit: number,
  query: {
    readonly before: readonly [Date, string] | undefined
    readonly state: (typeof signingStates)[number] | undefined
  },
) =>
  db
    .selectFrom('signing_request')
    .select(['id', 'purpose', 'state', 'refusal_code', 'refusal_detail', 'requested_at', 'requested_by', 'decided_at'])
    .select(sql<string>`encode(digest, 'hex')`.as('digest'))
    .$if(query.before !== undefined, (q) =>
      q.where(sql<boolean>`(requested_at, id) < (${query.before?.[0]}::timestamptz, ${query.before?.[1]}::uuid)`),
    )
    .$if(query.state !== undefined, (q) => q.where('state', '=', query.state as (typeof signingStates)[number]))
    .orderBy('requested_at', 'desc')
    .orderBy('id', 'desc')
    .limit(limit)
    .execute()
