export { labCourier } from './courier.operations.ts'
export { uncoveredBy } from './coverage.ts'
export type { Observers } from './look.operations.ts'
export { tickLab } from './tick.operations.ts'

import type {} from './events.ts'
import type {} from './tables.ts'
