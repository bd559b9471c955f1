import type { JobState } from '@suture/contract/states.ts'
import { canonicalBytes } from '@suture/trust/canonical.ts'
import { sha256 } from '@suture/trust/digest.ts'
import { proofsDigest, summariseFindings, summariseResults } from '@suture/trust/evidence-pack.ts'
import type { EvidencePack } from '@suture/trust/pack-file.ts'
import type { DeviceResult } from '@suture/trust/rollout-evidence.ts'
import { asJson, type RolloutEvidence } from '@suture/trust/statements.ts'

/** A pack without the signer's word for it. */
export type Parts = Omit<EvidencePack, 'statement' | 'format'>

/** What deployment tells of a device, as evidence has it. */
export const resultOf = (told: {
  readonly device: string
  readonly site: string | null
  readonly model: string
  readonly hardwareRevision: string
  readonly state: JobState | 'not-offered'
  readonly class: string | null
  readonly assurance: DeviceResult['assurance']
  readonly before: string | null
  readonly after: string | null
  readonly observedAt: Date | null
  readonly wave: number | null
}): DeviceResult => ({
  device: told.device,
  ...(told.site === null ? {} : { site: told.site }),
  model: told.model,
  hardwareRevision: told.hardwareRevision,
  state: told.state as DeviceResult['state'],
  ...(told.class === null ? {} : { class: told.class }),
  assurance: told.assurance,
  before: told.before,
  after: told.after,
  observedAt: told.observedAt?.toISOString() ?? null,
  wave: told.wave,
})

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
