import type { ColumnType, Generated } from 'kysely'
import type { TenantId } from '#platform/id.ts'

declare module '#platform/database/schema.ts' {
  interface DirectoryTables {
    platform_tenant: { id: Generated<TenantId>; uid: string; name: string; created_at: Date }
    platform_login: { login: string; tenant_id: TenantId; user_id: string }
    platform_credential: {
      hash: Buffer
      tenant_id: TenantId
      kind: 'session' | 'token' | 'setup' | 'invitation'
      subject: string
      expires_at: Date | null
    }
  }

  interface TenantTables {
    platform_user: {
      tenant_id: TenantId
      id: string
      login: string
      name: string
      password: string | null
      roles: string[]
      site_ids: number[] | null
      created_at: Date
      disabled_at: Date | null
    }
    platform_session: {
      tenant_id: TenantId
      id: string
      user_id: string
      agent: string
      created_at: Date
      used_at: Date
      expires_at: Date
    }
    platform_token: {
      tenant_id: TenantId
      id: string
      name: string
      permissions: string[]
      site_ids: number[] | null
      created_by: string
      created_at: ColumnType<Date, Date, never>
      expires_at: Date
      revoked_at: Date | null
    }
  }
}
