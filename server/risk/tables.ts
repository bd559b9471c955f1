import type { JSONColumnType } from 'kysely'
import type { TenantId } from '#platform/id.ts'

declare module '#platform/database/schema.ts' {
  interface TenantTables {
    risk_decision: {
      tenant_id: TenantId
      bill_id: number
      vulnerability_id: string
      context_id: number
      decision_table: string
      policy: string
      table_row: number | null
      outcome: string
      inputs: JSONColumnType<object>
      insufficient: string[]
      clock_start: Date
      due_at: Date | null
      decided_at: Date
    }
  }
}
