export { demandVendors } from './artifact.operations.ts'
export { artifactFile } from './artifact.queries.ts'
export { noteLabVerdict, releaseUnderTest } from './release.operations.ts'
export { verifyArtifact } from './signature/signature.operations.ts'
export { targetOf } from './target.ts'
export { newestVerdict, publishedRelease } from './view.operations.ts'

import type {} from './events.ts'
import type {} from './tables.ts'
