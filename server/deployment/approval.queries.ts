import { sql } from 'kysely'
import type { Scoped } from '#platform/database/store.ts'

export const findApprovals = ({ db }: Scoped, rollout: string) =>
  db
    .selectFrom('deployment_approval')
    .select([
      'person',
      'person_name as name',
      'key_id as keyId',
      'public_key as publicKey',
      'signature',
      'approved_at as approvedAt',
    ])
    .select(sql<string>`encode(plan_digest, 'hex')`.as('digest'))
    .where('rollout_id', '=', rollout)
    .orderBy('approved_at')
    .orderBy('person')
    .execute()

interface NewApproval {
  readonly rollout: string
  readonly keyId: string
  readonly publicKey: string
  readonly signature: string
  readonly digest: string
  readonly at: Date
}

/** Stores the approval of whoever the scope names. */
export const insertApproval = async ({ db, scope }: Scoped, given: NewApproval): Promise<void> => {
  await db
    .insertInto('deployment_approval')
    .values({
      tenant_id: scope.tenant,
      rollout_id: given.rollout,
      person: scope.actor.id,
      person_name: scope.actor.name,
      key_id: given.keyId,
      public_key: given.publicKey,
      signature: given.signature,
      plan_digest: Buffer.from(given.digest, 'hex'),
      approved_at: given.at,
    })
    .execute()
}

/** What became of the newest request to sign these bytes. */
export const findSigning = ({ db }: Scoped, digest: string) =>
  db
    .selectFrom('signing_request')
    .select(['state', 'refusal_code as code', 'refusal_detail as detail'])
    .where('purpose', '=', 'rollout-plan')
    .where('digest', '=', Buffer.from(digest, 'hex'))
    .orderBy('requested_at', 'desc')
    .orderBy('id', 'desc')
    .limit(1)
    .executeTakeFirst()
