import type {} from './events.ts'
import type {} from './tables.ts'

export { riskFields } from './device-fields.queries.ts'
export { exposureByTier, knownOfDevices, nextClocks, rulesInForce } from './exposure.queries.ts'
export { viewFindingGroups } from './finding.queries.ts'
