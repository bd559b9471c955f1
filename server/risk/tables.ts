import type { DecisionOutcome } from '@suture/contract/risk.ts'
import type { JSONColumnType } from 'kysely'
import type { TenantId } from '#platform/id.ts'
import type { Inputs } from './decisions/decide.ts'

declare module '#platform/database/schema.ts' {
  interface TenantTables {
    risk_decision: {
      tenant_id: TenantId
      bill_id: number
      vulnerability_id: string
      context_id: number
      decision_table: string
      policy: string
      table_row: number
      outcome: DecisionOutcome
      days: number | null
      inputs: JSONColumnType<Inputs>
      insufficient: string[]
      clock_start: Date
      due_at: Date | null
      decided_at: Date
      document_id: number
      verdict: 'affected' | 'unknown'
      matched_at: Date
    }
  }
}
