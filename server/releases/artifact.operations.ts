import type { Readable } from 'node:stream'
import { readBase64 } from '@suture/trust/base64.ts'
import type { BlobStore } from '#platform/blob/store.ts'
import type { Clock } from '#platform/clock.ts'
import { type Scope, type Scoped, type Store, withScope } from '#platform/database/store.ts'
import { emit } from '#platform/events/event.queries.ts'
import { Refusal } from '#platform/refusal.ts'
import { type Digests, insertArtifact, insertSignatures, vendorsOf, viewArtifacts } from './artifact.queries.ts'
import { verifyVendorSignature } from './signature/signature.operations.ts'
import type { Target } from './target.ts'
import { countingKeys } from './vendor-key.queries.ts'

interface Parts {
  readonly store: Store
  readonly clock: Clock
  readonly blobs: BlobStore
}

interface Upload {
  readonly fileName: string
  /** Base64 of the 64 bytes of an Ed25519 signature. */
  readonly signature: string | undefined
  readonly bytes: Readable
  readonly maxBytes: number
}

/** Checks the signature in the sandbox over the bytes as they lie on disk; tells whose key it was. */
async function verify(parts: Parts, scope: Scope, path: string, sha256: string, signature: string): Promise<string> {
  const keys = await withScope(parts.store, scope, countingKeys)
  const publicKeys = [...new Map(keys.map((key) => [key.key_id, key.public_key])).values()]
  const found = await verifyVendorSignature({ path, sha256 }, { signature, publicKeys })
  if (found.verified) return found.keyId
  throw new Refusal(
    found.reason === 'signature-malformed' ? 'releases/signature-malformed' : 'releases/signature-wrong',
  )
}

/**
 * Stores an artifact that a manufacturer's key signed. The bytes get their name in the blob store only after the
 * signature has convinced: until then they are a temporary file that is removed.
 */
export async function uploadArtifact(parts: Parts, scope: Scope, { signature, ...upload }: Upload) {
  if (signature === undefined) throw new Refusal('releases/unsigned')
  const raw = readBase64(signature)
  if (raw?.length !== 64) throw new Refusal('releases/signature-malformed')
  let keyId = ''
  const check = async (path: string, { sha256 }: Digests) => {
    keyId = await verify(parts, scope, path, sha256, signature)
  }
  const blob = await parts.blobs.put(upload.bytes, { maxBytes: upload.maxBytes, check })
  return withScope(parts.store, scope, async (scoped) => {
    const at = parts.clock.now()
    const isNew = await insertArtifact(scoped, { ...blob, fileName: upload.fileName, at })
    const signed = await insertSignatures(scoped, { sha256: blob.sha256, keyId, bytes: Buffer.from(raw), at })
    // The key was revoked while its signature was checked.
    if (signed.manufacturers.length === 0) throw new Refusal('releases/signature-wrong')
    if (isNew || signed.isNew) {
      const detail = { fileName: upload.fileName, length: blob.length, manufacturers: [...signed.manufacturers] }
      await emit(scoped, parts.clock, { kind: 'artifact.uploaded', subject: blob.sha256, detail })
    }
    const [artifact] = await viewArtifacts(scoped, [blob.sha256])
    if (!artifact) throw new Error('An artifact vanished while it was stored')
    return artifact
  })
}

/**
 * Makes sure that whoever made a model signed what is to run on it, with a key that counts.
 * @throws Refusal `releases/foreign-vendor`
 */
export async function demandVendors(
  scoped: Scoped,
  targets: readonly Pick<Target, 'manufacturer' | 'model' | 'sha256'>[],
): Promise<void> {
  const vendors = await vendorsOf(
    scoped,
    targets.map(({ sha256 }) => sha256),
  )
  const foreign = targets.filter(({ sha256, manufacturer }) => !vendors.get(sha256)?.has(manufacturer))
  if (foreign.length > 0) {
    throw new Refusal('releases/foreign-vendor', {
      targets: foreign.map(({ manufacturer, model, sha256 }) => ({ manufacturer, model, artifact: sha256 })),
    })
  }
}
