import { readCanonical } from './canonical-text.ts'
import type { Asking, VerifyingKey } from './question.ts'
import { integer, object, textUpTo } from './shape.ts'
import { readVerifyingKey } from './verifying-key.ts'

const pem = textUpTo(1000)
const publicFile = object({
  version: integer(1, 1),
  keys: object({ 'rollout-plan': pem, 'release-publish': pem, evidence: pem }),
})

/** What the signer has a key of its own for. */
export type KeyPurpose = keyof ReturnType<typeof publicFile>['keys']

/** The signer's public keys, as whoever verifies needs them. */
export type VerifyingKeys = Readonly<Record<KeyPurpose, VerifyingKey>>

/** The most that a file of public keys may weigh, in bytes. */
export const maxSignerKeysBytes = 64 << 10

/** The keys that the signer's public file holds, in PEM. */
export const readSignerKeysFile = (bytes: Uint8Array): Readonly<Record<KeyPurpose, string>> =>
  publicFile(readCanonical(bytes, maxSignerKeysBytes), '').keys

/** The same keys, ready to verify with. */
export function* readVerifyingKeys(bytes: Uint8Array): Asking<VerifyingKeys> {
  const texts = readSignerKeysFile(bytes)
  return {
    'rollout-plan': yield* readVerifyingKey(texts['rollout-plan']),
    'release-publish': yield* readVerifyingKey(texts['release-publish']),
    evidence: yield* readVerifyingKey(texts.evidence),
  }
}
