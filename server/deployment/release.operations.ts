import type { ArtifactRef } from '@suture/trust/statements.ts'
import type { Scoped } from '#platform/database/store.ts'
import { tenantUid } from '#platform/database/tenant-uid.ts'
import { Refusal } from '#platform/refusal.ts'
import { publishedRelease, targetOf } from '../releases/index.ts'
import { readSignerKeys } from '../signing/index.ts'
import type { Installable } from './plan.ts'

/** A release as its signed statement has it. */
export interface Release extends Installable {
  /** Deprecated ones go on in rollouts whose plan is signed, and are in no new plan. */
  readonly standing: 'published' | 'deprecated'
  readonly artifacts: readonly ArtifactRef[]
  /** The signer's envelope, as the proof that a plan's request for a signature needs. */
  readonly statement: Buffer
}

/**
 * A release that may be installed under a signed plan: published, perhaps deprecated since, under a statement that the
 * signer's key verifies now; nothing else of it is believed. A withdrawn one is `withdrawn`, and one that was never
 * published or does not verify is nothing. Throws `signing/no-signer` where no signer has ever run.
 */
export async function findRelease(
  scoped: Scoped,
  signerKeys: string,
  id: string,
): Promise<Release | 'withdrawn' | undefined> {
  const published = await publishedRelease(scoped, readSignerKeys(signerKeys), await tenantUid(scoped), id)
  if (!published || published === 'withdrawn') return published
  const { standing, release, targets, document, statementEnvelope } = published
  return {
    standing,
    version: release.version,
    artifacts: document.artifacts,
    statement: statementEnvelope,
    artifactFor: (modelId, hardwareRevision) => targetOf(targets, modelId, hardwareRevision)?.sha256,
  }
}

/** A release that a signed plan may install now; nothing when it was withdrawn or does not verify. */
export async function installableRelease(scoped: Scoped, signerKeys: string, id: string): Promise<Release | undefined> {
  const found = await findRelease(scoped, signerKeys, id)
  return found === 'withdrawn' ? undefined : found
}

/** A release that a new plan may be made for, or a refusal. */
export async function releaseForPlan(scoped: Scoped, signerKeys: string, id: string): Promise<Release> {
  const found = await installableRelease(scoped, signerKeys, id)
  if (found?.standing !== 'published') throw new Refusal('deployment/release-not-published')
  return found
}
