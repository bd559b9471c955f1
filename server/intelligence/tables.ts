import type { GeneratedAlways, JSONColumnType } from 'kysely'
import type { TenantId } from '#platform/id.ts'
import type { Facts } from './feeds/record.ts'
import type { Explanation, Said } from './matching/judge.ts'

declare module '#platform/database/schema.ts' {
  interface DirectoryTables {
    intelligence_document: {
      id: GeneratedAlways<number>
      digest: Buffer
      name: string
      source: JSONColumnType<{ readonly name: string; readonly url: string; readonly licence: string }>
      retrieved_at: Date
      imported_at: Date
      vulnerabilities: number
      products: number
    }
    intelligence_product: {
      id: GeneratedAlways<number>
      key: string
      vendor: string
      name: string
      scheme: 'generic'
      changed_in: number
    }
    intelligence_alias: {
      key: string
      product_id: number
    }
    intelligence_vulnerability: {
      id: string
      document_id: number
      published_at: Date
      modified_at: Date
      known_at: Date
      listed_at: string | null
      listing_known_at: Date | null
      automatable: 'yes' | 'no' | null
      automatable_known_at: Date | null
      technical_impact: 'partial' | 'total' | null
      technical_impact_known_at: Date | null
      base_score: string | null
      facts: JSONColumnType<Facts>
    }
    intelligence_affected: {
      vulnerability_id: string
      product_id: number
      said: JSONColumnType<Said>
    }
  }
  interface TenantTables {
    intelligence_component: {
      tenant_id: TenantId
      component_id: number
      name_key: string
      cpe_key: string | null
      version_key: Buffer | null
      product_id: number | null
      identity: 'name' | 'alias' | 'cpe' | null
    }
    intelligence_bill: {
      tenant_id: TenantId
      bill_id: number
      document_id: number
    }
    intelligence_match: {
      tenant_id: TenantId
      bill_id: number
      vulnerability_id: string
      component_id: number
      verdict: 'affected' | 'unknown'
      explanation: JSONColumnType<Explanation>
      matched_at: Date
    }
  }
}
