import { canonicalBytes } from '@suture/trust/canonical.ts'
import { sha256 } from '@suture/trust/digest.ts'
import { type EvidencePack, proofsDigest } from '@suture/trust/pack-file.ts'
import { summariseFindings, summariseResults } from '@suture/trust/rollout-evidence.ts'
import { asJson, type RolloutEvidence } from '@suture/trust/statements.ts'

/** A pack without the signer's word for it. */
export type Parts = Omit<EvidencePack, 'statement' | 'format'>

/** What is known of a rollout beside its pack. */
interface About {
  readonly tenant: string
  readonly rollout: string
  readonly outcome: RolloutEvidence['outcome']
  readonly plan: string
  readonly release: string
  readonly verdict: string
  readonly startedAt: Date
  readonly endedAt: Date
  readonly quarantined: RolloutEvidence['quarantined']
  readonly at: Date
}

/** The statement that binds the parts of a pack together: canonical bytes and their digest. */
export function stateEvidence(parts: Parts, about: About): { readonly payload: Buffer; readonly digest: string } {
  const document: RolloutEvidence = {
    ...about,
    type: 'suture.rollout-evidence.v1',
    startedAt: about.startedAt.toISOString(),
    endedAt: about.endedAt.toISOString(),
    at: about.at.toISOString(),
    proofs: proofsDigest(parts),
    approvers: parts.approvals.map(({ person, keyId }) => ({ person, keyId })),
    results: summariseResults(parts.results),
    findings: summariseFindings(parts.findings),
  }
  const payload = canonicalBytes(asJson(document))
  return { payload, digest: sha256(payload) }
}

/** The device ids of a frozen audience: big-endian int64, sorted. */
export const readAudience = (bytes: Buffer): number[] =>
  Array.from({ length: bytes.length / 8 }, (_, at) => Number(bytes.readBigInt64BE(at * 8)))
