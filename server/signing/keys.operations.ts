import { readFileSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { signingPurposes } from '@suture/contract/signing.ts'
import { publicPem } from '@suture/trust/keys.ts'
import { parseSignerKeys, type SignerKeys } from '@suture/trust/signer-keys.ts'
import { Refusal } from '#platform/refusal.ts'
import { heartbeatName } from './signer-home.ts'

/** From this age on, in milliseconds, a file's times tell two versions of it apart. */
const settledMs = 1000

/** What each file of keys held; polls ask several times a second, and a file that was written since is read again. */
const known = new Map<string, { readonly stamp: string; readonly keys: SignerKeys }>()

/** The keys that statements are verified with, read from the signer's public file and never from the database. */
export function readSignerKeys(keysFile: string): SignerKeys {
  const file = statSync(keysFile, { bigint: true, throwIfNoEntry: false })
  if (!file) throw new Refusal('signing/no-signer')
  const stamp = `${file.dev} ${file.ino} ${file.size} ${file.mtimeNs} ${file.ctimeNs}`
  const last = known.get(keysFile)
  if (last?.stamp === stamp) return last.keys
  const keys = parseSignerKeys(readFileSync(keysFile))
  // What was written just now may be written again within the same tick of the file system's clock.
  if (Date.now() - Number(file.mtimeMs) > settledMs) known.set(keysFile, { stamp, keys })
  return keys
}

/** When the signer last said that it is alive; nothing when it never did, or does so elsewhere. */
const signerLastSeen = (keysFile: string): Date | undefined =>
  statSync(join(dirname(keysFile), heartbeatName), { throwIfNoEntry: false })?.mtime

/** The signer as anybody may know it: its public keys in PEM, and when it was last alive. */
export function getSignerKeys(keysFile: string) {
  const keys = readSignerKeys(keysFile)
  return {
    keys: signingPurposes.map((purpose) => ({
      purpose,
      keyId: keys[purpose].keyId,
      publicKey: publicPem(keys[purpose]),
    })),
    lastSeen: signerLastSeen(keysFile) ?? null,
  }
}
