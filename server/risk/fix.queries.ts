import type { ReleaseState } from '@suture/contract/states.ts'
import { sql } from 'kysely'
import type { Scoped } from '#platform/database/store.ts'
import { dueOf } from './decisions/due.queries.ts'

interface FixRow {
  readonly id: string
  readonly name: string
  readonly version: string
  readonly state: ReleaseState
  readonly models: readonly { manufacturer: string; model: string }[]
  readonly judged: boolean
  readonly devices: number
  readonly findings: number
  readonly undecided: number
  readonly due_at: Date | null
  readonly vulnerabilities: readonly { id: string; findings: number; dueAt: string | null }[]
}

const viewOf = ({ due_at, judged, ...row }: FixRow) => ({
  release: { id: row.id, name: row.name, version: row.version, state: row.state },
  models: [...row.models],
  isJudged: judged,
  closes: { findings: row.findings, devices: row.devices },
  undecided: row.undecided,
  dueAt: due_at,
  vulnerabilities: row.vulnerabilities.map((each) => ({
    ...each,
    dueAt: each.dueAt === null ? null : new Date(each.dueAt),
  })),
})

/**
 * What each release would close, the earliest deadline first. A match ends with the release's firmware if that is judged
 * not to have it: because it holds the product that the match is about, or because an SBOM tells everything it holds. A
 * bill that is nothing but the firmware's name says nothing about the rest; those findings are counted as undecided.
 */
export async function viewFixes(
  { db }: Scoped,
  { states, release }: { readonly states: readonly ReleaseState[]; readonly release: string | undefined },
  limit: number,
) {
  const { rows } = await sql<FixRow>`
    with release as (
      select id, name, version, state from releases_release where state = any(${states}::text[])
          and (${release === undefined} or id = ${release ?? null}::uuid)
       order by created_at desc, id limit ${limit}),
    -- Devices that differ in nothing that counts here, with when the first of them was found.
    alike as (
      select bill_id, context_id, model_id, hardware_revision, count(*)::int as n, min(created_at) as first_at
        from inventory_device where state not in ('quarantined', 'retired') and not is_rig group by 1, 2, 3, 4),
    fitting as (
      select r.id as release_id, t.model_id, t.hardware_revision, f.bill_id,
             exists (select from intelligence_bill j where j.bill_id = f.bill_id) as judged,
             (select count(*) > 1 from inventory_bill_component p where p.bill_id = f.bill_id) as complete
        from release r join releases_target t on t.release_id = r.id
        join inventory_firmware f on f.model_id = t.model_id and f.version = r.version),
    reached as (
      select f.*, a.bill_id as present_bill, a.context_id, a.hardware_revision as revision, a.n, a.first_at
        from fitting f join alike a on a.model_id = f.model_id and a.bill_id <> f.bill_id
         and (f.hardware_revision = a.hardware_revision or (f.hardware_revision = '' and not exists (
               select from releases_target o where o.release_id = f.release_id and o.model_id = f.model_id
                  and o.hardware_revision = a.hardware_revision)))
       where f.judged),
    concerned as (
      select c.*, m.vulnerability_id, (c.complete or exists (
               select from inventory_bill_component p
                 join intelligence_component same on same.component_id = p.component_id
                 join intelligence_component had on had.component_id = m.component_id and had.product_id = same.product_id
                where p.bill_id = c.bill_id)) as closes,
             ${dueOf('c.first_at')} as due_at
        from reached c join intelligence_match m on m.bill_id = c.present_bill
        left join risk_decision d on d.bill_id = m.bill_id and d.vulnerability_id = m.vulnerability_id
                                 and d.context_id = c.context_id
       where not exists (select from intelligence_match n
                          where n.bill_id = c.bill_id and n.vulnerability_id = m.vulnerability_id)),
    by_vulnerability as (
      select release_id, vulnerability_id, sum(n)::int as findings, min(due_at) as due_at
        from concerned where closes group by 1, 2),
    by_devices as (
      select release_id, sum(n)::int as devices from (
        select distinct release_id, present_bill, context_id, model_id, revision, n from concerned
         where closes) x group by 1)
    select r.id, r.name, r.version, r.state,
           coalesce((select json_agg(distinct jsonb_build_object('manufacturer', o.manufacturer, 'model', o.name))
                       from releases_target t join inventory_model o on o.id = t.model_id
                      where t.release_id = r.id), '[]') as models,
           coalesce((select bool_and(f.judged) from fitting f where f.release_id = r.id), false) as judged,
           coalesce((select devices from by_devices b where b.release_id = r.id), 0) as devices,
           coalesce(sum(v.findings), 0)::int as findings,
           coalesce((select sum(n) from concerned c where c.release_id = r.id and not c.closes), 0)::int as undecided,
           min(v.due_at) as due_at,
           coalesce(json_agg(json_build_object('id', v.vulnerability_id, 'findings', v.findings, 'dueAt', v.due_at)
             order by v.due_at nulls last, v.vulnerability_id) filter (where v.vulnerability_id is not null), '[]')
             as vulnerabilities
      from release r left join by_vulnerability v on v.release_id = r.id
     group by r.id, r.name, r.version, r.state
     order by min(v.due_at) nulls last, findings desc, r.id`.execute(db)
  return rows.map(viewOf)
}
