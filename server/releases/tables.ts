import type { ReleaseState } from '@suture/contract/states.ts'
import type { TenantId } from '#platform/id.ts'

declare module '#platform/database/schema.ts' {
  interface TenantTables {
    releases_vendor_key: {
      tenant_id: TenantId
      id: string
      manufacturer: string
      name: string
      key_id: string
      public_key: string
      created_by: string
      created_at: Date
      revoked_at: Date | null
    }
    releases_artifact: {
      tenant_id: TenantId
      sha256: Buffer
      sha1: Buffer
      md5: Buffer
      length: number
      file_name: string
      uploaded_by: string
      uploaded_at: Date
    }
    releases_signature: {
      tenant_id: TenantId
      sha256: Buffer
      vendor_key_id: string
      signature: Buffer
      verified_at: Date
    }
    releases_release: {
      tenant_id: TenantId
      id: string
      name: string
      version: string
      state: ReleaseState
      created_by: string
      created_at: Date
      statement_digest: Buffer | null
      published_at: Date | null
      verdict: Buffer | null
      verdict_digest: Buffer | null
    }
    releases_target: {
      tenant_id: TenantId
      release_id: string
      model_id: number
      hardware_revision: string
      sha256: Buffer
    }
  }
}
