import { type Approval, isApprovedBy } from '@suture/trust/approval.ts'
import { sha256 } from '@suture/trust/digest.ts'
import { verifyEnvelope } from '@suture/trust/dsse.ts'
import type { PublicKey } from '@suture/trust/keys.ts'
import { digest, line, list, object, type Shape } from '@suture/trust/shape.ts'
import type { ArtifactRef, ReleasePublish, RolloutPlan } from '@suture/trust/statements.ts'
import { VerificationError } from '@suture/trust/verification-error.ts'
import { type Purpose, purposes, type SigningRefusal } from '../purposes.ts'
import { keyOf, type Member, type Roster } from './roster.ts'

/** Why the signer will not sign. */
export interface Refused {
  readonly refusal: SigningRefusal
  readonly detail: string
}

/** What a rule may rely on beside the request: nothing of it comes from the database. */
export interface Grounds {
  readonly roster: Roster
  /** The signer's own keys for releases and for plans, which prove that it signed one before. */
  readonly releaseKey: PublicKey
  readonly planKey: PublicKey
  readonly now: Date
}

/** What somebody wants signed; all of it may be forged. */
export interface Question {
  readonly payload: Uint8Array
  readonly proofs: unknown
  /** The tenant that asks, by UUID. */
  readonly tenant: string
}

/** What one purpose signs, and when. */
export interface Rule extends Pick<Purpose<unknown>, 'payloadType'> {
  /** Why the signer refuses, or nothing when it may sign. Pure. */
  judge(question: Question, grounds: Grounds): Refused | undefined
}

/** How far another machine's clock may be ahead of ours, in milliseconds. */
export const clockSkew = 5 * 60 * 1000

/** A refusal with its sentence. */
export const refuse = (refusal: SigningRefusal, detail: string): Refused => ({ refusal, detail })

/** What could be read, or the refusal when it does not convince. */
export const reading = <T>(refusal: SigningRefusal, read: () => T): { readonly value: T } | Refused => {
  try {
    return { value: read() }
  } catch (error) {
    if (error instanceof VerificationError) return refuse(refusal, error.message)
    throw error
  }
}

/** A rule of which the document and the proofs are read before it is asked. */
export const rule = <D extends { readonly tenant: string }, P>(
  { payloadType, parse }: Purpose<D>,
  given: {
    readonly proofs: Shape<P>
    readonly judge: (document: D, proofs: P, digest: string, grounds: Grounds) => Refused | undefined
  },
): Rule => ({
  payloadType,
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

/** Whether two lists name the same things, each once. */
export const sameSet = (left: readonly string[], right: readonly string[]): boolean =>
  left.length === right.length && new Set([...left, ...right]).size === left.length

const named = (artifacts: readonly ArtifactRef[]): string[] => artifacts.map((each) => `${each.sha256}:${each.length}`)

/** A document that the signer itself signed before, and the SHA-256 of its bytes. */
export interface Own<D> {
  readonly document: D
  readonly digest: string
}

/** Reads a document that the signer’s own key must have signed. */
export function own<D>(refusal: SigningRefusal, { payloadType, parse }: Purpose<D>, envelope: unknown, key: PublicKey) {
  return reading(refusal, (): Own<D> => {
    const { payload } = verifyEnvelope(envelope, { payloadType, keys: [key] })
    return { document: parse(payload), digest: sha256(payload) }
  })
}

/** Reads a release statement of the signer’s own. */
export const ownRelease = (envelope: unknown, { releaseKey }: Grounds) =>
  own('release-unproven', purposes['release-publish'], envelope, releaseKey)

/** Whether a plan installs exactly what a release statement names. */
export function judgeRelease(plan: RolloutPlan, value: ReleasePublish): Refused | undefined {
  if (value.tenant !== plan.tenant || value.release !== plan.release)
    return refuse('release-mismatch', 'The signed release is another one.')
  if (!sameSet(named(value.artifacts), named(plan.artifacts)))
    return refuse('release-mismatch', 'The plan’s artifacts are not those of the release.')
  return undefined
}

/** Those of some members who approved a plan, its maker left out, each key once. */
export function approving(
  members: readonly Member[],
  { createdBy }: RolloutPlan,
  digest: string,
  approvals: readonly Approval[],
): readonly Member[] {
  const found = new Map<string, Member>()
  for (const approval of approvals) {
    const member = members.find((each) => each.keyId === approval.keyId)
    if (!member || member.person === createdBy || found.has(member.keyId)) continue
    if (isApprovedBy(approval, digest, keyOf(member))) found.set(member.keyId, member)
  }
  return [...found.values()]
}

/** The form of the approvals among the proofs. */
export const approvals = list(object({ keyId: digest, signature: line }), { min: 0, max: 64 })
