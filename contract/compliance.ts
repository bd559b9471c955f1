import { z } from 'zod'
import { endpoint } from './endpoint.ts'
import { Instant } from './instant.ts'
import { page, pageQuery } from './paging.ts'
import { signingStates } from './signing.ts'

const Evidence = z.object({
  id: z.uuid(),
  rollout: z.uuid(),
  /** SHA-256 of the statement's bytes. */
  digest: z.string(),
  /** How far the signer has come with it. */
  state: z.enum(signingStates),
  refusal: z.string().nullable(),
  createdAt: Instant,
  createdBy: z.string(),
})

export const packEvidence = endpoint({
  id: 'packEvidence',
  method: 'POST',
  path: '/rollouts/{rollout}/evidence',
  may: 'compliance:pack',
  tag: 'Evidence',
  summary: 'Collects what proves how a rollout that is over ended, and asks the signer to sign it.',
  params: z.strictObject({ rollout: z.uuid() }),
  status: 201,
  reply: Evidence,
  refusals: [
    'compliance/rollout-unknown',
    'compliance/rollout-not-over',
    'auth/all-sites-needed',
    'compliance/nothing-proven',
    'signing/no-signer',
  ],
})

export const listEvidence = endpoint({
  id: 'listEvidence',
  method: 'GET',
  path: '/evidence',
  may: 'compliance:read',
  tag: 'Evidence',
  summary: 'The evidence that was packed, newest first.',
  query: z.strictObject({ ...pageQuery, rollout: z.uuid().optional() }),
  reply: page(Evidence),
  refusals: ['http/bad-cursor'],
})

export const getEvidence = endpoint({
  id: 'getEvidence',
  method: 'GET',
  path: '/evidence/{id}',
  may: 'compliance:read',
  tag: 'Evidence',
  summary: 'How far the signer has come with one piece of evidence.',
  params: z.strictObject({ id: z.uuid() }),
  reply: Evidence,
  refusals: ['compliance/evidence-unknown'],
})

export const getEvidencePack = endpoint({
  id: 'getEvidencePack',
  method: 'GET',
  path: '/evidence/{id}/pack',
  may: 'compliance:read',
  tag: 'Evidence',
  summary: 'The pack itself: with the signer’s public keys it is verified without us (`suture evidence verify`).',
  params: z.strictObject({ id: z.uuid() }),
  /** The file itself, in canonical form (RFC 8785): what is kept of it as it came verifies. */
  reply: z
    .record(z.string(), z.unknown())
    .refine(({ format }) => format === 'suture.evidence-pack.v1', 'is an evidence pack'),
  refusals: ['compliance/evidence-unknown', 'compliance/not-signed', 'auth/all-sites-needed', 'signing/no-signer'],
})
