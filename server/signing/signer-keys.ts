import { readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { type SigningKeyName, signingKeyNames } from '@suture/contract/signing.ts'
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

/** The part of Suture's home that belongs to the signer. */
export const signerHome = (home: string) => ({
  directory: join(home, 'signer'),
  sealed: join(home, 'signer', 'sealed.json'),
  public: join(home, 'signer', 'public.json'),
  journal: join(home, 'signer', 'journal.jsonl'),
  heartbeat: join(home, 'signer', 'heartbeat'),
})

/** The keys that statements are verified with, read from the signer's public file and never from the database. */
export const readSignerKeys = (home: string): SignerKeys =>
  publicFile(readCanonical(readFileSync(signerHome(home).public)), '').keys

/** When the signer last said that it is alive; nothing when it never did. */
export const signerLastSeen = (home: string): Date | undefined =>
  statSync(signerHome(home).heartbeat, { throwIfNoEntry: false })?.mtime

/** The keys as a list, in the order of the contract. */
export const listSignerKeys = (keys: SignerKeys) => signingKeyNames.map((purpose) => ({ purpose, ...keys[purpose] }))
