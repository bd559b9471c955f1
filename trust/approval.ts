import { sign } from 'node:crypto'
import { answered } from './answers.ts'
import { type Approval, approvalMessage, isConsent } from './consent.ts'
import type { PublicKey, SigningKey } from './keys.ts'

export type { Approval } from './consent.ts'

/** Approves the bytes with this digest. */
export const approve = (digest: string, key: SigningKey): Approval => ({
  keyId: key.keyId,
  signature: sign(null, approvalMessage(digest), key.key).toString('base64'),
})

/** Whether an approval is by this key and for this digest. */
export const isApprovedBy = (approval: Approval, digest: string, key: PublicKey): boolean =>
  answered(isConsent(approval, digest, key))
