import { type DecisionOutcome, decisionOutcomes } from '@suture/contract/risk.ts'
import { sql } from 'kysely'
import type { DeviceFieldsSql } from '#inventory/index.ts'
import { counts, fitsOne, isOneOf } from '#platform/database/conditions.ts'
import { dueOf } from './decisions/due.queries.ts'
import { countedAs } from './finding.queries.ts'

const isCounted = countedAs('d')

/** The decisions of bills in contexts, of matches that there still are. */
const decided = sql`intelligence_match m join risk_decision r
  on r.bill_id = m.bill_id and r.vulnerability_id = m.vulnerability_id`

/**
 * Whether a finding is due before then. Devices of one bill and context share their decisions, and few of those differ in
 * what a deadline follows from, so that those are looked at once.
 */
const isDueBefore = (then: Date | undefined) => sql<boolean>`
  (${isCounted} and exists (
    select from (select distinct r.bill_id, r.context_id, r.clock_start, r.days, r.due_at from ${decided}
                  where r.days is not null) r
     where r.bill_id = d.bill_id and r.context_id = d.context_id
       and ${then ? sql`${dueOf('d.created_at', 'r')} < ${then}` : sql`true`}))`

/** The outcome that leaves the least time, of all that were decided together. */
const mostUrgent = sql<DecisionOutcome>`
  (${decisionOutcomes}::text[])[max(array_position(${decisionOutcomes}::text[], r.outcome))]`

/** What the findings of a device mean in a query. */
export const riskFields = {
  cve: {
    is: ({ patterns }) => {
      const isPlain = patterns.every(({ length }) => length === 1)
      // Ids are stored in capitals, and an equality finds them by an index.
      const id = sql.ref('m.vulnerability_id')
      const named = isPlain
        ? isOneOf(
            id,
            patterns.map(([only]) => only.toUpperCase()),
          )
        : fitsOne(id, patterns)
      return sql<boolean>`(${isCounted} and d.bill_id in (select m.bill_id from intelligence_match m where ${named}))`
    },
    values: {
      by: sql`case when ${isCounted} then d.bill_id end`,
      from: sql`select bill_id as k, vulnerability_id as value from intelligence_match`,
    },
  },
  kev: {
    is: ({ value }) => sql<boolean>`
      (${isCounted} and d.bill_id in (
        select m.bill_id from intelligence_match m join intelligence_vulnerability v on v.id = m.vulnerability_id
         where v.listed_at is not null)) = ${value}`,
  },
  findings: {
    is: (test) => {
      const has = sql`d.bill_id in (select bill_id from intelligence_match group by bill_id having ${counts(sql`count(*)`, test)})`
      const none = sql`(not ${isCounted} or d.bill_id not in (select bill_id from intelligence_match))`
      return sql<boolean>`((${isCounted} and ${has}) or (${none} and ${counts(sql`0::bigint`, test)}))`
    },
  },
  due: {
    is: ({ from, to }) => (from ? sql<boolean>`(${isDueBefore(to)} and not ${isDueBefore(from)})` : isDueBefore(to)),
  },
  outcome: {
    // As a join the planner takes the groups for a handful, and looks up the devices of each bill once for every context;
    // as a value they are hashed, and each device is looked at once.
    is: ({ values }) => sql<boolean>`
      (${isCounted} and coalesce((d.bill_id, d.context_id) in (
        select r.bill_id, r.context_id from ${decided} group by 1, 2 having ${isOneOf(mostUrgent, values)}), false))`,
  },
} as const satisfies Pick<DeviceFieldsSql, 'cve' | 'kev' | 'findings' | 'due' | 'outcome'>
