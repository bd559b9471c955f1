import { z } from 'zod'

/** The only profile there is: Ed25519 (RFC 8032) over the bytes of the artifact themselves, detached. */
const signatureProfile = 'ed25519-over-bytes'

/** As many bytes as an artifact with such a signature may have: Ed25519 needs them all in memory at once. */
export const mostSignedBytes = 512 * 1024 * 1024

/** What goes along with the artifact into the sandbox. */
export interface Claim {
  /** Base64 (RFC 4648) of the 64 bytes. */
  readonly signature: string
  /** The vendor’s keys that may have made it, in PEM. */
  readonly publicKeys: readonly string[]
}

/** Whether a vendor’s signature over an artifact convinces, and why not. */
export const Verification = z.discriminatedUnion('verified', [
  z.strictObject({
    verified: z.literal(true),
    profile: z.literal(signatureProfile),
    /** SHA-256 of the key’s SubjectPublicKeyInfo: which of the keys it was. */
    keyId: z.string().regex(/^[0-9a-f]{64}$/),
    /** SHA-256 of the bytes that were verified. */
    sha256: z.string().regex(/^[0-9a-f]{64}$/),
  }),
  z.strictObject({
    verified: z.literal(false),
    /** `wrong`: by none of these keys over these bytes; `other-bytes`: good, but the file holds other bytes than it should. */
    reason: z.enum(['signature-malformed', 'signature-wrong', 'key-malformed', 'other-bytes']),
  }),
])

export type Verification = z.output<typeof Verification>
