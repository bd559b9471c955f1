export { authenticator } from './authenticate.operations.ts'
export { listTenants, tenantOf } from './credential.queries.ts'
export { awaitsSetup, issueSetupCode } from './setup.operations.ts'
