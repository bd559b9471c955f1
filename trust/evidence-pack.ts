import { isApprovedBy } from './approval.ts'
import { canonicalBytes, type Json } from './canonical.ts'
import { sha256 } from './digest.ts'
import { inconsistent } from './document.ts'
import { unverifiedPayload, verifyEnvelope } from './dsse.ts'
import { type PublicKey, readPublicKey } from './keys.ts'
import { type EvidencePack, maxPackBytes, proofsDigest, readPack } from './pack-file.ts'
import {
  assertFindings,
  assertResults,
  type ClosedFinding,
  type DeviceResult,
  type RolloutEvidence,
  readRolloutEvidence,
} from './rollout-evidence.ts'
import type { SignerKeys } from './signer-keys.ts'
import {
  type ArtifactRef,
  payloadTypes,
  type ReleasePublish,
  type RolloutPlan,
  readLabVerdict,
  readReleasePublish,
  readRolloutPlan,
} from './statements.ts'
import { VerificationError } from './verification-error.ts'

/** What is checked of a pack, in this order. */
type CheckName = 'file' | 'statement' | 'plan' | 'release' | 'verdict' | 'approvals' | 'proofs' | 'results' | 'findings'

/** A check that a pack passed, and in one sentence what it showed. */
export interface PassedCheck {
  readonly check: CheckName
  readonly detail: string
}

/** The check that a pack failed, and why; the message says both. */
export class FailedCheck extends VerificationError {
  readonly check: CheckName
  readonly why: string

  constructor(check: CheckName, { code, message }: VerificationError) {
    super(code, `${check}: ${message}`)
    this.name = 'FailedCheck'
    this.check = check
    this.why = message
  }
}

/** A pack of which everything was verified. */
export interface VerifiedPack {
  readonly document: RolloutEvidence
  readonly results: readonly DeviceResult[]
  readonly findings: readonly ClosedFinding[]
  readonly checks: readonly PassedCheck[]
}

interface Signed<D> {
  readonly document: D
  readonly digest: string
}

/** A document in an envelope that one key signed, in the one form that our signer writes. */
function opened<D>(
  envelope: EvidencePack['statement'],
  payloadType: string,
  key: PublicKey,
  read: (bytes: Uint8Array) => D,
): Signed<D> {
  const { payload } = verifyEnvelope(envelope, { payloadType, keys: [key] })
  const [signature] = envelope.signatures
  const isCanonical = (text: string) => Buffer.from(text, 'base64').toString('base64') === text
  // DSSE allows a second alphabet, in which a pack would be other bytes that verify too.
  if (!isCanonical(envelope.payload) || !isCanonical(signature?.sig ?? ''))
    throw new VerificationError('dsse/malformed', 'The envelope is malformed: base64 of another alphabet.')
  return { document: read(payload), digest: sha256(payload) }
}

const openStatement = ({ statement }: EvidencePack, keys: SignerKeys) =>
  opened(statement, payloadTypes.rolloutEvidence, keys.evidence, readRolloutEvidence)

const sameArtifacts = (left: readonly string[], right: readonly string[]): boolean =>
  left.toSorted().join() === right.toSorted().join()

const named = (artifacts: readonly ArtifactRef[]): string[] => artifacts.map((each) => `${each.sha256}:${each.length}`)

function openPlan({ plan }: EvidencePack, keys: SignerKeys, evidence: RolloutEvidence): Signed<RolloutPlan> {
  const signed = opened(plan, payloadTypes.rolloutPlan, keys['rollout-plan'], readRolloutPlan)
  const { document, digest } = signed
  if (digest !== evidence.plan) inconsistent('The statement names another plan.')
  if (document.tenant !== evidence.tenant) inconsistent('The plan belongs to another tenant.')
  if (document.audience.count !== evidence.results.devices)
    inconsistent(`The plan is for ${document.audience.count} devices, the results are of ${evidence.results.devices}.`)
  const began = Date.parse(evidence.startedAt)
  if (began < Date.parse(document.notBefore) || began < Date.parse(document.createdAt))
    inconsistent('The rollout began before the plan allowed it.')
  if (began > Date.parse(document.notAfter)) inconsistent('The rollout began after the plan had ended.')
  return signed
}

function openRelease({ release }: EvidencePack, keys: SignerKeys, evidence: RolloutEvidence, plan: RolloutPlan) {
  const { document, digest } = opened(release, payloadTypes.releasePublish, keys['release-publish'], readReleasePublish)
  if (digest !== evidence.release) inconsistent('The statement names another release.')
  if (document.tenant !== evidence.tenant || document.release !== plan.release)
    inconsistent('The plan is for another release.')
  if (!sameArtifacts(named(document.artifacts), named(plan.artifacts)))
    inconsistent('The plan’s artifacts are not those of the release.')
  return document
}

/** The lab's key is in no public file: its verdict counts by the digest that the signer put its name to. */
function openVerdict({ verdict }: EvidencePack, evidence: RolloutEvidence, release: ReleasePublish) {
  const payload = unverifiedPayload(verdict, payloadTypes.labVerdict)
  const digest = sha256(payload)
  if (release.verdict === undefined) inconsistent('The release statement names no verdict.')
  if (digest !== release.verdict) inconsistent('The release statement names another verdict.')
  if (digest !== evidence.verdict) inconsistent('The statement names another verdict.')
  const document = readLabVerdict(payload)
  if (document.tenant !== release.tenant || document.release !== release.release)
    inconsistent('The verdict is about another release.')
  const released = release.artifacts.map((each) => each.sha256)
  if (!sameArtifacts(document.artifacts, released)) inconsistent('The lab tested other artifacts.')
  if (document.verdict !== 'passed') inconsistent('The lab did not pass the release.')
  return document
}

function assertApprovals({ approvals }: EvidencePack, evidence: RolloutEvidence, { createdBy }: RolloutPlan): void {
  for (const { person, keyId, publicKey, signature } of approvals) {
    const key = readPublicKey(publicKey)
    if (key.keyId !== keyId) inconsistent(`The key of ${person} has another name than ${keyId}.`)
    if (!isApprovedBy({ keyId, signature }, evidence.plan, key)) inconsistent(`${person} did not approve this plan.`)
    if (person === createdBy) inconsistent('The plan’s maker is among its approvers.')
  }
  const packed = approvals.map(({ person, keyId }) => ({ person, keyId }))
  if (!canonicalBytes(packed).equals(canonicalBytes(evidence.approvers as Json)))
    inconsistent('The approvals are not those of the people whom the statement names, in its order.')
}

function assertProofs(pack: EvidencePack, evidence: RolloutEvidence): void {
  if (proofsDigest(pack) !== evidence.proofs)
    inconsistent('The proofs are not, byte for byte, those that the statement was signed with.')
}

/**
 * Verifies a pack with nothing but the signer's public keys. Throws `FailedCheck`.
 * @param options.maxBytes how large a file may be; 256 MiB where it is left out
 * @param options.passed told of each check as it passes
 */
export function verifyEvidencePack(
  bytes: Uint8Array,
  keys: SignerKeys,
  options: { readonly maxBytes?: number; readonly passed?: (check: PassedCheck) => void } = {},
): VerifiedPack {
  const checks: PassedCheck[] = []
  const check = <T>(name: CheckName, run: () => T, say: (value: T) => string): T => {
    const value = orFailed(name, run)
    const passed = { check: name, detail: say(value) }
    checks.push(passed)
    options.passed?.(passed)
    return value
  }
  const pack = check('file', () => readPack(bytes, options.maxBytes ?? maxPackBytes), sayFile)
  const { document } = check('statement', () => openStatement(pack, keys), sayStatement)
  const plan = check('plan', () => openPlan(pack, keys, document), sayPlan).document
  const release = check('release', () => openRelease(pack, keys, document, plan), sayRelease)
  check('verdict', () => openVerdict(pack, document, release), sayVerdict)
  check(
    'approvals',
    () => assertApprovals(pack, document, plan),
    () => sayApprovals(pack),
  )
  check('proofs', () => assertProofs(pack, document), sayProofs)
  const { results, findings } = pack
  check(
    'results',
    () => assertResults(results, document),
    () => sayResults(document),
  )
  check(
    'findings',
    () => assertFindings(findings, results, document),
    () => sayFindings(document),
  )
  return { document, results, findings, checks }
}

function orFailed<T>(name: CheckName, run: () => T): T {
  try {
    return run()
  } catch (error) {
    throw error instanceof VerificationError ? new FailedCheck(name, error) : error
  }
}

const sayFile = ({ format }: EvidencePack) => `one pack of the form ${format}, which every parser reads alike`
const sayStatement = ({ document }: Signed<RolloutEvidence>) =>
  `signed by the signer’s key for evidence: rollout ${document.rollout} ${document.outcome} at ${document.endedAt}`
const sayPlan = ({ document, digest }: Signed<RolloutPlan>) =>
  `“${document.name}” (${digest}), signed by the signer’s key for plans`
const sayRelease = ({ name, artifacts }: ReleasePublish) =>
  `“${name}” with the plan’s artifacts (${artifacts.length}), signed by the signer’s key for releases`
const sayVerdict = ({ rigs, uncovered, at }: ReturnType<typeof openVerdict>) =>
  `the lab passed it at ${at}: cells tried ${rigs.length}, not covered ${uncovered.length}`
const sayApprovals = ({ approvals }: EvidencePack) =>
  `${approvals.map(({ name, keyId }) => `${name} (key ${keyId.slice(0, 12)}…)`).join(' and ')} approved this very plan`
const sayProofs = () => 'plan, release, verdict and approvals are those that the statement was signed with'
const sayFindings = ({ findings: { closed } }: RolloutEvidence) =>
  `${closed} findings (device × vulnerability) closed, each on a verified device`
const sayResults = ({ results: { devices, states } }: RolloutEvidence) => {
  const counts = Object.entries(states).flatMap(([state, n]) => (n === 0 ? [] : [`${state} ${n}`]))
  return `each of the ${devices} devices has one result: ${counts.join(', ')}`
}
