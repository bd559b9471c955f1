import { randomUUID } from 'node:crypto'
import { approve } from '@suture/trust/approval.ts'
import { canonicalBytes, type Json } from '@suture/trust/canonical.ts'
import { sha256 } from '@suture/trust/digest.ts'
import { type Envelope, signEnvelope } from '@suture/trust/dsse.ts'
import {
  FailedCheck,
  proofsDigest,
  summariseFindings,
  summariseResults,
  verifyEvidencePack,
} from '@suture/trust/evidence-pack.ts'
import { newSigningKey, publicHalf, publicPem, type SigningKey } from '@suture/trust/keys.ts'
import { type EvidencePack, packParts } from '@suture/trust/pack-file.ts'
import {
  byDevice,
  byDeviceAndVulnerability,
  type ClosedFinding,
  type DeviceResult,
} from '@suture/trust/rollout-evidence.ts'
import {
  asJson,
  type LabVerdict,
  payloadTypes,
  type ReleasePublish,
  type RolloutEvidence,
  type RolloutPlan,
} from '@suture/trust/statements.ts'

const uuid = (): string => randomUUID()
const at = (hour: number): string => new Date(Date.UTC(2026, 5, 1, hour)).toISOString()

/** What a pack is made of, before anything is signed; a test changes it and has it signed all the same. */
export interface PackDraft {
  people: { person: string; name: string; key: SigningKey }[]
  verdict: LabVerdict
  release: ReleasePublish
  plan: RolloutPlan
  results: DeviceResult[]
  findings: ClosedFinding[]
  /** Which verdict the release names: its own where this is left out, none where it is null. */
  verdictNamed?: string | null
  /** What the statement says otherwise than its parts would have it. */
  statement: Partial<RolloutEvidence>
  /** What stands in the pack otherwise than it was signed with. */
  pack: Partial<EvidencePack>
}

/** Keys of a signer and a lab, for packs that no signer has to be started for. */
export const packKeys = {
  'rollout-plan': newSigningKey(),
  'release-publish': newSigningKey(),
  evidence: newSigningKey(),
  lab: newSigningKey(),
} as const

const artifact = { sha256: sha256(Buffer.from('firmware 4.1.2')), length: 4096 }

function draftRelease(tenant: string, createdBy: string): Pick<PackDraft, 'verdict' | 'release'> {
  const release = uuid()
  return {
    verdict: {
      type: 'suture.lab-verdict.v1',
      tenant,
      release,
      artifacts: [artifact.sha256],
      verdict: 'passed',
      rigs: [{ rig: 'bench 3', cell: { model: 'DL-20', hardwareRevision: 'B' } }],
      uncovered: [{ model: 'DL-20', hardwareRevision: 'C' }],
      at: at(1),
    },
    release: {
      type: 'suture.release-publish.v1',
      tenant,
      release,
      name: 'DL-20 firmware 4.1.2',
      artifacts: [artifact],
      createdBy,
      createdAt: at(2),
    },
  }
}

const draftPlan = ({ tenant, release, createdBy }: ReleasePublish, count: number): RolloutPlan => ({
  type: 'suture.rollout-plan.v1',
  tenant,
  plan: uuid(),
  name: 'Door locks, north wing',
  release,
  createdBy,
  createdAt: at(3),
  artifacts: [artifact],
  audience: { digest: sha256(Buffer.from('audience')), count },
  waves: [{ pick: 'hashed', percent: 100, soakSeconds: 0, minimumSample: 1 }],
  limits: {
    silenceSeconds: 900,
    maxFailurePercent: 2,
    perRevision: { maxFailurePercent: 10, minimumSample: 6, beyond: 'quarantine' },
    revisions: [],
  },
  notBefore: at(3),
  notAfter: at(23),
})

/** One result of each kind that matters, in the order of a pack. */
export function someResults(): DeviceResult[] {
  const device = { model: 'DL-20', hardwareRevision: 'B', before: '4.0.9' }
  const verified = { ...device, state: 'verified', assurance: 'observed', after: '4.1.2', observedAt: at(6) } as const
  const unheard = { ...device, assurance: 'none', after: null, observedAt: null } as const
  const results: DeviceResult[] = [
    { ...verified, device: uuid(), site: 'Leeds', wave: 0 },
    { ...verified, device: uuid(), assurance: 'attested', wave: 0 },
    { ...unheard, device: uuid(), state: 'silent', wave: 0 },
    { ...unheard, device: uuid(), state: 'failed', class: 'verification', assurance: 'claimed', wave: 0 },
    { ...unheard, device: uuid(), state: 'not-offered', wave: null },
  ]
  return results.toSorted(byDevice)
}

/** A pack that verifies once it is sealed. */
export function draftPack(): PackDraft {
  const [tenant, maker] = [uuid(), uuid()]
  const { verdict, release } = draftRelease(tenant, maker)
  const results = someResults()
  const findings = results
    .filter(({ state }) => state === 'verified')
    .map(({ device }) => ({ device, vulnerability: 'CVE-2026-1234', closedAt: at(7), assurance: 'observed' as const }))
    .toSorted(byDeviceAndVulnerability)
  return {
    people: ['Ada', 'Bo'].map((name) => ({ person: uuid(), name, key: newSigningKey() })),
    verdict,
    release,
    plan: draftPlan(release, results.length),
    results,
    findings,
    statement: {},
    pack: {},
  }
}

type Proofs = Pick<EvidencePack, 'plan' | 'release' | 'verdict' | 'approvals'>
type Sealed = Envelope & EvidencePack['statement']

const signed = (purpose: keyof typeof packKeys, type: string, document: Parameters<typeof asJson>[0]) =>
  signEnvelope(type, canonicalBytes(asJson(document)), packKeys[purpose]) as Sealed

const digestOf = ({ payload }: Envelope): string => sha256(Buffer.from(payload, 'base64'))

function sealProofs({ people, plan, release, verdict, verdictNamed }: PackDraft): Proofs & { verdict: Envelope } {
  const ofVerdict = signed('lab', payloadTypes.labVerdict, verdict)
  const named = verdictNamed === undefined ? digestOf(ofVerdict) : verdictNamed
  const naming = named === null ? release : { ...release, verdict: named }
  const ofPlan = signed('rollout-plan', payloadTypes.rolloutPlan, plan)
  return {
    verdict: ofVerdict,
    release: signed('release-publish', payloadTypes.releasePublish, naming),
    plan: ofPlan,
    approvals: people.map(({ person, name, key }) => ({
      person,
      name,
      publicKey: publicPem(publicHalf(key)),
      ...approve(digestOf(ofPlan), key),
    })),
  }
}

/** Signs a draft with the test's keys, as a signer without rules would. */
export function sealPack(draft: PackDraft): EvidencePack {
  const proofs = sealProofs(draft)
  const statement: RolloutEvidence = {
    type: 'suture.rollout-evidence.v1',
    tenant: draft.release.tenant,
    rollout: uuid(),
    plan: digestOf(proofs.plan),
    release: digestOf(proofs.release),
    verdict: digestOf(proofs.verdict),
    proofs: proofsDigest(proofs),
    approvers: proofs.approvals.map(({ person, keyId }) => ({ person, keyId })),
    startedAt: at(4),
    endedAt: at(8),
    outcome: 'finished',
    results: summariseResults(draft.results),
    findings: summariseFindings(draft.findings),
    quarantined: [],
    at: at(9),
    ...draft.statement,
  }
  return {
    format: 'suture.evidence-pack.v1',
    statement: signed('evidence', payloadTypes.rolloutEvidence, statement),
    ...proofs,
    results: draft.results,
    findings: draft.findings,
    ...draft.pack,
  }
}

/** The file of a pack. */
export const packBytes = (pack: EvidencePack): Buffer => Buffer.concat([...packParts(pack)])

/** The public keys with which the packs of this file verify. */
export const packPublicKeys = {
  'rollout-plan': publicHalf(packKeys['rollout-plan']),
  'release-publish': publicHalf(packKeys['release-publish']),
  evidence: publicHalf(packKeys.evidence),
}

/** What becomes of a pack: `verified`, or the check it failed and why. */
export function saidOfPack(
  bytes: Uint8Array,
  keys = packPublicKeys,
  options: { readonly maxBytes?: number } = {},
): string {
  try {
    verifyEvidencePack(bytes, keys, options)
    return 'verified'
  } catch (error) {
    if (error instanceof FailedCheck) return error.message
    throw error
  }
}

/** What becomes of a pack that was changed before everything in it was signed. */
export function saidOfDraft(change: (draft: PackDraft) => void): string {
  const draft = draftPack()
  change(draft)
  return saidOfPack(packBytes(sealPack(draft)))
}

/** What becomes of a pack that was changed after it was signed. */
export function saidOfChanged(pack: EvidencePack, change: (pack: Record<keyof EvidencePack, unknown>) => void): string {
  const changed: Record<keyof EvidencePack, unknown> = structuredClone(pack)
  change(changed)
  return saidOfPack(canonicalBytes(changed as Json))
}
