import type { SigningPurpose } from '@suture/contract/signing.ts'
import { sha256 } from '@suture/trust/digest.ts'
import { readEnvelope, verifyEnvelope } from '@suture/trust/dsse.ts'
import type { SignerKeys } from '@suture/trust/signer-keys.ts'
import { VerificationError } from '@suture/trust/verification-error.ts'
import { type Documents, purposes } from './purposes.ts'

/** A document that the signer signed. */
export interface Statement<P extends SigningPurpose> {
  readonly document: Documents[P]
  /** SHA-256 of the document's bytes, in hex. */
  readonly digest: string
}

/**
 * The document that the signer signed for a purpose and a tenant. Whoever acts on a statement calls this first: what
 * the database says about a statement counts for nothing. Throws `VerificationError`.
 * @param tenant the tenant's UUID, from whoever acts
 */
export function verifyStatement<P extends SigningPurpose>(
  keys: SignerKeys,
  purpose: P,
  tenant: string,
  envelope: Uint8Array,
): Statement<P> {
  const { payloadType, parse } = purposes[purpose]
  const { payload } = verifyEnvelope(readEnvelope(envelope), { payloadType, keys: [keys[purpose]] })
  const document = parse(payload)
  if (document.tenant !== tenant)
    throw new VerificationError('document/inconsistent', 'The statement belongs to another tenant.')
  return { document, digest: sha256(payload) }
}
