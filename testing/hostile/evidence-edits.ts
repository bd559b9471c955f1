import { randomUUID } from 'node:crypto'
import { sha256 } from '@suture/trust/digest.ts'
import { signEnvelope } from '@suture/trust/dsse.ts'
import { payloadTypes, type RolloutEvidence } from '@suture/trust/statements.ts'
import type { SignedRollout } from '../signing-evidence.ts'
import { anyDigest, bytesOf, consent, type Insider, newPlan } from '../signing-world.ts'
import { type Attack, type Edit, insert } from './attack.ts'

interface Told {
  readonly evidence?: Partial<RolloutEvidence>
  readonly proofs?: Partial<Record<keyof SignedRollout['proofs'], unknown>>
}

/** Asks to sign evidence that was true until one thing was changed. */
const telling =
  (tell: (attack: Attack, rollout: SignedRollout, evidence: RolloutEvidence) => Told): Edit =>
  (attack) => {
    const { rollout, evidence } = attack.random.pick(attack.ended)
    const fresh = { ...evidence, rollout: randomUUID() }
    const told = tell(attack, rollout, fresh)
    const payload = bytesOf({ ...fresh, ...told.evidence })
    return insert(attack, rollout.tenant, 'evidence', payload, { ...rollout.proofs, ...told.proofs })
  }

/** Evidence that names somebody in the place of the first who approved. */
const naming = (evidence: RolloutEvidence, { person, key }: Insider): Partial<RolloutEvidence> => ({
  approvers: [{ person, keyId: key.keyId }, ...evidence.approvers.slice(1)],
})

/** Names somebody, with their own approval of the plan among the proofs. */
const namingWillingly = (choose: (attack: Attack, rollout: SignedRollout) => Insider) =>
  telling((attack, rollout, evidence) => {
    const person = choose(attack, rollout)
    const approvals = [consent(attack.world.truth, person, rollout.payload), ...rollout.proofs.approvals.slice(1)]
    return { evidence: naming(evidence, person), proofs: { approvals } }
  })

const anotherOf = ({ random, ended }: Attack, rollout: SignedRollout): SignedRollout =>
  random.pick(ended.map((each) => each.rollout).filter((each) => each !== rollout))

/** Evidence that says who approved what is not so. */
export const approverEdits: Readonly<Record<string, Edit>> = {
  'evidence names one who never approved': telling((_, { tenant }, evidence) => ({
    evidence: naming(evidence, tenant.approvers[2] ?? tenant.maker),
  })),
  'evidence names one under another’s key': telling((_, { tenant }, { approvers }) => ({
    evidence: {
      approvers: approvers.map((each, at) =>
        at === 0 ? { ...each, person: tenant.approvers[2]?.person ?? '' } : each,
      ),
    },
  })),
  'evidence names the maker': namingWillingly((_, { tenant }) => tenant.maker),
  'evidence names one who was revoked': namingWillingly((_, { tenant }) => tenant.revoked),
  'evidence names a lab': namingWillingly((_, { tenant }) => tenant.lab),
  'evidence names nobody enrolled': namingWillingly(({ world }) => world.outsider),
  'evidence lacks an approval': telling((_, { proofs }) => ({ proofs: { approvals: proofs.approvals.slice(1) } })),
  'evidence with one approval twice': telling((_, { proofs: { approvals } }) => ({
    proofs: { approvals: [approvals[0], approvals[0]] },
  })),
  'evidence with approvals of another plan': telling((attack, rollout) => ({
    proofs: { approvals: anotherOf(attack, rollout).proofs.approvals },
  })),
  'evidence with one approver': telling((_, __, { approvers }) => ({ evidence: { approvers: approvers.slice(1) } })),
}

/** Evidence about something else than what was signed. */
export const evidenceEdits: Readonly<Record<string, Edit>> = {
  'evidence of a plan that was never signed': telling((attack, { tenant, release }) => {
    const payload = bytesOf(newPlan(tenant, release))
    const approvals = tenant.approvers.slice(0, 2).map((person) => consent(attack.world.truth, person, payload))
    const plan = signEnvelope(payloadTypes.rolloutPlan, payload, attack.world.outsider.key)
    return { evidence: { plan: sha256(payload) }, proofs: { plan, approvals } }
  }),
  'evidence of another rollout’s plan': telling((attack, rollout) => ({
    proofs: { plan: anotherOf(attack, rollout).proofs.plan },
  })),
  'evidence of another rollout’s release': telling((attack, rollout) => ({
    proofs: { release: anotherOf(attack, rollout).proofs.release },
  })),
  'evidence of another tenant': telling(({ world: { tenants } }, { tenant }) => ({
    evidence: { tenant: (tenants[0] === tenant ? tenants[1] : tenants[0]).uid },
  })),
  'evidence of another verdict': telling(() => ({ evidence: { verdict: anyDigest() } })),
  'evidence of another plan’s digest': telling(() => ({ evidence: { plan: anyDigest() } })),
  'evidence of another release’s digest': telling(() => ({ evidence: { release: anyDigest() } })),
  'evidence of fewer devices': telling((_, __, { results }) => ({
    evidence: { results: { ...results, devices: 1, states: { ...results.states, verified: 1 } } },
  })),
  'evidence that counts devices twice': telling((_, __, { results }) => ({
    evidence: { results: { ...results, states: { ...results.states, failed: 7 } } },
  })),
  'evidence of tomorrow': telling(() => ({ evidence: { at: new Date(Date.now() + 86_400_000).toISOString() } })),
  'evidence of a rollout before its plan': telling((_, { plan }) => ({
    evidence: { startedAt: new Date(Date.parse(plan.createdAt) - 1000).toISOString() },
  })),
  'evidence without proofs': telling(() => ({ proofs: { plan: null, release: null, approvals: null } })),
}
