/** Runs in the sandbox alone: verifies a vendor’s signature over an artifact. */
import { verify } from 'node:crypto'
import { readBase64 } from '@suture/trust/base64.ts'
import { sha256 } from '@suture/trust/digest.ts'
import { type PublicKey, readPublicKey } from '@suture/trust/keys.ts'
import { VerificationError } from '@suture/trust/verification-error.ts'
import type { Claim, Verification } from './signature.ts'

/** The bytes of an Ed25519 signature (RFC 8032 section 5.1.6). */
const signatureBytes = 64

/** Looks for the key under which the signature holds over exactly these bytes. */
export function read(artifact: Buffer, { signature, publicKeys }: Claim): Verification {
  const raw = readBase64(signature)
  if (raw?.length !== signatureBytes) return { verified: false, reason: 'signature-malformed' }
  const keys = publicKeys.map(keyOf)
  if (!keys.every((key) => key !== undefined)) return { verified: false, reason: 'key-malformed' }
  const signer = keys.find(({ key }) => verify(null, artifact, key, raw))
  if (!signer) return { verified: false, reason: 'signature-wrong' }
  return { verified: true, profile: 'ed25519-over-bytes', keyId: signer.keyId, sha256: sha256(artifact) }
}

function keyOf(pem: string): PublicKey | undefined {
  try {
    return readPublicKey(pem)
  } catch (error) {
    if (error instanceof VerificationError) return undefined
    throw error
  }
}
