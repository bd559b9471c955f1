import { type DecisionOutcome, decisionOutcomes } from '@suture/contract/risk.ts'
import { sql } from 'kysely'
import type { Scoped } from '#platform/database/store.ts'
import type { Inputs } from './decisions/decide.ts'
import { dueOf } from './decisions/due.queries.ts'

/** Which findings to look at. */
export interface FindingFilter {
  readonly vulnerability?: string | undefined
  readonly device?: string | undefined
  readonly manufacturer?: string | undefined
  readonly model?: string | undefined
  readonly site?: number | undefined
}

const given = <T>(value: T | undefined, condition: (value: T) => ReturnType<typeof sql<boolean>>) =>
  value === undefined ? sql<boolean>`true` : condition(value)

/** Ours, in service, and no rig. */
export const countedAs = (device: 'i' | 'd') =>
  sql<boolean>`(${sql.ref(`${device}.state`)} not in ('quarantined', 'retired') and not ${sql.ref(`${device}.is_rig`)})`
export const counted = countedAs('i')

/** Each match on each device that is ours and no rig; a finding that waits to be decided has no deadline yet. */
export const findings = (filter: FindingFilter) => sql`
  select i.uid, i.name, i.serial, i.firmware, o.manufacturer, o.name as model, s.name as site, m.vulnerability_id,
         m.verdict, m.bill_id, i.context_id, i.created_at, d.outcome, d.days,
         greatest(i.created_at, d.clock_start) as started_at, ${dueOf('i.created_at')} as due_at
    from inventory_device i
    join inventory_model o on o.id = i.model_id
    join intelligence_match m on m.bill_id = i.bill_id
    left join inventory_site s on s.id = i.site_id
    left join risk_decision d on d.bill_id = m.bill_id and d.vulnerability_id = m.vulnerability_id
                             and d.context_id = i.context_id
   where ${counted}
     and ${given(filter.vulnerability, (id) => sql`m.vulnerability_id = ${id}`)}
     and ${given(filter.device, (uid) => sql`i.uid = ${uid}::uuid`)}
     and ${given(filter.manufacturer, (name) => sql`o.manufacturer = ${name}`)}
     and ${given(filter.model, (name) => sql`o.name = ${name}`)}
     and ${given(filter.site, (id) => sql`i.site_id = ${id}::int`)}`

/** Where a page of findings ended: due, device, vulnerability. */
export type FindingPlace = readonly [string, string, string]

interface FindingRow {
  readonly uid: string
  readonly name: string
  readonly serial: string
  readonly firmware: string
  readonly manufacturer: string
  readonly model: string
  readonly site: string | null
  readonly vulnerability_id: string
  readonly verdict: 'affected' | 'unknown'
  readonly outcome: DecisionOutcome | null
  readonly due_at: Date | null
  readonly created_at: Date
}

interface DecisionRow {
  readonly policy: string
  readonly inputs: Inputs
  readonly clock_start: Date
  readonly decided_at: Date
}

const viewOf = (row: FindingRow) => ({
  device: {
    id: row.uid,
    name: row.name,
    serial: row.serial,
    manufacturer: row.manufacturer,
    model: row.model,
    firmware: row.firmware,
    site: row.site,
  },
  vulnerability: row.vulnerability_id,
  verdict: row.verdict,
  outcome: row.outcome,
  dueAt: row.due_at,
})

/** Findings, the earliest deadline first; those without one come last. */
export async function viewFindings(
  { db }: Scoped,
  filter: FindingFilter,
  limit: number,
  after: FindingPlace | undefined,
) {
  const place = after
    ? sql`(coalesce(f.due_at, 'infinity'), f.uid, f.vulnerability_id) > (${after[0]}::timestamptz, ${after[1]}::uuid, ${after[2]})`
    : sql`true`
  const { rows } = await sql<FindingRow>`
    select f.* from (${findings(filter)}) f where ${place}
     order by coalesce(f.due_at, 'infinity'), f.uid, f.vulnerability_id limit ${limit}`.execute(db)
  return rows.map(viewOf)
}

/** How many findings (device × vulnerability) there are, on how many devices, and how many of them are late. */
export async function viewFindingCounts({ db }: Scoped, filter: FindingFilter, now: Date) {
  const { rows } = await sql<Record<'findings' | 'devices' | 'vulnerabilities' | 'overdue' | 'undecided', number>>`
    select count(*)::int as findings, count(distinct f.uid)::int as devices,
           count(distinct f.vulnerability_id)::int as vulnerabilities,
           (count(*) filter (where f.due_at < ${now}))::int as overdue,
           (count(*) filter (where f.outcome is null))::int as undecided
      from (${findings(filter)}) f`.execute(db)
  return rows[0] ?? { findings: 0, devices: 0, vulnerabilities: 0, overdue: 0, undecided: 0 }
}

/** The outcomes of the decision table, the least patient first. */
const strictest = sql`${[...decisionOutcomes].reverse()}::text[]`

/** The findings of one model that have one deadline. */
interface GroupRow {
  readonly manufacturer: string
  readonly model: string
  readonly outcome: DecisionOutcome | null
  readonly due_at: Date | null
  readonly clock_start: Date | null
  readonly findings: number
  readonly devices: number
  readonly unknown: number
  readonly undecided: number
  readonly vulnerabilities: number
  readonly most: string[]
  readonly device: string
}

/**
 * Findings gathered by model and deadline, the earliest first; those without one come last. Devices of one bill and
 * context that were found on one day have the same deadlines, so they are counted together before anything is joined.
 */
export async function viewFindingGroups({ db }: Scoped, limit: number) {
  const { rows } = await sql<GroupRow>`
    with alike as (
      select i.bill_id, i.context_id, i.model_id, count(*)::int as n, min(i.created_at) as first_at,
             min(i.uid::text)::uuid as uid
        from inventory_device i where ${counted}
       group by 1, 2, 3, date_trunc('day', i.created_at at time zone 'UTC')),
    concerned as (
      select c.model_id, c.uid, c.n, m.vulnerability_id, m.verdict, d.outcome,
             greatest(c.first_at, d.clock_start) as started_at, ${dueOf('c.first_at')} as due_at
        from alike c join intelligence_match m on m.bill_id = c.bill_id
        left join risk_decision d on d.bill_id = m.bill_id and d.vulnerability_id = m.vulnerability_id
                                 and d.context_id = c.context_id),
    by_vulnerability as (
      select model_id, due_at, vulnerability_id, sum(n)::int as findings, min(started_at) as clock_start,
             sum(n) filter (where verdict = 'unknown') as unknown, sum(n) filter (where outcome is null) as undecided,
             min(array_position(${strictest}, outcome)) as strictest, (array_agg(uid order by uid))[1] as uid
        from concerned group by 1, 2, 3),
    by_devices as (
      select model_id, due_at, sum(n)::int as devices
        from (select distinct model_id, due_at, uid, n from concerned) x group by 1, 2)
    select o.manufacturer, o.name as model, v.due_at, min(v.clock_start) as clock_start, d.devices,
           sum(v.findings)::int as findings, coalesce(sum(v.unknown), 0)::int as unknown,
           coalesce(sum(v.undecided), 0)::int as undecided, count(*)::int as vulnerabilities,
           (${strictest})[min(v.strictest)] as outcome,
           (array_agg(v.vulnerability_id order by v.strictest, v.findings desc, v.vulnerability_id))[1:20] as most,
           (array_agg(v.uid order by v.strictest, v.findings desc, v.vulnerability_id))[1] as device
      from by_vulnerability v join inventory_model o on o.id = v.model_id
      join by_devices d on d.model_id = v.model_id and d.due_at is not distinct from v.due_at
     group by o.manufacturer, o.name, v.model_id, v.due_at, d.devices
     order by coalesce(v.due_at, 'infinity'), sum(v.findings) desc, 1, 2 limit ${limit}`.execute(db)
  return rows.map(({ due_at, clock_start, device, ...row }) => ({
    ...row,
    dueAt: due_at,
    clockStart: clock_start,
    example: { device, vulnerability: row.most[0] ?? '' },
  }))
}

/** The decision about one finding, with the device; undefined when there is none, or none that the caller may see. */
export async function findDecision({ db }: Scoped, device: string, vulnerability: string) {
  const { rows } = await sql<FindingRow & DecisionRow>`
    select f.*, d.policy, d.inputs, d.clock_start, d.decided_at
      from (${findings({ device, vulnerability })}) f
      join risk_decision d on d.bill_id = f.bill_id and d.vulnerability_id = f.vulnerability_id
                          and d.context_id = f.context_id`.execute(db)
  const [row] = rows
  return row && { ...viewOf(row), decided: row }
}
