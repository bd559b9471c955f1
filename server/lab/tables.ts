import type { LabRunState, TrialFailure, TrialStep } from '@suture/contract/states.ts'
import type { Generated, JSONColumnType } from 'kysely'
import type { TenantId } from '#platform/id.ts'
import type { Cell } from './cell.ts'
import type { Found, Word } from './trial.ts'

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
      state: LabRunState
      started_at: Date
      started_by: string
      step_seconds: number
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
      cell: JSONColumnType<Cell>
      sha256: Buffer
      version: string
      base_sha256: Buffer
      base_version: string
      action_id: number
      roll_back_action_id: number
      step: TrialStep
      said: Word | null
      good: Generated<number>
      asked: Generated<boolean>
      failure: TrialFailure | null
      outcome: 'passed' | 'failed' | null
      detail: string | null
      step_since: Date
      read_at: Date | null
      found: Found | null
      ended_at: Date | null
    }
  }
}
