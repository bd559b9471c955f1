import { z } from 'zod'
import { Digest } from './digest.ts'
import { endpoint } from './endpoint.ts'
import { Instant } from './instant.ts'
import { page, pageQuery } from './paging.ts'

/** What the signer signs on request; each has its own key, payload type and rule. */
export const signingPurposes = ['rollout-plan', 'release-publish', 'evidence'] as const
export type SigningPurpose = (typeof signingPurposes)[number]

/** How far a request for a signature has come. */
export const signingStates = ['requested', 'signed', 'refused'] as const

/** Every reason for which the signer refuses, as the sentence that explains it; a code is never renamed. */
const signingRefusals = {
  'request-too-large': 'The document or its proofs are larger than the signer reads',
  'purpose-unknown': 'The signer has no rule for this purpose',
  'document-invalid': 'The document is not the canonical form of what this purpose signs',
  'proofs-invalid': 'The proofs do not have the form that this purpose takes',
  'tenant-mismatch': 'The document names another tenant than the one that asks',
  'window-invalid': 'The plan may run for longer than a year, or was made in the future',
  'plan-expired': 'The time in which the plan may run is over',
  'release-unproven': 'The signer never signed the release that the plan or the evidence names',
  'release-mismatch': 'The signed release is another one, of another tenant, or has other artifacts than the plan',
  'approvals-missing':
    'Fewer than two people who may approve, the plan’s maker not counted, approved exactly this plan',
  'verdict-unproven': 'No lab that is enrolled for this tenant signed the verdict',
  'verdict-mismatch': 'The verdict is about another release, another tenant or other artifacts',
  'verdict-failed': 'The lab did not pass this release',
  'plan-unproven': 'The signer never signed the plan that the evidence names',
  'evidence-mismatch':
    'The evidence is about another plan, release, verdict, time or number of devices than what the signer signed',
  'evidence-premature': 'The evidence speaks of a time that has not come',
  'approvers-mismatch': 'The evidence names other people than those who approved the plan, or other keys of theirs',
  'home-damaged': 'The signer’s sealed keys and roster were changed outside a ceremony, so it signs nothing',
  'home-rolled-back': 'The signer’s roster is older than one it has already used, so it signs nothing',
} as const
export type SigningRefusal = keyof typeof signingRefusals
const refusalCodes = Object.keys(signingRefusals) as [SigningRefusal, ...SigningRefusal[]]

const SigningRequest = z.object({
  id: z.uuid(),
  purpose: z.enum(signingPurposes),
  digest: Digest,
  state: z.enum(signingStates),
  refusal: z.object({ code: z.enum(refusalCodes), detail: z.string() }).nullable(),
  requestedAt: Instant,
  requestedBy: z.string(),
  decidedAt: Instant.nullable(),
})

export const listSigningRequests = endpoint({
  id: 'listSigningRequests',
  method: 'GET',
  path: '/signing/requests',
  may: 'signing:read',
  tag: 'Signing',
  summary: 'What the signer was asked to sign, newest first: the digest, and whether it signed or why it refused.',
  query: z.strictObject({ ...pageQuery, state: z.enum(signingStates).optional() }),
  reply: page(SigningRequest),
  refusals: ['http/bad-cursor'],
})

const SignerKey = z.object({
  purpose: z.enum(signingPurposes),
  keyId: Digest,
  /** SubjectPublicKeyInfo in PEM. */
  publicKey: z.string(),
})

export const getSignerKeys = endpoint({
  id: 'getSignerKeys',
  method: 'GET',
  path: '/signing/keys',
  may: 'signing:read',
  tag: 'Signing',
  summary: 'The public keys that the signer’s statements are verified with, and when the signer was last alive.',
  reply: z.object({ keys: z.array(SignerKey), lastSeen: Instant.nullable() }),
  refusals: ['signing/no-signer'],
})
