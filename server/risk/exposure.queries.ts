import { type DecisionOutcome, decisionOutcomes } from '@suture/contract/risk.ts'
import { sql } from 'kysely'
import type { Scoped } from '#platform/database/store.ts'
import { counted, findings } from './finding.queries.ts'

interface Tier {
  readonly outcome: DecisionOutcome | null
  readonly findings: number
  readonly overdue: number
  readonly exposureDays: number
}

/**
 * The open findings by what the table calls for, the least patient first and those that wait to be decided last. Each
 * adds the whole days since its deadline, or since it was known where it has none; one that is undecided adds nothing,
 * because nobody knows its deadline.
 */
export async function exposureByTier({ db }: Scoped, now: Date): Promise<readonly Tier[]> {
  const { rows } = await sql<Tier>`
    select f.outcome, count(*)::int as findings, (count(*) filter (where f.due_at < ${now}))::int as overdue,
           coalesce(sum(floor(greatest(0, extract(epoch from
             (${now}::timestamptz - coalesce(f.due_at, f.started_at))) / 86400))) filter (where f.outcome is not null), 0)::float8
             as "exposureDays"
      from (${findings({})}) f group by f.outcome
     order by array_position(${[...decisionOutcomes].reverse()}::text[], f.outcome) nulls last`.execute(db)
  return rows
}

interface NextClock {
  readonly manufacturer: string
  readonly model: string
  readonly dueAt: Date
  readonly findings: number
  readonly devices: number
}

/** The deadlines that come next, of one model each. */
export async function nextClocks({ db }: Scoped, now: Date, limit: number): Promise<readonly NextClock[]> {
  const { rows } = await sql<NextClock>`
    select f.manufacturer, f.model, f.due_at as "dueAt", count(*)::int as findings, count(distinct f.uid)::int as devices
      from (${findings({})}) f where f.due_at >= ${now}
     group by 1, 2, 3 order by 3, 4 desc, 1, 2 limit ${limit}`.execute(db)
  return rows
}

interface Known {
  readonly devices: number
  readonly judged: number
  readonly silent: number
  readonly undecidable: number
  readonly unknown: number
  readonly heard: number
}

/** Of how many devices in service too little is known, and why. */
export async function knownOfDevices({ db }: Scoped, now: Date): Promise<Known> {
  const { rows } = await sql<Known>`
    select count(*)::int as devices, count(*) filter (where x.judged)::int as judged,
           count(*) filter (where x.silent)::int as silent, count(*) filter (where x.undecidable)::int as undecidable,
           count(*) filter (where x.silent or x.undecidable or not x.judged)::int as unknown,
           count(*) filter (where x.heard)::int as heard
      from (select exists (select from intelligence_bill b where b.bill_id = i.bill_id) as judged,
                   i.state = 'silent' as silent,
                   exists (select from intelligence_match m where m.bill_id = i.bill_id and m.verdict = 'unknown')
                     as undecidable,
                   exists (select from inventory_seen s where s.device_id = i.id
                            and s.at > ${now}::timestamptz - interval '24 hours') as heard
              from inventory_device i where ${counted}) x`.execute(db)
  return rows[0] ?? { devices: 0, judged: 0, silent: 0, undecidable: 0, unknown: 0, heard: 0 }
}

/** By which table and under which policy the open findings were decided. */
export const rulesInForce = async ({ db }: Scoped) =>
  (
    await db
      .selectFrom('risk_decision')
      .select(['decision_table as table', 'policy'])
      .select(({ fn }) => fn.countAll<number>().as('decisions'))
      .groupBy(['decision_table', 'policy'])
      .orderBy('decision_table')
      .orderBy('policy')
      .execute()
  ).map((row) => ({ ...row, decisions: Number(row.decisions) }))
