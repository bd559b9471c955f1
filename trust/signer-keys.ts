import { canonicalBytes } from './canonical.ts'
import { type PublicKey, publicPem, readPublicKey } from './keys.ts'
import { type KeyPurpose, readSignerKeysFile } from './signer-keys-file.ts'

export { maxSignerKeysBytes } from './signer-keys-file.ts'

/** The signer's public keys, by purpose: what everything it signed is verified with. */
export type SignerKeys = Readonly<Record<KeyPurpose, PublicKey>>

/** The keys that the signer's public file holds. */
export function parseSignerKeys(bytes: Uint8Array): SignerKeys {
  const texts = readSignerKeysFile(bytes)
  return {
    'rollout-plan': readPublicKey(texts['rollout-plan']),
    'release-publish': readPublicKey(texts['release-publish']),
    evidence: readPublicKey(texts.evidence),
  }
}

/** The signer's public file, in canonical bytes. */
export const writeSignerKeys = (keys: SignerKeys): Buffer =>
  canonicalBytes({
    version: 1,
    keys: Object.fromEntries(Object.entries(keys).map(([purpose, key]) => [purpose, publicPem(key)])),
  })
