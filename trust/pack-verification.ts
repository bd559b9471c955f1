import { readPlainBase64 } from './base64.ts'
import { canonicalText, type Json } from './canonical-text.ts'
import { isConsent } from './consent.ts'
import { inconsistent } from './document.ts'
import { openEnvelope, unverifiedPayload } from './envelope.ts'
import type { CheckName, PassedCheck } from './pack-checks.ts'
import { askProofsDigest, type EvidencePack, maxPackBytes, readPack } from './pack-file.ts'
import { type Asking, askSha256, type VerifyingKey } from './question.ts'
import {
  assertFindings,
  assertResults,
  type ClosedFinding,
  type DeviceResult,
  type RolloutEvidence,
  readRolloutEvidence,
} from './rollout-evidence.ts'
import type { VerifyingKeys } from './signer-keys-file.ts'
import {
  type ArtifactRef,
  type LabVerdict,
  payloadTypes,
  type ReleasePublish,
  type RolloutPlan,
  readLabVerdict,
  readReleasePublish,
  readRolloutPlan,
} from './statements.ts'
import { VerificationError } from './verification-error.ts'
import { readVerifyingKey } from './verifying-key.ts'

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
function* opened<D>(
  envelope: EvidencePack['statement'],
  payloadType: string,
  key: VerifyingKey,
  read: (bytes: Uint8Array) => D,
): Asking<Signed<D>> {
  const { payload } = yield* openEnvelope(envelope, { payloadType, keys: [key] })
  const [signature] = envelope.signatures
  const isCanonical = (text: string) => readPlainBase64(text) !== undefined
  // DSSE allows a second alphabet, in which a pack would be other bytes that verify too.
  if (!isCanonical(envelope.payload) || !isCanonical(signature?.sig ?? ''))
    throw new VerificationError('dsse/malformed', 'The envelope is malformed: base64 of another alphabet.')
  return { document: read(payload), digest: yield* askSha256(payload) }
}

const openStatement = ({ statement }: EvidencePack, keys: VerifyingKeys) =>
  opened(statement, payloadTypes.rolloutEvidence, keys.evidence, readRolloutEvidence)

const sameArtifacts = (left: readonly string[], right: readonly string[]): boolean =>
  left.toSorted().join() === right.toSorted().join()

const named = (artifacts: readonly ArtifactRef[]): string[] => artifacts.map((each) => `${each.sha256}:${each.length}`)

function* openPlan(
  { plan }: EvidencePack,
  keys: VerifyingKeys,
  evidence: RolloutEvidence,
): Asking<Signed<RolloutPlan>> {
  const signed = yield* opened(plan, payloadTypes.rolloutPlan, keys['rollout-plan'], readRolloutPlan)
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

function* openRelease(
  { release }: EvidencePack,
  keys: VerifyingKeys,
  evidence: RolloutEvidence,
  plan: RolloutPlan,
): Asking<ReleasePublish> {
  const { document, digest } = yield* opened(
    release,
    payloadTypes.releasePublish,
    keys['release-publish'],
    readReleasePublish,
  )
  if (digest !== evidence.release) inconsistent('The statement names another release.')
  if (document.tenant !== evidence.tenant || document.release !== plan.release)
    inconsistent('The plan is for another release.')
  if (!sameArtifacts(named(document.artifacts), named(plan.artifacts)))
    inconsistent('The plan’s artifacts are not those of the release.')
  return document
}

/** The lab's key is in no public file: its verdict counts by the digest that the signer put its name to. */
function* openVerdict(
  { verdict }: EvidencePack,
  evidence: RolloutEvidence,
  release: ReleasePublish,
): Asking<LabVerdict> {
  const payload = unverifiedPayload(verdict, payloadTypes.labVerdict)
  const digest = yield* askSha256(payload)
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

function* assertApprovals(
  { approvals }: EvidencePack,
  evidence: RolloutEvidence,
  { createdBy }: RolloutPlan,
): Asking<void> {
  for (const { person, keyId, publicKey, signature } of approvals) {
    const key = yield* readVerifyingKey(publicKey)
    if (key.keyId !== keyId) inconsistent(`The key of ${person} has another name than ${keyId}.`)
    if (!(yield* isConsent({ keyId, signature }, evidence.plan, key)))
      inconsistent(`${person} did not approve this plan.`)
    if (person === createdBy) inconsistent('The plan’s maker is among its approvers.')
  }
  const packed = approvals.map(({ person, keyId }) => ({ person, keyId }))
  if (canonicalText(packed) !== canonicalText(evidence.approvers as Json))
    inconsistent('The approvals are not those of the people whom the statement names, in its order.')
}

function* assertProofs(pack: EvidencePack, evidence: RolloutEvidence): Asking<void> {
  if ((yield* askProofsDigest(pack)) !== evidence.proofs)
    inconsistent('The proofs are not, byte for byte, those that the statement was signed with.')
}

/** How a pack is verified. */
export interface Verification {
  /** How large a file may be, in bytes; 256 MiB where it is left out. */
  readonly maxBytes?: number
  /** Told of each check as it passes. */
  readonly passed?: (check: PassedCheck) => void
}

// biome-ignore lint/correctness/useYield: it asks nothing, and fails where the others do
function* readFile(bytes: Uint8Array, maxBytes: number): Asking<EvidencePack> {
  return readPack(bytes, maxBytes)
}

/**
 * Verifies a pack with nothing but the signer's public keys. Throws `FailedCheck`.
 * @returns what goes on as whoever has cryptography answers its questions
 */
export function* packVerification(
  bytes: Uint8Array,
  keys: VerifyingKeys,
  { maxBytes = maxPackBytes, passed }: Verification = {},
): Asking<VerifiedPack> {
  const checks: PassedCheck[] = []
  function* check<T>(name: CheckName, asking: Asking<T>, say: (value: T) => string): Asking<T> {
    const value = yield* orFailed(name, asking)
    const done = { check: name, detail: say(value) }
    checks.push(done)
    passed?.(done)
    return value
  }
  const pack = yield* check('file', readFile(bytes, maxBytes), sayFile)
  const { document } = yield* check('statement', openStatement(pack, keys), sayStatement)
  const { document: plan } = yield* check('plan', openPlan(pack, keys, document), sayPlan)
  const release = yield* check('release', openRelease(pack, keys, document, plan), sayRelease)
  yield* check('verdict', openVerdict(pack, document, release), sayVerdict)
  yield* check('approvals', assertApprovals(pack, document, plan), () => sayApprovals(pack))
  yield* check('proofs', assertProofs(pack, document), sayProofs)
  const { results, findings } = pack
  yield* check('results', assertResults(results, document), () => sayResults(document))
  yield* check('findings', assertFindings(findings, results, document), () => sayFindings(document))
  return { document, results, findings, checks }
}

function* orFailed<T>(name: CheckName, asking: Asking<T>): Asking<T> {
  try {
    return yield* asking
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
const sayVerdict = ({ rigs, uncovered, at }: LabVerdict) =>
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
