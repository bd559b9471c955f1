import { type SigningPurpose, type SigningRefusal, signingPurposes } from '@suture/contract/signing.ts'
import {
  payloadTypes,
  type ReleasePublish,
  type RolloutEvidence,
  type RolloutPlan,
  readReleasePublish,
  readRolloutEvidence,
  readRolloutPlan,
} from '@suture/trust/statements.ts'

// The signer takes its names from here: it is to load no more of the API than these lists.
export { type SigningPurpose, type SigningRefusal, signingPurposes }

/** The document that each purpose signs. */
export interface Documents {
  'rollout-plan': RolloutPlan
  'release-publish': ReleasePublish
  evidence: RolloutEvidence
}

/** How a purpose's document is signed: as which media type, and how it is read. */
export interface Purpose<D> {
  readonly payloadType: string
  readonly parse: (payload: Uint8Array) => D
}

/** A purpose has a key of its own, of the same name, which signs for no other. */
export const purposes: { readonly [P in SigningPurpose]: Purpose<Documents[P]> } = {
  'rollout-plan': { payloadType: payloadTypes.rolloutPlan, parse: readRolloutPlan },
  'release-publish': { payloadType: payloadTypes.releasePublish, parse: readReleasePublish },
  evidence: { payloadType: payloadTypes.rolloutEvidence, parse: readRolloutEvidence },
}
