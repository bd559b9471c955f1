import type {} from './events.ts'
import type {} from './tables.ts'

export { authenticator, rightsOf } from './authenticate.operations.ts'
export { listTenants } from './credential.queries.ts'
export { awaitsSetup, issueSetupCode } from './setup.operations.ts'
