import { authRefusals } from './refusals/auth.ts'
import { blobRefusals } from './refusals/blob.ts'
import { complianceRefusals } from './refusals/compliance.ts'
import { deploymentRefusals } from './refusals/deployment.ts'
import { httpRefusals } from './refusals/http.ts'
import { inputRefusals } from './refusals/input.ts'
import { integrationsRefusals } from './refusals/integrations.ts'
import { intelligenceRefusals } from './refusals/intelligence.ts'
import { inventoryRefusals } from './refusals/inventory.ts'
import { labRefusals } from './refusals/lab.ts'
import { releasesRefusals } from './refusals/releases.ts'
import { riskRefusals } from './refusals/risk.ts'
import { signingRefusals } from './refusals/signing.ts'

/**
 * Everything Suture can refuse, with the status, the reason and the way out; a file for each part that refuses.
 * Grows only there; a code is never renamed, because scripts depend on it.
 */
export const refusals = {
  ...httpRefusals,
  ...authRefusals,
  ...signingRefusals,
  ...inputRefusals,
  ...blobRefusals,
  ...intelligenceRefusals,
  ...riskRefusals,
  ...inventoryRefusals,
  ...deploymentRefusals,
  ...complianceRefusals,
  ...releasesRefusals,
  ...labRefusals,
  ...integrationsRefusals,
} as const

export type RefusalCode = keyof typeof refusals
