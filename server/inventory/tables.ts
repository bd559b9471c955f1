import type { DeviceActionKind, DeviceActionState } from '@suture/contract/device-actions.ts'
import type { Assurance, BillImportState, DeviceState } from '@suture/contract/states.ts'
import type { Generated, GeneratedAlways, JSONColumnType } from 'kysely'
import type { TenantId } from '#platform/id.ts'
import type { Tally } from './device-action.ts'
import type { Told } from './fact.ts'

declare module '#platform/database/schema.ts' {
  interface TenantTables {
    inventory_site: {
      tenant_id: TenantId
      id: GeneratedAlways<number>
      name: string
      probe_networks: Generated<string[]>
      created_at: Date
    }
    inventory_model: {
      tenant_id: TenantId
      id: GeneratedAlways<number>
      manufacturer: string
      name: string
      type: string
    }
    inventory_component: {
      tenant_id: TenantId
      id: GeneratedAlways<number>
      digest: Buffer
      supplier: string
      name: string
      version: string
      purl: string | null
      cpe: string | null
    }
    inventory_bill: {
      tenant_id: TenantId
      id: GeneratedAlways<number>
      digest: Buffer
      created_at: Date
    }
    inventory_bill_component: {
      tenant_id: TenantId
      bill_id: number
      component_id: number
    }
    inventory_firmware: {
      tenant_id: TenantId
      model_id: number
      version: string
      bill_id: number
    }
    inventory_bill_import: {
      tenant_id: TenantId
      id: string
      model_id: number
      firmware: string
      document: Buffer
      bytes: number
      state: BillImportState
      components: number | null
      stored: number
      bill_id: number | null
      devices: number | null
      refusal_code: string | null
      refusal_detail: string | null
      actor_kind: 'user' | 'token' | 'system'
      actor_id: string
      actor_name: string
      started_at: Date
      ended_at: Date | null
      tries: Generated<number>
      again_at: Date | null
      overtaken: Generated<boolean>
    }
    inventory_context: {
      tenant_id: TenantId
      id: GeneratedAlways<number>
      exposure: 'exposed' | 'internal' | 'isolated' | 'unknown'
      criticality: 'low' | 'medium' | 'high' | 'critical' | 'unknown'
      safety_role: 'none' | 'safety-related' | 'safety-critical' | 'unknown'
      data_sensitivity: 'none' | 'internal' | 'personal' | 'secret' | 'unknown'
    }
    inventory_device: {
      tenant_id: TenantId
      id: GeneratedAlways<number>
      uid: string
      name: string
      serial: string
      model_id: number
      hardware_revision: string
      bootloader: string | null
      firmware: string
      site_id: number | null
      area: string | null
      zone: string | null
      bill_id: number
      bill_assurance: Assurance
      context_id: number
      state: DeviceState
      is_rig: Generated<boolean>
      created_at: Date
    }
    inventory_quarantine: {
      tenant_id: TenantId
      device_id: number
      at: Date
    }
    inventory_device_key: {
      tenant_id: TenantId
      kind: 'serial' | 'controller-id'
      value: string
      device_id: number
    }
    inventory_device_secret: {
      tenant_id: TenantId
      device_id: number
      hash: Buffer
      created_at: Date
    }
    inventory_device_view: {
      tenant_id: TenantId
      name: string
      query: string
      created_by: string
      created_at: Date
    }
    inventory_device_action: {
      tenant_id: TenantId
      id: string
      kind: DeviceActionKind
      site_id: number | null
      query: string | null
      state: DeviceActionState
      site_ids: number[] | null
      actor_kind: 'user' | 'token' | 'system'
      actor_id: string
      actor_name: string
      drafted_at: Date
      begins_at: Date | null
      ended_at: Date | null
      tally: JSONColumnType<Tally> | null
    }
    inventory_action_device: {
      tenant_id: TenantId
      device_id: number
      action_id: string
      site_id: number | null
      outcome: string | null
    }
    inventory_gateway: {
      tenant_id: TenantId
      id: string
      name: string
      hash: Buffer
      created_at: Date
      revoked_at: Date | null
    }
    inventory_fact: {
      tenant_id: TenantId
      device_id: number
      source: string
      told: JSONColumnType<Told>
    }
    inventory_endpoint: {
      tenant_id: TenantId
      device_id: number
      protocol: 'http' | 'coap'
      host: string
      port: number
      path: string
      confirmed_by: string
      confirmed_at: Date
    }
    inventory_device_bill: {
      tenant_id: TenantId
      device_id: number
      from_at: Date
      to_at: Date | null
      bill_id: number
      assurance: Assurance
      evidence: JSONColumnType<object>
    }
    inventory_seen: {
      tenant_id: TenantId
      device_id: number
      at: Date
    }
  }
}
