import type { Reply } from '@suture/contract/client.ts'
import type { getVulnerability } from '@suture/contract/intelligence.ts'
import type { listFixes } from '@suture/contract/risk.ts'

/** One vulnerability with everything that is known of it here. */
export type Known = Reply<typeof getVulnerability>
export type Fix = Reply<typeof listFixes>['items'][number]
