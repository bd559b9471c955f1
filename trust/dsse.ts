import { sign } from 'node:crypto'
import { answered } from './answers.ts'
import { type Envelope, type Expected, openEnvelope, preAuthEncoding } from './envelope.ts'
import type { SigningKey } from './keys.ts'

export { type Envelope, maxEnvelopeBytes, readEnvelope } from './envelope.ts'

/** Signs a payload as a type. */
export const signEnvelope = (payloadType: string, payload: Uint8Array, key: SigningKey): Envelope => ({
  payloadType,
  payload: Buffer.from(payload).toString('base64'),
  signatures: [
    { keyid: key.keyId, sig: sign(null, preAuthEncoding(payloadType, payload), key.key).toString('base64') },
  ],
})

/** The payload of an envelope that enough of the given keys signed, and which of them did. Throws `VerificationError`. */
export function verifyEnvelope(
  envelope: unknown,
  expected: Expected,
): { readonly payload: Buffer; readonly signedBy: readonly string[] } {
  const { payload, signedBy } = answered(openEnvelope(envelope, expected))
  return { payload: Buffer.from(payload.buffer), signedBy }
}
