import type { DeliveryState, WebhookPause, WebhookState } from '@suture/contract/states.ts'
import type { Generated } from 'kysely'
import type { TenantId } from '#platform/id.ts'

declare module '#platform/database/schema.ts' {
  interface TenantTables {
    integrations_webhook: {
      tenant_id: TenantId
      id: string
      name: string
      url: string
      kinds: string[]
      state: WebhookState
      paused_by: WebhookPause | null
      secret: Buffer
      previous_secret: Buffer | null
      overlap_until: Date | null
      maker: string
      created_at: Date
      epoch: number
      xid: string
      event_id: number
      failing_since: Date | null
      delivered_at: Date | null
    }
    integrations_digest: {
      tenant_id: TenantId
      user_id: string
      hour: number
      urgent: boolean
      told_at: Date
      epoch: number
      xid: string
      urgent_epoch: number
      urgent_xid: string
      held_until: Date | null
    }
    integrations_delivery: {
      tenant_id: TenantId
      id: string
      webhook_id: string
      epoch: number | null
      xid: string | null
      event_id: number | null
      kind: string
      subject: string
      at: Date
      state: DeliveryState
      tries: Generated<number>
      due_at: Date
      held_until: Date | null
      answered_at: Date | null
      answer_status: number | null
      answer: string | null
      created_at: Date
      ended_at: Date | null
    }
  }
}
