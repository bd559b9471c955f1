import { sha256 } from '@suture/trust/digest.ts'
import { verifyEnvelope } from '@suture/trust/dsse.ts'
import { object } from '@suture/trust/shape.ts'
import { payloadTypes, type ReleasePublish, type RolloutPlan, readLabVerdict } from '@suture/trust/statements.ts'
import { purposes, type SigningPurpose } from '../purposes.ts'
import { evidenceRule } from './evidence-rule.ts'
import { holding, keyOf } from './roster.ts'
import {
  approvals,
  approving,
  clockSkew,
  type Grounds,
  judgeRelease,
  ownRelease,
  type Refused,
  type Rule,
  reading,
  refuse,
  rule,
  sameSet,
} from './rule.ts'

/** How many people besides the maker must have approved a plan. */
const approversNeeded = 2
const longestWindow = 366 * 24 * 3600 * 1000

function judgeWindow({ createdAt, notBefore, notAfter }: RolloutPlan, now: Date): Refused | undefined {
  if (Date.parse(notAfter) <= now.getTime()) return refuse('plan-expired', `The plan ended at ${notAfter}.`)
  if (Date.parse(createdAt) > now.getTime() + clockSkew)
    return refuse('window-invalid', 'The plan was made in the future.')
  if (Date.parse(notAfter) - Date.parse(notBefore) > longestWindow)
    return refuse('window-invalid', 'The plan may run for longer than a year.')
  return undefined
}

const planProofs = object({
  approvals,
  /** The signer's own statement about the release, in its envelope. */
  release: (value: unknown) => value,
})

const releaseProofs = object({
  /** The lab's verdict, in its envelope. */
  verdict: (value: unknown) => value,
})

function judgeVerdict(release: ReleasePublish, envelope: unknown, { roster }: Grounds): Refused | undefined {
  const keys = holding(roster, release.tenant, 'lab').map(keyOf)
  const verified = reading('verdict-unproven', () => {
    const { payload } = verifyEnvelope(envelope, { payloadType: payloadTypes.labVerdict, keys })
    return { digest: sha256(payload), verdict: readLabVerdict(payload) }
  })
  if ('refusal' in verified) return verified
  const { digest, verdict } = verified.value
  if (release.verdict !== undefined && release.verdict !== digest)
    return refuse('verdict-mismatch', 'The release names another verdict.')
  if (verdict.tenant !== release.tenant || verdict.release !== release.release)
    return refuse('verdict-mismatch', 'The verdict is about another release.')
  const tested = release.artifacts.map((each) => each.sha256)
  if (!sameSet(verdict.artifacts, tested)) return refuse('verdict-mismatch', 'The lab tested other artifacts.')
  return verdict.verdict === 'passed'
    ? undefined
    : refuse('verdict-failed', `The lab’s verdict of ${verdict.at} is “failed”.`)
}

/** Everything the signer signs on request, and on what condition. */
export const rules: Readonly<Record<SigningPurpose, Rule>> = {
  'rollout-plan': rule(purposes['rollout-plan'], {
    proofs: planProofs,
    judge(plan, { approvals, release }, digest, grounds) {
      const late = judgeWindow(plan, grounds.now)
      if (late) return late
      const signed = ownRelease(release, grounds)
      const unfit = 'refusal' in signed ? signed : judgeRelease(plan, signed.value.document)
      if (unfit) return unfit
      const members = holding(grounds.roster, plan.tenant, 'approver')
      const { size } = new Set(approving(members, plan, digest, approvals).map(({ person }) => person))
      return size >= approversNeeded
        ? undefined
        : refuse('approvals-missing', `${size} of ${approversNeeded} people approved this plan.`)
    },
  }),
  'release-publish': rule(purposes['release-publish'], {
    proofs: releaseProofs,
    judge: (release, { verdict }, _digest, grounds) => judgeVerdict(release, verdict, grounds),
  }),
  evidence: evidenceRule,
}
