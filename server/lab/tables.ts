import type { JSONColumnType } from 'kysely'
import type { TenantId } from '#platform/id.ts'

declare module '#platform/database/schema.ts' {
  interface TenantTables {
    lab_rig: {
      tenant_id: TenantId
      id: string
      device_id: number
      name: string
      base_sha256: Buffer
      base_version: string
      created_at: Date
    }
    lab_run: {
      tenant_id: TenantId
      id: string
      release_id: string
      state: 'running' | 'passed' | 'failed'
      started_at: Date
      ended_at: Date | null
      verdict: Buffer | null
      verdict_digest: Buffer | null
    }
    lab_trial: {
      tenant_id: TenantId
      id: string
      run_id: string
      rig_id: string
      device_id: number
      cell: JSONColumnType<object>
      step: 'install' | 'boot' | 'health' | 'roll-back' | 'over'
      outcome: 'passed' | 'failed' | null
      failure: string | null
      sha256: Buffer
      version: string
      action_id: number
      step_since: Date
      ended_at: Date | null
    }
  }
}
