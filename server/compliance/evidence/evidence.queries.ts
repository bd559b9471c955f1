import { finalJobStates } from '@suture/contract/states.ts'
import type { ClosedFinding } from '@suture/trust/rollout-evidence.ts'
import { sql } from 'kysely'
import type { Scoped } from '#platform/database/store.ts'
import type {} from '../tables.ts'

export const findRollout = ({ db }: Scoped, id: string) =>
  db
    .selectFrom('deployment_rollout')
    .select(['id', 'state', 'plan_digest', 'started_at', 'ended_at'])
    .where('id', '=', id)
    .executeTakeFirst()

/** The approvals in the order in which they were given. */
export const approvalsOf = ({ db }: Scoped, rollout: string) =>
  db
    .selectFrom('deployment_approval')
    .select(['person', 'person_name', 'key_id', 'public_key', 'signature'])
    .where('rollout_id', '=', rollout)
    .orderBy('approved_at')
    .orderBy('person')
    .execute()

export const countOpenJobs = async ({ db }: Scoped, rollout: string): Promise<number> => {
  const { n } = await db
    .selectFrom('deployment_job')
    .select(({ fn }) => fn.countAll<number>().as('n'))
    .where('rollout_id', '=', rollout)
    .where('state', 'not in', [...finalJobStates])
    .executeTakeFirstOrThrow()
  return n
}

/** The envelope of the verdict whose payload has this digest, as the release keeps it. */
export const findVerdict = async ({ db }: Scoped, digest: string): Promise<Buffer | undefined> => {
  const row = await db
    .selectFrom('releases_release')
    .select('verdict')
    .where('verdict_digest', '=', Buffer.from(digest, 'hex'))
    .where('verdict', 'is not', null)
    .executeTakeFirst()
  return row?.verdict ?? undefined
}

export const findReleaseDigest = async ({ db }: Scoped, release: string): Promise<string | undefined> => {
  const row = await db
    .selectFrom('releases_release')
    .select('statement_digest')
    .where('id', '=', release)
    .executeTakeFirst()
  return row?.statement_digest?.toString('hex')
}

export const quarantinedOf = ({ db }: Scoped, rollout: string) =>
  db
    .selectFrom('deployment_quarantine as q')
    .innerJoin('inventory_model as m', 'm.id', 'q.model_id')
    .distinct()
    .select(['m.name as model', 'q.hardware_revision as hardwareRevision'])
    .where('q.rollout_id', '=', rollout)
    .orderBy('model')
    .orderBy('hardwareRevision')
    .execute()

/**
 * The findings that verified devices no longer have: the matches of the bill that they had when the update was offered,
 * without those of the bill that they were seen to have afterwards. Ordered by device and vulnerability.
 */
export async function findingsClosedBy({ db }: Scoped, rollout: string): Promise<ClosedFinding[]> {
  const { rows } = await sql<{ device: string; vulnerability: string; closed_at: Date; assurance: string }>`
    with moved as (
      select j.device_id, d.uid, j.observed_at, j.assurance, before.bill_id as before, after.bill_id as after
        from deployment_job j
        join inventory_device d on d.id = j.device_id
        join inventory_device_bill before on before.device_id = j.device_id
         and before.from_at <= j.offered_at and (before.to_at is null or before.to_at > j.offered_at)
        join inventory_device_bill after on after.device_id = j.device_id
         and after.from_at <= j.ended_at and (after.to_at is null or after.to_at > j.ended_at)
       where j.rollout_id = ${rollout} and j.state = 'verified'
    )
    select m.uid::text as device, x.vulnerability_id as vulnerability, m.observed_at as closed_at, m.assurance
      from moved m
      join intelligence_match x on x.bill_id = m.before and x.verdict = 'affected'
     where not exists (select from intelligence_match y where y.bill_id = m.after and y.vulnerability_id = x.vulnerability_id)
     order by m.uid::text collate "C", x.vulnerability_id collate "C"`.execute(db)
  return rows.map(({ device, vulnerability, closed_at, assurance }) => ({
    device,
    vulnerability,
    closedAt: closed_at.toISOString(),
    assurance: assurance as ClosedFinding['assurance'],
  }))
}

export const insertEvidence = async (
  { db, scope }: Scoped,
  row: {
    readonly id: string
    readonly rollout: string
    readonly digest: string
    readonly parts: object
    readonly at: Date
  },
): Promise<void> => {
  await db
    .insertInto('compliance_evidence')
    .values({
      tenant_id: scope.tenant,
      id: row.id,
      rollout_id: row.rollout,
      digest: Buffer.from(row.digest, 'hex'),
      parts: JSON.stringify(row.parts),
      created_by: scope.actor.name,
      created_at: row.at,
    })
    .execute()
}

export const findEvidence = ({ db }: Scoped, id: string) =>
  db.selectFrom('compliance_evidence').select(['digest', 'parts']).where('id', '=', id).executeTakeFirst()

/** Evidence newest first, with the newest word of the signer about it. */
export const viewEvidence = async (
  { db }: Scoped,
  query: {
    readonly limit: number
    readonly before?: readonly [Date, string] | undefined
    readonly rollout?: string | undefined
    readonly id?: string | undefined
  },
) => {
  const rows = await db
    .selectFrom('compliance_evidence as e')
    .innerJoinLateral(
      (eb) =>
        eb
          .selectFrom('signing_request as r')
          .select(['r.state', 'r.refusal_detail'])
          .where('r.purpose', '=', 'evidence')
          .whereRef('r.digest', '=', 'e.digest')
          .orderBy('r.requested_at', 'desc')
          .limit(1)
          .as('r'),
      (join) => join.onTrue(),
    )
    .select(['e.id', 'e.rollout_id', 'e.created_at', 'e.created_by', 'r.state', 'r.refusal_detail'])
    .select(sql<string>`encode(e.digest, 'hex')`.as('digest'))
    .$if(query.before !== undefined, (q) =>
      q.where(sql<boolean>`(e.created_at, e.id) < (${query.before?.[0]}::timestamptz, ${query.before?.[1]}::uuid)`),
    )
    .$if(query.rollout !== undefined, (q) => q.where('e.rollout_id', '=', query.rollout as string))
    .$if(query.id !== undefined, (q) => q.where('e.id', '=', query.id as string))
    .orderBy('e.created_at', 'desc')
    .orderBy('e.id', 'desc')
    .limit(query.limit)
    .execute()
  return rows.map((row) => ({
    id: row.id,
    rollout: row.rollout_id,
    digest: row.digest,
    state: row.state,
    refusal: row.refusal_detail,
    createdAt: row.created_at,
    createdBy: row.created_by,
  }))
}
