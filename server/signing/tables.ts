import type { SigningPurpose } from '@suture/contract/signing.ts'
import type { Generated, GeneratedAlways } from 'kysely'
import type { TenantId } from '#platform/id.ts'
import type { RequestState } from './request.ts'

declare module '#platform/database/schema.ts' {
  interface TenantTables {
    signing_request: {
      tenant_id: TenantId
      id: string
      purpose: SigningPurpose
      payload: Buffer
      digest: GeneratedAlways<Buffer>
      proofs: unknown
      state: Generated<RequestState['kind']>
      refusal_code: string | null
      refusal_detail: string | null
      requested_at: Date
      requested_by: string
      decided_at: Date | null
    }
    signing_statement: {
      tenant_id: TenantId
      purpose: SigningPurpose
      digest: Buffer
      envelope: Buffer
      signed_at: Date
    }
  }
}
