import { isApprovedBy } from '@suture/trust/approval.ts'
import { sha256 } from '@suture/trust/digest.ts'
import { type PublicKey, publicPem, readPublicKey } from '@suture/trust/keys.ts'
import { type RolloutPlan, readRolloutPlan } from '@suture/trust/statements.ts'
import { VerificationError } from '@suture/trust/verification-error.ts'
import { type Scoped, type Store, withScope } from '#platform/database/store.ts'
import { emit } from '#platform/events/event.queries.ts'
import type { Caller } from '#platform/http/caller.ts'
import { Refusal } from '#platform/refusal.ts'
import { requestSignature } from '../signing/index.ts'
import { findApprovals, insertApproval } from './approval.queries.ts'
import type { DeploymentParts } from './parts.ts'
import { releaseForPlan } from './release.operations.ts'
import { findBytes, lockRollout } from './rollout.queries.ts'
import { getRollout } from './view.operations.ts'

/** How many people besides the maker must approve; the signer counts them again. */
export const approversNeeded = 2

function readKey(text: string): PublicKey {
  try {
    return readPublicKey(text)
  } catch (error) {
    if (error instanceof VerificationError) throw new Refusal('deployment/key-unreadable')
    throw error
  }
}

/** The plan that is stored, if it is one, of this rollout, and of the audience beside it. */
async function storedPlan(scoped: Scoped, id: string): Promise<{ plan: RolloutPlan; bytes: Buffer; digest: string }> {
  const stored = await findBytes(scoped, id)
  if (!stored) throw new Refusal('deployment/rollout-unknown')
  const { plan: bytes, audience } = stored
  try {
    const plan = readRolloutPlan(bytes)
    if (plan.plan === id.toLowerCase() && plan.audience.digest === sha256(audience))
      return { plan, bytes, digest: sha256(bytes) }
  } catch (error) {
    if (!(error instanceof VerificationError)) throw error
  }
  throw new Refusal('deployment/plan-invalid', { problem: 'The stored plan was changed after it was frozen.' })
}

/** Asks the signer for its signature, once enough people approved these very bytes; asking again is one request. */
export async function askForSignature(
  scoped: Scoped,
  { clock, signerKeys }: DeploymentParts,
  id: string,
): Promise<number> {
  const { plan, bytes, digest } = await storedPlan(scoped, id)
  const approvals = (await findApprovals(scoped, id)).filter((each) => each.digest === digest)
  if (approvals.length < approversNeeded) return approvals.length
  const { statement } = await releaseForPlan(scoped, signerKeys, plan.release)
  const proofs = {
    approvals: approvals.map(({ keyId, signature }) => ({ keyId, signature })),
    release: JSON.parse(statement.toString('utf8')),
  }
  await requestSignature(scoped, clock, { purpose: 'rollout-plan', payload: bytes, proofs })
  return approvals.length
}

/** Stores a person's signature over exactly the stored plan, and asks the signer once there are enough. */
export async function approveRollout(
  parts: DeploymentParts,
  store: Store,
  caller: Caller,
  id: string,
  given: { readonly signature: string; readonly publicKey: string },
) {
  const { actor } = caller.scope
  if (actor.kind !== 'user') throw new Refusal('auth/person-needed')
  await withScope(store, caller.scope, async (scoped) => {
    const rollout = await lockRollout(scoped, id)
    if (!rollout) throw new Refusal('deployment/rollout-unknown')
    if (rollout.state !== 'awaiting-approval') throw new Refusal('deployment/not-now', { state: rollout.state })
    const { plan, digest } = await storedPlan(scoped, id)
    if (parts.clock.now().getTime() >= Date.parse(plan.notAfter))
      throw new Refusal('deployment/not-now', { notAfter: plan.notAfter })
    if (plan.createdBy === actor.id) throw new Refusal('deployment/own-plan')
    const key = readKey(given.publicKey)
    const { keyId } = key
    const before = await findApprovals(scoped, id)
    if (before.some(({ person }) => person === actor.id)) throw new Refusal('deployment/already-approved')
    if (before.some((each) => each.keyId === keyId)) throw new Refusal('deployment/key-taken')
    const { signature } = given
    if (!isApprovedBy({ keyId, signature }, digest, key)) throw new Refusal('deployment/signature-wrong')
    const at = parts.clock.now()
    await insertApproval(scoped, { rollout: id, keyId, publicKey: publicPem(key), signature, digest, at })
    await emit(scoped, parts.clock, { kind: 'rollout.approved', subject: id, detail: { keyId, planDigest: digest } })
    await askForSignature(scoped, parts, id)
  })
  return getRollout(parts, store, caller.scope, id)
}
