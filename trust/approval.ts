import { sign, verify } from 'node:crypto'
import { readBase64 } from './base64.ts'
import { isSha256 } from './digest.ts'
import type { PublicKey, SigningKey } from './keys.ts'
import { VerificationError } from './verification-error.ts'

/** One person's consent to exactly the bytes with one digest. */
export interface Approval {
  readonly keyId: string
  /** Ed25519 over `suture-approval:v1:<digest>`, in base64 (RFC 8032). */
  readonly signature: string
}

/** What an approver signs: a text of its own form, so that no other signature of the same key can pass for consent. */
function approvalMessage(digest: string): Buffer {
  if (!isSha256(digest))
    throw new VerificationError('document/malformed', 'An approval names a SHA-256 in lower-case hex.')
  return Buffer.from(`suture-approval:v1:${digest}`, 'ascii')
}

/** Approves the bytes with this digest. */
export const approve = (digest: string, key: SigningKey): Approval => ({
  keyId: key.keyId,
  signature: sign(null, approvalMessage(digest), key.key).toString('base64'),
})

/** Whether an approval is by this key and for this digest. */
export function isApprovedBy(approval: Approval, digest: string, { keyId, key }: PublicKey): boolean {
  const signature = approval.keyId === keyId ? readBase64(approval.signature) : undefined
  return signature?.length === 64 && verify(null, approvalMessage(digest), key, signature)
}
