import { randomUUID } from 'node:crypto'
import type { Approval } from '@suture/trust/approval.ts'
import type { Envelope } from '@suture/trust/dsse.ts'
import { proofsDigest, summariseFindings, summariseResults } from '@suture/trust/evidence-pack.ts'
import { publicHalf, publicPem } from '@suture/trust/keys.ts'
import type { EvidencePack } from '@suture/trust/pack-file.ts'
import { byDevice, type DeviceResult } from '@suture/trust/rollout-evidence.ts'
import type { ReleasePublish, RolloutEvidence, RolloutPlan } from '@suture/trust/statements.ts'
import {
  bytesOf,
  consent,
  newPlan,
  newRelease,
  payloadDigest,
  type SigningTenant,
  type SigningWorld,
  signed,
  testRelease,
} from './signing-world.ts'

/** A release that its lab passed and the signer signed: the verdict, and the envelope of the statement. */
export async function signedRelease(world: SigningWorld, tenant: SigningTenant) {
  const untested = newRelease(tenant)
  const verdict = testRelease(world.truth, tenant.lab, untested)
  const release: ReleasePublish = { ...untested, verdict: payloadDigest(verdict) }
  return { release, verdict, statement: await signed(world, tenant, 'release-publish', bytesOf(release), { verdict }) }
}

/** A rollout that may run: its release passed the lab, two people approved its plan, and the signer signed both. */
export interface SignedRollout {
  readonly tenant: SigningTenant
  readonly release: ReleasePublish
  readonly plan: RolloutPlan
  readonly payload: Buffer
  /** What the signer is shown for evidence. */
  readonly proofs: { readonly plan: Envelope; readonly release: Envelope; readonly approvals: readonly Approval[] }
  readonly verdict: Envelope
  /** What a pack carries beside the lists. */
  readonly packed: Pick<EvidencePack, 'plan' | 'release' | 'verdict' | 'approvals'>
}

/** Has the release and the plan of a new rollout signed; a signer must run. */
export async function signedRollout(world: SigningWorld, tenant: SigningTenant): Promise<SignedRollout> {
  const { release, verdict, statement } = await signedRelease(world, tenant)
  const plan = newPlan(tenant, release)
  const payload = bytesOf(plan)
  const people = tenant.approvers.slice(0, 2)
  const approvals = people.map((person) => consent(world.truth, person, payload))
  const envelope = await signed(world, tenant, 'rollout-plan', payload, { approvals, release: statement })
  const proofs = { plan: envelope, release: statement, approvals }
  const packed = {
    plan: envelope as EvidencePack['plan'],
    release: statement as EvidencePack['release'],
    verdict,
    approvals: people.map(({ person, key }, at) => ({
      person,
      name: `Approver ${at + 1}`,
      publicKey: publicPem(publicHalf(key)),
      ...(approvals[at] as Approval),
    })),
  }
  return { tenant, release, plan, payload, proofs, verdict, packed }
}

/** A result for every device of a rollout's audience: all of them verified. */
export function allVerified({ plan }: SignedRollout): readonly DeviceResult[] {
  const observedAt = new Date().toISOString()
  return Array.from({ length: plan.audience.count }, () => ({
    device: randomUUID(),
    model: 'DL-20',
    hardwareRevision: 'B',
    state: 'verified' as const,
    assurance: 'observed' as const,
    before: '4.0.9',
    after: '4.1.2',
    observedAt,
    wave: 0,
  })).toSorted(byDevice)
}

/** The true evidence of a rollout that began at `startedAt` and just ended. */
export function newEvidence(
  { tenant, plan, proofs, packed, verdict }: SignedRollout,
  results: readonly DeviceResult[],
  startedAt = plan.notBefore,
): RolloutEvidence {
  const now = new Date().toISOString()
  return {
    type: 'suture.rollout-evidence.v1',
    tenant: tenant.uid,
    rollout: randomUUID(),
    plan: payloadDigest(proofs.plan),
    release: payloadDigest(proofs.release),
    verdict: payloadDigest(verdict),
    proofs: proofsDigest(packed),
    approvers: packed.approvals.map(({ person, keyId }) => ({ person, keyId })),
    startedAt,
    endedAt: now,
    outcome: 'finished',
    results: summariseResults(results),
    findings: summariseFindings([]),
    quarantined: [],
    at: now,
  }
}
