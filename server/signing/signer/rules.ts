import { type Approval, isApprovedBy } from '@suture/trust/approval.ts'
import { sha256 } from '@suture/trust/digest.ts'
import { verifyEnvelope } from '@suture/trust/dsse.ts'
import type { PublicKey } from '@suture/trust/keys.ts'
import { digest, line, list, object, type Shape } from '@suture/trust/shape.ts'
import {
  type ArtifactRef,
  payloadTypes,
  type ReleasePublish,
  type RolloutPlan,
  readLabVerdict,
  readReleasePublish,
} from '@suture/trust/statements.ts'
import { VerificationError } from '@suture/trust/verification-error.ts'
import type { SigningPurpose, SigningRefusal } from '../purposes.ts'
import { type Purpose, purposes } from '../purposes.ts'
import { holding, keyOf, type Roster } from './roster.ts'

/** Why the signer will not sign. */
export interface Refused {
  readonly refusal: SigningRefusal
  readonly detail: string
}

/** What a rule may rely on beside the request: nothing of it comes from the database. */
export interface Grounds {
  readonly roster: Roster
  /** The signer's own key for releases, which proves that it signed one before. */
  readonly releaseKey: PublicKey
  readonly now: Date
}

/** What somebody wants signed; all of it may be forged. */
export interface Question {
  readonly payload: Uint8Array
  readonly proofs: unknown
  /** The tenant that asks, by UUID. */
  readonly tenant: string
}

/** What one purpose signs, with which key, and when. */
export interface Rule extends Pick<Purpose<unknown>, 'payloadType' | 'keyName'> {
  /** Why the signer refuses, or nothing when it may sign. Pure. */
  judge(question: Question, grounds: Grounds): Refused | undefined
}

/** How many people besides the maker must have approved a plan. */
const approversNeeded = 2
const longestWindow = 366 * 24 * 3600 * 1000
/** How far another machine's clock may be ahead of ours, in milliseconds. */
const clockSkew = 5 * 60 * 1000

const refuse = (refusal: SigningRefusal, detail: string): Refused => ({ refusal, detail })

const reading = <T>(refusal: SigningRefusal, read: () => T): { readonly value: T } | Refused => {
  try {
    return { value: read() }
  } catch (error) {
    if (error instanceof VerificationError) return refuse(refusal, error.message)
    throw error
  }
}

/** A rule of which the document and the proofs are read before it is asked. */
const rule = <D extends { readonly tenant: string }, P>(
  { payloadType, keyName, parse }: Purpose<D>,
  given: {
    readonly proofs: Shape<P>
    readonly judge: (document: D, proofs: P, digest: string, grounds: Grounds) => Refused | undefined
  },
): Rule => ({
  payloadType,
  keyName,
  judge(question, grounds) {
    const document = reading('document-invalid', () => parse(question.payload))
    if ('refusal' in document) return document
    if (document.value.tenant !== question.tenant)
      return refuse('tenant-mismatch', 'The document belongs to another tenant.')
    const proofs = reading('proofs-invalid', () => given.proofs(question.proofs, ''))
    if ('refusal' in proofs) return proofs
    return given.judge(document.value, proofs.value, sha256(question.payload), grounds)
  },
})

const sameSet = (left: readonly string[], right: readonly string[]): boolean =>
  left.length === right.length && new Set([...left, ...right]).size === left.length

const named = (artifacts: readonly ArtifactRef[]): string[] => artifacts.map((each) => `${each.sha256}:${each.length}`)

function judgeWindow({ createdAt, notBefore, notAfter }: RolloutPlan, now: Date): Refused | undefined {
  if (Date.parse(notAfter) <= now.getTime()) return refuse('plan-expired', `The plan ended at ${notAfter}.`)
  if (Date.parse(createdAt) > now.getTime() + clockSkew)
    return refuse('window-invalid', 'The plan was made in the future.')
  if (Date.parse(notAfter) - Date.parse(notBefore) > longestWindow)
    return refuse('window-invalid', 'The plan may run for longer than a year.')
  return undefined
}

function judgeRelease(plan: RolloutPlan, statement: unknown, { releaseKey }: Grounds): Refused | undefined {
  const release = reading('release-unproven', () =>
    readReleasePublish(
      verifyEnvelope(statement, { payloadType: payloadTypes.releasePublish, keys: [releaseKey] }).payload,
    ),
  )
  if ('refusal' in release) return release
  const { value } = release
  if (value.tenant !== plan.tenant || value.release !== plan.release)
    return refuse('release-mismatch', 'The signed release is another one.')
  if (!sameSet(named(value.artifacts), named(plan.artifacts)))
    return refuse('release-mismatch', 'The plan’s artifacts are not those of the release.')
  return undefined
}

/** The people whose approval of a plan counts: enrolled for its tenant, not revoked, not its maker, each once. */
function approvers(
  plan: RolloutPlan,
  digest: string,
  approvals: readonly Approval[],
  roster: Roster,
): ReadonlySet<string> {
  const members = holding(roster, plan.tenant, 'approver')
  const keys = new Set<string>()
  const people = new Set<string>()
  for (const approval of approvals) {
    const member = members.find((each) => each.keyId === approval.keyId)
    if (!member || member.person === plan.createdBy || keys.has(member.keyId)) continue
    if (!isApprovedBy(approval, digest, keyOf(member))) continue
    keys.add(member.keyId)
    people.add(member.person)
  }
  return people
}

const planProofs = object({
  approvals: list(object({ keyId: digest, signature: line }), { min: 0, max: 64 }),
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
      const earlier = judgeWindow(plan, grounds.now) ?? judgeRelease(plan, release, grounds)
      if (earlier) return earlier
      const { size } = approvers(plan, digest, approvals, grounds.roster)
      return size >= approversNeeded
        ? undefined
        : refuse('approvals-missing', `${size} of ${approversNeeded} people approved this plan.`)
    },
  }),
  'release-publish': rule(purposes['release-publish'], {
    proofs: releaseProofs,
    judge: (release, { verdict }, _digest, grounds) => judgeVerdict(release, verdict, grounds),
  }),
}
