import { join } from 'node:path'
import type { SigningKeyName } from '@suture/contract/signing.ts'
import { readCanonical } from '@suture/trust/canonical.ts'
import { type PublicKey, readPublicKey } from '@suture/trust/keys.ts'
import { integer, object, type Shape } from '@suture/trust/shape.ts'

/** The signer's public keys, by purpose. */
export type SignerKeys = { readonly [P in SigningKeyName]: PublicKey }

const publicKey: Shape<PublicKey> = (value) => readPublicKey(String(value))
const publicFile = object({
  version: integer(1, 1),
  keys: object({ 'rollout-plan': publicKey, 'release-publish': publicKey, evidence: publicKey }),
})

/** The file beside the public keys that the signer touches while it lives. */
export const heartbeatName = 'heartbeat'

/** The part of Suture's home that belongs to the signer. */
export const signerHome = (home: string) => ({
  directory: join(home, 'signer'),
  sealed: join(home, 'signer', 'sealed.json'),
  public: join(home, 'signer', 'public.json'),
  journal: join(home, 'signer', 'journal.jsonl'),
  checkpoint: join(home, 'signer', 'checkpoint.json'),
  lock: join(home, 'signer', 'ceremony.lock'),
  heartbeat: join(home, 'signer', heartbeatName),
})

/** The keys that the signer's public file holds. */
export const parseSignerKeys = (bytes: Uint8Array): SignerKeys => publicFile(readCanonical(bytes), '').keys
