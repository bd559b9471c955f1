import type { Approval } from '@suture/trust/approval.ts'
import { object } from '@suture/trust/shape.ts'
import type { ReleasePublish, RolloutEvidence, RolloutPlan } from '@suture/trust/statements.ts'
import { purposes } from '../purposes.ts'
import type { Roster } from './roster.ts'
import {
  approvals,
  approving,
  clockSkew,
  judgeRelease,
  type Own,
  own,
  ownRelease,
  type Refused,
  refuse,
  rule,
} from './rule.ts'

const evidenceProofs = object({
  approvals,
  /** The signer's own statements about the plan and the release, in their envelopes. */
  plan: (value: unknown) => value,
  release: (value: unknown) => value,
})

function judgeDigests(
  evidence: RolloutEvidence,
  plan: Own<RolloutPlan>,
  release: Own<ReleasePublish>,
): Refused | undefined {
  const differs = (what: string) => refuse('evidence-mismatch', `The evidence names another ${what}.`)
  if (plan.document.tenant !== evidence.tenant) return differs('tenant’s plan')
  if (plan.digest !== evidence.plan) return differs('plan')
  if (release.digest !== evidence.release) return differs('release')
  if (release.document.verdict !== evidence.verdict) return differs('verdict')
  return plan.document.audience.count === evidence.results.devices ? undefined : differs('number of devices')
}

function judgeTimes({ startedAt, at }: RolloutEvidence, plan: RolloutPlan, now: Date): Refused | undefined {
  if (Date.parse(at) > now.getTime() + clockSkew)
    return refuse('evidence-premature', `The evidence is of ${at}, which has not come.`)
  const began = Date.parse(startedAt)
  if (began < Date.parse(plan.notBefore) || began < Date.parse(plan.createdAt) || began > Date.parse(plan.notAfter))
    return refuse('evidence-mismatch', 'The rollout began outside the time that the plan allowed.')
  return undefined
}

/**
 * Whoever was an approver at some time between the making of the plan and the beginning of the rollout counts: people
 * leave, and what they approved stays approved. The plan's own statement proves that two of them were in force then.
 */
function judgeApprovers(
  { tenant, startedAt, approvers }: RolloutEvidence,
  plan: Own<RolloutPlan>,
  approvals: readonly Approval[],
  { members }: Roster,
): Refused | undefined {
  const made = Date.parse(plan.document.createdAt)
  const began = Date.parse(startedAt) + clockSkew
  const then = members.filter(
    (each) =>
      each.tenant === tenant &&
      each.role === 'approver' &&
      Date.parse(each.enrolledAt) <= began &&
      (each.revokedAt === undefined || Date.parse(each.revokedAt) > made),
  )
  const counted = approving(then, plan.document, plan.digest, approvals)
  const unproven = approvers.find(
    ({ person, keyId }) => !counted.some((each) => each.person === person && each.keyId === keyId),
  )
  if (unproven) return refuse('approvers-mismatch', `Nothing proves that ${unproven.person} approved the plan.`)
  const unnamed = counted.find(({ person }) => !approvers.some((each) => each.person === person))
  return unnamed && refuse('approvers-mismatch', `${unnamed.person} approved the plan and is not named.`)
}

/** How a rollout ended is signed for a plan and a release that the signer signed; what became of the devices is the server's word. */
export const evidenceRule = rule(purposes.evidence, {
  proofs: evidenceProofs,
  judge(evidence, { plan, release, approvals }, _digest, grounds) {
    const signedPlan = own('plan-unproven', purposes['rollout-plan'], plan, grounds.planKey)
    if ('refusal' in signedPlan) return signedPlan
    const signedRelease = ownRelease(release, grounds)
    if ('refusal' in signedRelease) return signedRelease
    const ofPlan = signedPlan.value
    return (
      judgeRelease(ofPlan.document, signedRelease.value.document) ??
      judgeDigests(evidence, ofPlan, signedRelease.value) ??
      judgeTimes(evidence, ofPlan.document, grounds.now) ??
      judgeApprovers(evidence, ofPlan, approvals, grounds.roster)
    )
  },
})
