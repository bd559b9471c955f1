import type { signingStates } from '@suture/contract/signing.ts'
import { sql } from 'kysely'
import type { Scoped } from '#platform/database/store.ts'
import type {} from '../tables.ts'

/** An update that the device called done, or that we saw done without its word. */
const claimed = sql`(j.claim = 'success' or j.state = 'verified')`

/** The updates that ended within so many days. */
export async function countUpdates({ db }: Scoped, now: Date, days: number) {
  const { rows } = await sql<Record<'claimed' | 'verified' | 'unverified', number>>`
    select count(*) filter (where ${claimed})::int as claimed,
           count(*) filter (where j.state = 'verified')::int as verified,
           count(*) filter (where ${claimed} and j.state = 'unverified')::int as unverified
      from deployment_job j
     where j.ended_at > ${now}::timestamptz - make_interval(days => ${days}) and j.ended_at <= ${now}`.execute(db)
  return rows[0] ?? { claimed: 0, verified: 0, unverified: 0 }
}

interface Week {
  readonly from: Date
  readonly ended: number
  readonly claimed: number
  readonly verified: number
}

/** The updates by the seven days in which they ended, counted back from now; a week in which none did is there too. */
export async function updatesByWeek({ db }: Scoped, now: Date, weeks: number): Promise<readonly Week[]> {
  const { rows } = await sql<Week>`
    select w.from_at as "from", count(j.id)::int as ended, count(j.id) filter (where ${claimed})::int as claimed,
           count(j.id) filter (where j.state = 'verified')::int as verified
      from (select ${now}::timestamptz - make_interval(days => 7 * n) as from_at from generate_series(1, ${weeks}) n) w
      left join deployment_job j on j.ended_at > w.from_at and j.ended_at <= w.from_at + interval '168 hours'
     group by w.from_at order by w.from_at`.execute(db)
  return rows
}

/** The newest document of each source of which anything still counts, as many as there are: a source that ended makes nothing old. */
export const newestKnowledge = async ({ db }: Scoped) => {
  const { rows } = await sql<{ name: string; digest: string; retrievedAt: Date; importedAt: Date }>`
    select distinct on (name) name, encode(digest, 'hex') as digest, retrieved_at as "retrievedAt",
           imported_at as "importedAt"
      from intelligence_document d
     where exists (select from intelligence_vulnerability v where v.document_id = d.id)
     order by name, retrieved_at desc, id desc`.execute(db)
  return rows
}

interface Packed {
  readonly rollout: string
  readonly planDigest: string
  readonly statementDigest: string
  readonly state: (typeof signingStates)[number]
  readonly packedAt: Date
}

/** The evidence that was packed within so many days, with the plan it is about, newest first. */
export async function packedWithin({ db }: Scoped, now: Date, days: number): Promise<readonly Packed[]> {
  const { rows } = await sql<Packed>`
    select r.name as rollout, encode(r.plan_digest, 'hex') as "planDigest", encode(e.digest, 'hex') as "statementDigest",
           s.state, e.created_at as "packedAt"
      from compliance_evidence e
      join deployment_rollout r on r.id = e.rollout_id
      join lateral (select q.state from signing_request q where q.purpose = 'evidence' and q.digest = e.digest
                     order by q.requested_at desc limit 1) s on true
     where e.created_at > ${now}::timestamptz - make_interval(days => ${days})
     order by e.created_at desc, e.id desc limit 100`.execute(db)
  return rows
}

/** How the sites are called that somebody may see. */
export const siteNames = async ({ db }: Scoped, sites: readonly number[]): Promise<string[]> =>
  (
    await db
      .selectFrom('inventory_site')
      .select('name')
      .where('id', 'in', [...sites, -1])
      .orderBy('name')
      .execute()
  ).map(({ name }) => name)
