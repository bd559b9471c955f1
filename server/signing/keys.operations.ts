import { existsSync, readFileSync, statSync } from 'node:fs'
import { signingKeyNames } from '@suture/contract/signing.ts'
import { publicPem } from '@suture/trust/keys.ts'
import { Refusal } from '#platform/refusal.ts'
import { parseSignerKeys, type SignerKeys, signerHome } from './signer-keys.ts'

/** The keys that statements are verified with, read from the signer's public file and never from the database. */
export function readSignerKeys(home: string): SignerKeys {
  const path = signerHome(home).public
  if (!existsSync(path)) throw new Refusal('signing/no-signer')
  return parseSignerKeys(readFileSync(path))
}

/** When the signer last said that it is alive; nothing when it never did. */
const signerLastSeen = (home: string): Date | undefined =>
  statSync(signerHome(home).heartbeat, { throwIfNoEntry: false })?.mtime

/** The signer as anybody may know it: its public keys in PEM, and when it was last alive. */
export function getSignerKeys(home: string) {
  const keys = readSignerKeys(home)
  return {
    keys: signingKeyNames.map((purpose) => ({
      purpose,
      keyId: keys[purpose].keyId,
      publicKey: publicPem(keys[purpose]),
    })),
    lastSeen: signerLastSeen(home) ?? null,
  }
}
