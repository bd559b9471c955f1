import { canonicalText, type Json } from './canonical-text.ts'
import { assertDistinct, inconsistent, reading } from './document.ts'
import type { RolloutEvidence } from './rollout-evidence.ts'
import { digest, instant, integer, line, list, object, oneOf, optional, type Read, uuid, variant } from './shape.ts'

export { type RolloutEvidence, readRolloutEvidence } from './rollout-evidence.ts'

const maxArtifacts = 256
const year = 366 * 24 * 3600

const artifact = object({ sha256: digest, length: integer(1, Number.MAX_SAFE_INTEGER) })

/** Bytes by digest and length, in bytes. */
export type ArtifactRef = Read<typeof artifact>

const devices = integer(1, 100_000_000)

/** One hardware revision of a model: waves are stratified by it, limits are judged by it, quarantine is of one. */
const revision = { model: line, hardwareRevision: line }

/** What one rig can stand for: a revision, and what runs on it before the release; left out is what nobody knows. */
const cell = object({ ...revision, bootloader: optional(line), currentVersion: optional(line) })

const pace = {
  /** How long the devices of the wave are watched once they have ended, before the next wave may open. */
  soakSeconds: integer(0, year),
  /** How many devices of the wave must have ended, or all where there are fewer, before it is judged. */
  minimumSample: devices,
}

/** How far the rollout reaches once this wave is open, the waves before it included. */
const wave = variant('pick', {
  /** So many devices of each revision in the audience, or all where there are fewer. */
  stratified: object({ pick: oneOf('stratified'), perStratum: devices, ...pace }),
  /** A share of the audience in percent, in the order of a salted hash. */
  hashed: object({ pick: oneOf('hashed'), percent: integer(1, 100), ...pace }),
})

/** The most devices that may fail, in percent of those that ended; silence is failure, and 100 would be no limit. */
const maxFailurePercent = integer(0, 99)

const revisionLimit = {
  maxFailurePercent,
  /** How many devices of the revision must have ended in a wave, or all where there are fewer, before it is judged. */
  minimumSample: devices,
  /** What follows beyond the limit: this revision is quarantined and the others go on, or the rollout stops. */
  beyond: oneOf('quarantine', 'stop'),
}

const limits = object({
  /** After how many seconds without a word a device that was offered the update counts as failed. */
  silenceSeconds: integer(1, year),
  /** For all devices of a wave together, quarantined revisions left out; beyond it the rollout stops. */
  maxFailurePercent,
  /** For the devices of one revision in a wave. */
  perRevision: object(revisionLimit),
  /** In place of `perRevision`, for the revisions named. */
  revisions: list(object({ ...revision, ...revisionLimit }), { min: 0, max: 1024 }),
})

const rolloutPlan = object({
  type: oneOf('suture.rollout-plan.v1'),
  tenant: uuid,
  plan: uuid,
  name: line,
  release: uuid,
  /** The person who made the plan, and who cannot approve it. */
  createdBy: uuid,
  createdAt: instant,
  artifacts: list(artifact, { min: 1, max: maxArtifacts }),
  /** The frozen target set: the digest of its bitmap, and how many devices it holds. */
  audience: object({ digest, count: devices }),
  waves: list(wave, { min: 1, max: 64 }),
  limits,
  notBefore: instant,
  notAfter: instant,
  rollbackOf: optional(uuid),
  /** Revisions that an earlier rollout of the same artifact quarantined, and that this plan may reach all the same. */
  includeQuarantined: optional(list(object({ manufacturer: line, ...revision }), { min: 1, max: 256 })),
})

/** What is to be installed where, how fast, and when to stop: the bytes that people approve. */
export type RolloutPlan = Read<typeof rolloutPlan>

/** Which bytes go on which revision of which model; no revision means all that are not named. */
const target = object({ manufacturer: line, model: line, hardwareRevision: optional(line), sha256: digest })

const releasePublish = object({
  type: oneOf('suture.release-publish.v1'),
  tenant: uuid,
  release: uuid,
  name: line,
  /** What a device says it runs once it has the release. */
  version: optional(line),
  artifacts: list(artifact, { min: 1, max: maxArtifacts }),
  targets: optional(list(target, { min: 1, max: maxArtifacts })),
  createdBy: uuid,
  createdAt: instant,
  /** SHA-256 of the lab verdict's payload, when the statement is to be tied to that very one. */
  verdict: optional(digest),
})

/** A release is what these bytes are, and the lab has passed it. */
export type ReleasePublish = Read<typeof releasePublish>

const labVerdict = object({
  type: oneOf('suture.lab-verdict.v1'),
  tenant: uuid,
  release: uuid,
  artifacts: list(digest, { min: 1, max: maxArtifacts }),
  verdict: oneOf('passed', 'failed'),
  /** Which rig stood for which cell: what it was, and what it ran when the test began. */
  rigs: list(object({ rig: line, cell }), { min: 0, max: 1024 }),
  /** The cells of the fleet that no rig stood for. */
  uncovered: list(cell, { min: 0, max: 4096 }),
  at: instant,
})

/** What the lab found when it installed a release's artifacts on its rigs. */
export type LabVerdict = Read<typeof labVerdict>

/** The media type under which each document is signed; no two share one (DSSE v1 `payloadType`). */
export const payloadTypes = {
  rolloutPlan: 'application/vnd.suture.rollout-plan.v1+json',
  releasePublish: 'application/vnd.suture.release-publish.v1+json',
  labVerdict: 'application/vnd.suture.lab-verdict.v1+json',
  rolloutEvidence: 'application/vnd.suture.rollout-evidence.v1+json',
} as const

const assertArtifacts = (digests: readonly string[]) => assertDistinct(digests, 'An artifact is named twice.')

const isGrowing = (sizes: readonly number[]): boolean => sizes.every((size, at) => size > (sizes[at - 1] ?? 0))

/** Each wave reaches more than those before it; a share cannot be compared with a stratum, so shares come last. */
function assertGrowing(waves: RolloutPlan['waves']): void {
  const strata = waves.flatMap((each) => (each.pick === 'stratified' ? [each.perStratum] : []))
  const shares = waves.flatMap((each) => (each.pick === 'hashed' ? [each.percent] : []))
  if (waves.slice(0, strata.length).some(({ pick }) => pick === 'hashed'))
    inconsistent('A stratified wave comes after a hashed one.')
  if (!isGrowing(strata) || !isGrowing(shares)) inconsistent('A wave reaches no more than the one before it.')
}

function assertVerdict({ artifacts, verdict, rigs, uncovered }: LabVerdict): void {
  assertArtifacts(artifacts)
  assertDistinct(rigs, 'A rig is named twice for one cell.')
  assertDistinct(uncovered, 'A cell is named twice as uncovered.')
  const covered = new Set(rigs.map(({ cell }) => canonicalText(cell)))
  if (uncovered.some((each) => covered.has(canonicalText(each))))
    inconsistent('A cell is uncovered, and a rig stood for it.')
  if (verdict === 'passed' && rigs.length === 0) inconsistent('The lab passed a release that it tried on no rig.')
}

/** The rollout plan that canonical bytes hold. */
export const readRolloutPlan = reading(rolloutPlan, (plan) => {
  const { artifacts, waves, limits, notBefore, notAfter, includeQuarantined = [] } = plan
  assertArtifacts(artifacts.map((each) => each.sha256))
  if (Date.parse(notAfter) <= Date.parse(notBefore)) inconsistent('The plan ends before it begins.')
  assertGrowing(waves)
  assertDistinct(
    limits.revisions.map(({ model, hardwareRevision }) => [model, hardwareRevision]),
    'A revision has two limits.',
  )
  assertDistinct(includeQuarantined, 'A quarantined revision is included twice.')
})

function assertTargets({ artifacts, targets = [] }: ReleasePublish): void {
  assertDistinct(
    targets.map(({ manufacturer, model, hardwareRevision }) => [manufacturer, model, hardwareRevision ?? '']),
    'A revision has two artifacts.',
  )
  const named = new Set(artifacts.map((each) => each.sha256))
  if (targets.some(({ sha256 }) => !named.has(sha256))) inconsistent('A target names an artifact of another release.')
}

/** The release statement that canonical bytes hold. */
export const readReleasePublish = reading(releasePublish, (release) => {
  assertArtifacts(release.artifacts.map((each) => each.sha256))
  assertTargets(release)
})

/** The lab verdict that canonical bytes hold. */
export const readLabVerdict = reading(labVerdict, assertVerdict)

/** A document as the JSON it is signed as; the types differ only in that optional fields may be absent. */
export const asJson = (document: RolloutPlan | ReleasePublish | LabVerdict | RolloutEvidence): Json =>
  document as unknown as Json
