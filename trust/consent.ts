import { readBase64 } from './base64.ts'
import { isSha256, utf8 } from './bytes.ts'
import { type Asking, askSignature, type VerifyingKey } from './question.ts'
import { VerificationError } from './verification-error.ts'

/** One person's consent to exactly the bytes with one digest. */
export interface Approval {
  readonly keyId: string
  /** Ed25519 over `suture-approval:v1:<digest>`, in base64 (RFC 8032). */
  readonly signature: string
}

/** What an approver signs: a text of its own form, so that no other signature of the same key can pass for consent. */
export function approvalMessage(digest: string): Uint8Array<ArrayBuffer> {
  if (!isSha256(digest))
    throw new VerificationError('document/malformed', 'An approval names a SHA-256 in lower-case hex.')
  return utf8(`suture-approval:v1:${digest}`)
}

/** Whether an approval is by this key and for this digest. */
export function* isConsent(approval: Approval, digest: string, key: VerifyingKey): Asking<boolean> {
  const signature = approval.keyId === key.keyId ? readBase64(approval.signature) : undefined
  return signature?.length === 64 && (yield* askSignature(key, approvalMessage(digest), signature))
}
