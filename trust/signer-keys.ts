import { canonicalBytes, readCanonical } from './canonical.ts'
import { type PublicKey, publicPem, readPublicKey } from './keys.ts'
import { integer, object, type Shape } from './shape.ts'

const publicKey: Shape<PublicKey> = (value) => readPublicKey(String(value))
const publicFile = object({
  version: integer(1, 1),
  keys: object({ 'rollout-plan': publicKey, 'release-publish': publicKey, evidence: publicKey }),
})

/** The signer's public keys, by purpose: what everything it signed is verified with. */
export type SignerKeys = ReturnType<typeof publicFile>['keys']

/** The most that a file of public keys may weigh, in bytes. */
export const maxSignerKeysBytes = 64 << 10

/** The keys that the signer's public file holds. */
export const parseSignerKeys = (bytes: Uint8Array): SignerKeys =>
  publicFile(readCanonical(bytes, maxSignerKeysBytes), '').keys

/** The signer's public file, in canonical bytes. */
export const writeSignerKeys = (keys: SignerKeys): Buffer =>
  canonicalBytes({
    version: 1,
    keys: Object.fromEntries(Object.entries(keys).map(([purpose, key]) => [purpose, publicPem(key)])),
  })
