import type { ProfileName } from '@suture/contract/profiles.ts'
import type { Preset } from '@suture/contract/rollout-presets.ts'
import type { Assurance, JobState, RolloutState, WaveState } from '@suture/contract/states.ts'
import type { Generated, GeneratedAlways, JSONColumnType } from 'kysely'
import type { TenantId } from '#platform/id.ts'
import type { Why } from './why.ts'

declare module '#platform/database/schema.ts' {
  interface TenantTables {
    deployment_rollout: {
      tenant_id: TenantId
      id: string
      name: string
      release_id: string
      state: RolloutState
      plan: Buffer
      plan_digest: GeneratedAlways<Buffer>
      audience: Buffer
      salt: Buffer
      open_wave: Generated<number>
      deaf_ms: Generated<number>
      created_by: string
      created_at: Date
      started_at: Date | null
      paused_at: Date | null
      ended_at: Date | null
      why: JSONColumnType<Why> | null
    }
    deployment_approval: {
      tenant_id: TenantId
      rollout_id: string
      person: string
      person_name: string
      key_id: string
      public_key: string
      signature: string
      plan_digest: Buffer
      approved_at: Date
    }
    deployment_wave: {
      tenant_id: TenantId
      rollout_id: string
      no: number
      state: WaveState
      opened_at: Date | null
      observing_since: Date | null
      deaf_ms: Generated<number>
      ended_at: Date | null
      why: JSONColumnType<Why> | null
    }
    deployment_stratum: {
      tenant_id: TenantId
      rollout_id: string
      wave_no: number
      model_id: number
      hardware_revision: string
      reach: number
      devices: number
      offered: Generated<number>
      verified: Generated<number>
      failed: Generated<number>
      silent: Generated<number>
      other: Generated<number>
      retries_asked: Generated<number>
      retries_offered: Generated<number>
      retries_ended: Generated<number>
      retries_verified: Generated<number>
    }
    deployment_quarantine: {
      tenant_id: TenantId
      rollout_id: string
      model_id: number
      hardware_revision: string
      wave_no: number
      why: JSONColumnType<Why>
      at: Date
    }
    deployment_hold: {
      tenant_id: TenantId
      rollout_id: string
      model_id: number
      hardware_revision: string
      person_name: string
      reason: string
      at: Date
    }
    deployment_job: {
      tenant_id: TenantId
      device_id: number
      id: string
      rollout_id: string
      wave_no: number
      model_id: number
      hardware_revision: string
      action_id: number
      sha256: Buffer
      version_before: string
      version_wanted: string
      state: JobState
      claim: 'success' | 'failure' | null
      class: string | null
      assurance: Assurance | null
      version_after: string | null
      observed_at: Date | null
      offered_at: Date
      last_word_at: Date
      deaf_ms: number
      read_after: Date | null
      ended_at: Date | null
      attempt: Generated<number>
      again_at: Date | null
    }
    deployment_device_slot: {
      tenant_id: TenantId
      device_id: number
      job_id: string | null
      generation: number
    }
    deployment_feedback: {
      tenant_id: TenantId
      device_id: number
      job_id: string
      id: GeneratedAlways<number>
      at: Date
      execution: string
      finished: string
      code: number | null
      details: string[]
    }
    deployment_reading: {
      tenant_id: TenantId
      device_id: number
      id: string
      job_id: string | null
      at: Date
      protocol: 'http' | 'coap'
      address: string
      outcome: 'as-wanted' | 'as-before' | 'other' | 'contradicts' | 'no-answer'
      identity: JSONColumnType<object>
    }
    deployment_plan_defaults: {
      tenant_id: TenantId
      profile: ProfileName | null
      preset: Preset
      silence_seconds: number
      hours: number
      set_by: string
      set_at: Date
    }
    deployment_heartbeat: {
      tenant_id: TenantId
      at: Date
      since: Date
    }
  }
}
