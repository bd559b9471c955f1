import {
  type SigningKeyName,
  type SigningPurpose,
  type SigningRefusal,
  signingKeyNames,
} from '@suture/contract/signing.ts'
import {
  payloadTypes,
  type ReleasePublish,
  type RolloutPlan,
  readReleasePublish,
  readRolloutPlan,
} from '@suture/trust/statements.ts'

// The signer takes its names from here: it is to load no more of the API than these lists.
export { type SigningKeyName, type SigningPurpose, type SigningRefusal, signingKeyNames }

/** The document that each purpose signs. */
export interface Documents {
  'rollout-plan': RolloutPlan
  'release-publish': ReleasePublish
}

/** How a purpose's document is signed: as which media type, with which of the signer's keys, and how it is read. */
export interface Purpose<D> {
  readonly payloadType: string
  readonly keyName: SigningKeyName
  readonly parse: (payload: Uint8Array) => D
}

/** A key signs for the one purpose that names it, and for no other. */
export const purposes: { readonly [P in SigningPurpose]: Purpose<Documents[P]> } = {
  'rollout-plan': { payloadType: payloadTypes.rolloutPlan, keyName: 'rollout-plan', parse: readRolloutPlan },
  'release-publish': {
    payloadType: payloadTypes.releasePublish,
    keyName: 'release-publish',
    parse: readReleasePublish,
  },
}
