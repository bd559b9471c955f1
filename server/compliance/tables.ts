import type { JSONColumnType } from 'kysely'
import type { TenantId } from '#platform/id.ts'

declare module '#platform/database/schema.ts' {
  interface TenantTables {
    compliance_evidence: {
      tenant_id: TenantId
      id: string
      rollout_id: string
      digest: Buffer
      parts: JSONColumnType<object>
      created_by: string
      created_at: Date
    }
  }
}
