import type { Scoped } from '#platform/database/store.ts'

/**
 * Every kind of event with its detail. Each slice adds its own by module augmentation; names are past tense.
 * An event is a fact: it is stored in the transaction that made it true, or not at all.
 */
// biome-ignore lint/suspicious/noEmptyInterface: filled by the slices
export interface Events {}

export type EventKind = keyof Events & string

declare module '#platform/database/schema.ts' {
  interface DirectoryTables {
    platform_epoch: { epoch: number; restored_at: Date | null; settle_seconds: number | null; settled_at: Date | null }
  }
  interface TenantTables {
    platform_event: {
      tenant_id: Scoped['scope']['tenant']
      epoch: number
      xid: Generated<string>
      id: Generated<number>
      at: Date
      kind: string
      actor_kind: 'user' | 'token' | 'system'
      actor_id: string
      actor_name: string
      subject: string
      detail: JSONColumnType<Record<string, unknown>>
    }
  }
}

import type { Generated, JSONColumnType } from 'kysely'
