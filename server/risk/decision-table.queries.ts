import { sql } from 'kysely'
import type { Scoped } from '#platform/database/store.ts'
import { decidedBy, rows as published, table } from './decisions/table.ts'
import { counted } from './finding.queries.ts'

/** The findings that stand on one row of the table; those that wait to be decided stand on none. */
interface Standing {
  readonly row: number | null
  readonly findings: number
  readonly device: string
  readonly vulnerability: string
}

/** How many findings stand on each row. Devices of one bill and context are counted together before anything is joined. */
async function standings({ db }: Scoped): Promise<ReadonlyMap<number | null, Standing>> {
  const { rows } = await sql<Standing>`
    with alike as (
      select i.bill_id, i.context_id, count(*)::int as n, min(i.uid::text)::uuid as uid
        from inventory_device i where ${counted} group by 1, 2)
    select d.table_row as row, sum(c.n)::int as findings,
           (array_agg(c.uid order by c.n desc, m.vulnerability_id, c.uid))[1] as device,
           (array_agg(m.vulnerability_id order by c.n desc, m.vulnerability_id, c.uid))[1] as vulnerability
      from alike c join intelligence_match m on m.bill_id = c.bill_id
      left join risk_decision d on d.bill_id = m.bill_id and d.vulnerability_id = m.vulnerability_id
                               and d.context_id = c.context_id
     group by 1`.execute(db)
  return new Map(rows.map((each) => [each.row, each]))
}

/** The decision table with what stands on its rows. */
export async function viewDecisionTable(scoped: Scoped) {
  const standing = await standings(scoped)
  const { name, url, pinned } = table.source
  return {
    table: table.id,
    source: { name, url, pinned },
    rows: published.map((values) => {
      const { row, outcome } = decidedBy(values)
      const found = standing.get(row)
      return {
        ...values,
        row,
        outcome: outcome.key,
        days: outcome.days,
        findings: found?.findings ?? 0,
        example: found ? { device: found.device, vulnerability: found.vulnerability } : null,
      }
    }),
    undecided: standing.get(null)?.findings ?? 0,
  }
}
