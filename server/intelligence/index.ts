import type {} from './tables.ts'

export { judgeVersion, type VersionRange } from './affected.ts'
export { KnowledgeDocument } from './knowledge.ts'
export { keysOf, productKey } from './product.ts'
export { isUnreadable, versionKey } from './versions/generic.ts'
