export { deploymentCourier } from './courier.operations.ts'
export type { DeploymentParts } from './parts.ts'
export { rolloutResults } from './results.operations.ts'
export { tickDeployment } from './tick.operations.ts'
export { rereadDevices } from './verification/read.operations.ts'
export { verifyReported } from './verification/verify.operations.ts'

import type {} from './events.ts'
import type {} from './tables.ts'
