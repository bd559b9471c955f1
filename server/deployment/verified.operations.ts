import { sha256 } from '@suture/trust/digest.ts'
import type { RolloutPlan } from '@suture/trust/statements.ts'
import { VerificationError } from '@suture/trust/verification-error.ts'
import type { Scoped } from '#platform/database/store.ts'
import { tenantUid } from '#platform/database/tenant-uid.ts'
import { recent } from '#platform/recent.ts'
import { Refusal } from '#platform/refusal.ts'
import { findStatement, readSignerKeys, verifyStatement } from '../signing/index.ts'
import { sizeOf } from './audience.ts'
import { saltOf } from './reach.ts'
import { findBytes } from './rollout.queries.ts'

/** A plan that the signer signed, and the audience that it names: what runs is read from here and nowhere else. */
export interface VerifiedPlan {
  readonly plan: RolloutPlan
  readonly audience: Buffer
  readonly salt: Buffer
}

/** Verified plans by the key that signed them, their tenant and the digest of their bytes: none is verified twice. */
const verified = recent<VerifiedPlan>(64)

/**
 * The plan of a rollout as the signer signed it; nothing when there is no statement for the bytes that are stored, when
 * it is of another rollout, or when the stored audience is not the one that it names.
 */
export async function verifiedPlan(
  scoped: Scoped,
  signerKeys: string,
  rollout: { readonly id: string; readonly digest: string },
): Promise<VerifiedPlan | undefined> {
  const keys = readSignerKeys(signerKeys)
  const name = `${keys['rollout-plan'].keyId} ${scoped.scope.tenant} ${rollout.digest}`
  const kept = verified.get(name)
  if (kept) return kept.plan.plan === rollout.id ? kept : undefined
  const envelope = await findStatement(scoped, 'rollout-plan', rollout.digest)
  const bytes = envelope && (await findBytes(scoped, rollout.id))
  if (!envelope || !bytes) return undefined
  try {
    const { document: plan, digest } = verifyStatement(keys, 'rollout-plan', await tenantUid(scoped), envelope)
    const { audience } = bytes
    const isIts = plan.plan === rollout.id && digest === rollout.digest && sha256(bytes.plan) === digest
    const isAudience = sha256(audience) === plan.audience.digest && sizeOf(audience) === plan.audience.count
    return isIts && isAudience ? verified.put(name, { plan, audience, salt: saltOf(plan.plan) }) : undefined
  } catch (error) {
    if (error instanceof VerificationError) return undefined
    throw error
  }
}

/** What is verified, for whoever must not fail because no signer has run yet: then there is nothing. */
export async function unlessNoSigner<T>(work: Promise<T>): Promise<T | undefined> {
  try {
    return await work
  } catch (error) {
    if (error instanceof Refusal && error.code === 'signing/no-signer') return undefined
    throw error
  }
}
