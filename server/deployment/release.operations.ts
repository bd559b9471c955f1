import type { ArtifactRef } from '@suture/trust/statements.ts'
import type { Scoped } from '#platform/database/store.ts'
import { tenantUid } from '#platform/database/tenant-uid.ts'
import { publishedRelease, targetOf } from '../releases/index.ts'
import { readSignerKeys } from '../signing/index.ts'
import type { Installable } from './plan.ts'

/** A published release as its signed statement has it. */
export interface Release extends Installable {
  readonly artifacts: readonly ArtifactRef[]
  /** The signer's envelope, as the proof that a plan's request for a signature needs. */
  readonly statement: Buffer
}

/**
 * A release that may be installed: published under a statement that the signer's key verifies now; nothing else of it
 * is believed. Throws `signing/no-signer` where no signer has ever run.
 */
export async function findRelease(scoped: Scoped, signerKeys: string, id: string): Promise<Release | undefined> {
  const published = await publishedRelease(scoped, readSignerKeys(signerKeys), await tenantUid(scoped), id)
  if (!published) return undefined
  const { release, targets, document, statementEnvelope } = published
  return {
    version: release.version,
    artifacts: document.artifacts,
    statement: statementEnvelope,
    artifactFor: (modelId, hardwareRevision) => targetOf(targets, modelId, hardwareRevision)?.sha256,
  }
}
