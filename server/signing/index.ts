export { readSignerKeys } from './keys.operations.ts'
export { requestSignature } from './operations.ts'
export { signerHome } from './signer-home.ts'
export { findDecision, findStatement } from './signing.queries.ts'
export { verifyStatement } from './statement.ts'

import type {} from './tables.ts'
