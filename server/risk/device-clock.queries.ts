import { type DecisionOutcome, decisionOutcomes } from '@suture/contract/risk.ts'
import { sql } from 'kysely'
import type { Scoped } from '#platform/database/store.ts'
import { dueOf } from './decisions/due.queries.ts'
import { counted } from './finding.queries.ts'

interface DeviceClock {
  readonly device: string
  readonly isJudged: boolean
  readonly findings: number
  readonly undecided: number
  readonly outcome: DecisionOutcome | null
  readonly dueAt: Date | null
}

/** What the findings of each of these devices come to, in the order of their ids. */
export async function viewDeviceClocks({ db }: Scoped, devices: readonly string[]): Promise<DeviceClock[]> {
  const { rows } = await sql<DeviceClock>`
    select i.uid as device, exists (select from intelligence_bill j where j.bill_id = i.bill_id) as "isJudged",
           count(m.vulnerability_id)::int as findings,
           (count(m.vulnerability_id) filter (where d.outcome is null))::int as undecided,
           (${decisionOutcomes}::text[])[max(array_position(${decisionOutcomes}::text[], d.outcome))] as outcome,
           min(${dueOf('i.created_at')}) as "dueAt"
      from inventory_device i
      left join intelligence_match m on m.bill_id = i.bill_id
      left join risk_decision d on d.bill_id = m.bill_id and d.vulnerability_id = m.vulnerability_id
                               and d.context_id = i.context_id
     where ${counted} and i.uid = any(${devices}::uuid[])
     group by i.uid, i.bill_id order by i.uid`.execute(db)
  return rows
}
