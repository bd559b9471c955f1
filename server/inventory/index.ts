import type {} from './events.ts'
import type {} from './tables.ts'

export { firmwareBill } from './bill.operations.ts'
export { inventoryFields } from './device-fields.queries.ts'
export { deviceCondition } from './device-query.operations.ts'
export type { DeviceFieldsSql } from './device-query.queries.ts'
export { gatewayOf } from './gateway.queries.ts'
export {
  identifyDevices,
  type KnownDevice,
  nextActionIds,
  noteSeen,
  readingTargets,
} from './known.queries.ts'
export { adoptReadings, type Reading, recordClaims } from './reading.operations.ts'
export { registerDevice } from './registration.operations.ts'
export { cycloneDx } from './sbom/sbom.operations.ts'
