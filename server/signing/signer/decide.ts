import { maxDocumentBytes } from '@suture/trust/canonical.ts'
import { type Envelope, signEnvelope } from '@suture/trust/dsse.ts'
import type { SigningKey } from '@suture/trust/keys.ts'
import type { SigningPurpose, SigningRefusal } from '../purposes.ts'
import type { Grounds, Question, Refused, Rule } from './rule.ts'

/** What is signed, and on what condition. */
export type Rules = Readonly<Record<SigningPurpose, Rule>>

/** A request as the database tells it: whatever type a hostile schema gives its columns. */
export interface Asked {
  readonly purpose: unknown
  /** Null when it is larger than the signer reads. */
  readonly payload: unknown
  readonly proofs: unknown
  readonly tenant: unknown
}

/** The signer's answer to a request. */
export type Answer = { readonly kind: 'sign'; readonly statement: Envelope } | ({ readonly kind: 'refuse' } & Refused)

const maxDetail = 500

/** A refusal whose sentence is short and is text, whatever was quoted in it. */
export const refusing = (refusal: SigningRefusal, detail: string): Answer => ({
  kind: 'refuse',
  refusal,
  detail: detail.slice(0, maxDetail).toWellFormed(),
})

/** Signs what the rule of its purpose allows, with the key of that purpose and no other. */
export function answer(
  { purpose, payload, proofs, tenant }: Asked,
  rules: Rules,
  grounds: Grounds,
  keys: { readonly [P in SigningPurpose]: SigningKey },
): Answer {
  if (typeof purpose !== 'string' || !Object.hasOwn(rules, purpose)) {
    return refusing('purpose-unknown', 'There is no rule for this purpose.')
  }
  if (!Buffer.isBuffer(payload) || payload.length > maxDocumentBytes || proofs === null) {
    return refusing('request-too-large', 'The document or its proofs are missing or too large.')
  }
  const known = purpose as SigningPurpose
  const rule = rules[known]
  const question: Question = { payload, proofs, tenant: String(tenant) }
  const refused = rule.judge(question, grounds)
  if (refused) return refusing(refused.refusal, refused.detail)
  return { kind: 'sign', statement: signEnvelope(rule.payloadType, payload, keys[known]) }
}
