import { sql } from 'kysely'
import type { Scoped } from '#platform/database/store.ts'
import type {} from '../tables.ts'
import { clockPolicy } from './clock.ts'
import type { Decision, Inputs } from './decide.ts'
import type { Known } from './inputs.ts'
import { table } from './table.ts'

/** One transaction of a tenant decides at a time. */
export const lockDeciding = ({ db, scope }: Scoped) =>
  sql`select pg_advisory_xact_lock(hashtext('risk/decide'), ${scope.tenant})`.execute(db)

/** Decisions about what is no longer a match. */
export const deleteEnded = ({ db }: Scoped) =>
  db
    .deleteFrom('risk_decision as d')
    .where(({ not, exists, selectFrom }) =>
      not(
        exists(
          selectFrom('intelligence_match as m')
            .select('m.bill_id')
            .whereRef('m.bill_id', '=', 'd.bill_id')
            .whereRef('m.vulnerability_id', '=', 'd.vulnerability_id'),
        ),
      ),
    )
    .execute()

/** A match in a context that has devices, with everything that is known to decide about it. */
export interface Undecided extends Known {
  readonly bill_id: number
  readonly vulnerability_id: string
  readonly context_id: number
  readonly document_id: number
}

/** Matches in the contexts of their devices that were not decided from what is known now. */
export const undecided = async ({ db }: Scoped, limit: number): Promise<readonly Undecided[]> => {
  const { rows } = await sql<Undecided>`
    with used as (
      select distinct bill_id, context_id from inventory_device where state not in ('quarantined', 'retired') and not is_rig)
    select m.bill_id, m.vulnerability_id, u.context_id, m.verdict, m.matched_at, c.exposure, v.document_id,
           k.name as document, k.retrieved_at, k.imported_at, v.listed_at, v.listing_known_at, v.automatable,
           v.automatable_known_at, v.technical_impact, v.technical_impact_known_at, v.facts -> 'ssvc' as ssvc,
           case when d.matched_at = m.matched_at then json_build_object('inputs', d.inputs, 'outcome', d.outcome,
             'days', d.days, 'start', d.clock_start, 'due', d.due_at) end as before
      from intelligence_match m
      join used u on u.bill_id = m.bill_id
      join inventory_context c on c.id = u.context_id
      join intelligence_vulnerability v on v.id = m.vulnerability_id
      join intelligence_document k on k.id = v.document_id
      left join risk_decision d on d.bill_id = m.bill_id and d.vulnerability_id = m.vulnerability_id
                               and d.context_id = u.context_id
     where d.bill_id is null
        or (d.document_id, d.verdict, d.matched_at, d.decision_table, d.policy)
           is distinct from (v.document_id, m.verdict, m.matched_at, ${table.id}::text, ${clockPolicy}::text)
     order by m.vulnerability_id, m.bill_id, u.context_id limit ${limit}`.execute(db)
  return rows
}

/** A decision with what it is about. */
export interface Made {
  readonly about: Undecided
  readonly inputs: Inputs
  readonly decision: Decision
}

const asRow = ({ about, inputs, decision: { row, clock, insufficient, table: by, policy } }: Made) => ({
  bill_id: about.bill_id,
  vulnerability_id: about.vulnerability_id,
  context_id: about.context_id,
  decision_table: by,
  policy,
  table_row: row,
  outcome: clock.outcome,
  days: clock.days,
  inputs,
  insufficient,
  clock_start: clock.start,
  due_at: clock.due,
  document_id: about.document_id,
  verdict: about.verdict,
  matched_at: about.matched_at,
})

/** Stores decisions, in the place of those before them. */
export const putDecisions = ({ db, scope }: Scoped, made: readonly Made[], now: Date) =>
  sql`
    insert into risk_decision (tenant_id, bill_id, vulnerability_id, context_id, decision_table, policy, table_row, outcome,
      days, inputs, insufficient, clock_start, due_at, decided_at, document_id, verdict, matched_at)
    select ${scope.tenant}, r.bill_id, r.vulnerability_id, r.context_id, r.decision_table, r.policy, r.table_row, r.outcome,
           r.days, r.inputs, r.insufficient, r.clock_start, r.due_at, ${now}, r.document_id, r.verdict, r.matched_at
      from jsonb_to_recordset(${JSON.stringify(made.map(asRow))}::jsonb) as r(bill_id int, vulnerability_id text,
           context_id int, decision_table text, policy text, table_row int, outcome text, days int, inputs jsonb,
           insufficient text[], clock_start timestamptz, due_at timestamptz, document_id int, verdict text,
           matched_at timestamptz)
    on conflict (tenant_id, bill_id, vulnerability_id, context_id) do update set
      decision_table = excluded.decision_table, policy = excluded.policy, table_row = excluded.table_row,
      outcome = excluded.outcome, days = excluded.days, inputs = excluded.inputs, insufficient = excluded.insufficient,
      clock_start = excluded.clock_start, due_at = excluded.due_at, decided_at = excluded.decided_at,
      document_id = excluded.document_id, verdict = excluded.verdict, matched_at = excluded.matched_at`.execute(db)
