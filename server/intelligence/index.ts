import type {} from './events.ts'
import type {} from './tables.ts'

export { judgeVersion, type VersionRange } from './affected.ts'
export { importKnowledge } from './feeds/import.operations.ts'
export { KnowledgeDocument } from './knowledge.ts'
export { matchBills } from './matching/match.operations.ts'
export { keysOf, productKey } from './product.ts'
export { isUnreadable, versionKey } from './versions/generic.ts'
