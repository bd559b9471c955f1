import type { GeneratedAlways, JSONColumnType } from 'kysely'
import type { TenantId } from '#platform/id.ts'

declare module '#platform/database/schema.ts' {
  interface DirectoryTables {
    intelligence_document: {
      digest: Buffer
      name: string
      source: JSONColumnType<object>
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
    }
    intelligence_alias: {
      key: string
      product_id: number
    }
    intelligence_vulnerability: {
      id: string
      published_at: Date
      modified_at: Date
      known_at: Date
      listed_at: string | null
      listing_known_at: Date | null
      automatable: 'yes' | 'no' | null
      technical_impact: 'partial' | 'total' | null
      base_score: string | null
      facts: JSONColumnType<object>
    }
    intelligence_affected: {
      vulnerability_id: string
      product_id: number
      ranges: JSONColumnType<object>
    }
  }
  interface TenantTables {
    intelligence_component: {
      tenant_id: TenantId
      component_id: number
      product_id: number
      version_key: Buffer | null
    }
    intelligence_match: {
      tenant_id: TenantId
      bill_id: number
      vulnerability_id: string
      component_id: number
      verdict: 'affected' | 'unknown'
      explanation: JSONColumnType<object>
      matched_at: Date
    }
  }
}
