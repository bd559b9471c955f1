import { type Json, readCanonical } from './canonical.ts'
import { digest, instant, integer, line, list, object, oneOf, optional, type Read, type Shape, uuid } from './shape.ts'
import { VerificationError } from './verification-error.ts'

const maxArtifacts = 256
const year = 366 * 24 * 3600

const artifact = object({ sha256: digest, length: integer(1, Number.MAX_SAFE_INTEGER) })

/** Bytes by digest and length, in bytes. */
export type ArtifactRef = Read<typeof artifact>

const wave = object({
  /** How devices are picked: `stratified` = every model and site in its share, `hashed` = in the order of a salted hash. */
  pick: oneOf('stratified', 'hashed'),
  /** The share of the audience, in percent, that this wave and those before it reach. */
  percent: integer(1, 100),
  /** The most devices that this wave and those before it may reach. */
  atMost: optional(integer(1, 100_000_000)),
  soakSeconds: integer(0, year),
  /** How many devices must have answered before the wave can pass. */
  minimumSample: integer(1, 100_000_000),
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
  audience: object({ digest, count: integer(1, 100_000_000) }),
  waves: list(wave, { min: 1, max: 64 }),
  limits: object({
    maxFailurePercent: integer(0, 100),
    /** After how many seconds without a word a device that was offered the update counts as failed. */
    silenceSeconds: integer(1, year),
  }),
  notBefore: instant,
  notAfter: instant,
  rollbackOf: optional(uuid),
})

/** What is to be installed where, how fast, and when to stop: the bytes that people approve. */
export type RolloutPlan = Read<typeof rolloutPlan>

const releasePublish = object({
  type: oneOf('suture.release-publish.v1'),
  tenant: uuid,
  release: uuid,
  name: line,
  artifacts: list(artifact, { min: 1, max: maxArtifacts }),
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
  rigs: list(object({ rig: line, model: line }), { min: 0, max: 1024 }),
  /** The models of the release that no rig stood for. */
  uncovered: list(line, { min: 0, max: 1024 }),
  at: instant,
})

/** What the lab found when it installed a release's artifacts on its rigs. */
export type LabVerdict = Read<typeof labVerdict>

/** The media type under which each document is signed; no two share one (DSSE v1 `payloadType`). */
export const payloadTypes = {
  rolloutPlan: 'application/vnd.suture.rollout-plan.v1+json',
  releasePublish: 'application/vnd.suture.release-publish.v1+json',
  labVerdict: 'application/vnd.suture.lab-verdict.v1+json',
} as const

const inconsistent = (why: string): never => {
  throw new VerificationError('document/inconsistent', why)
}

function assertDistinct(digests: readonly string[]): void {
  if (new Set(digests).size !== digests.length) inconsistent('An artifact is named twice.')
}

const reading =
  <T>(shape: Shape<T>, check: (document: T) => void) =>
  (bytes: Uint8Array): T => {
    const document = shape(readCanonical(bytes), '')
    check(document)
    return document
  }

/** The rollout plan that canonical bytes hold. */
export const readRolloutPlan = reading(rolloutPlan, ({ artifacts, waves, notBefore, notAfter }) => {
  assertDistinct(artifacts.map((each) => each.sha256))
  if (Date.parse(notAfter) <= Date.parse(notBefore)) inconsistent('The plan ends before it begins.')
  if (waves.some(({ percent }, index) => percent <= (waves[index - 1]?.percent ?? 0)))
    inconsistent('A wave reaches no more than the one before it.')
})

/** The release statement that canonical bytes hold. */
export const readReleasePublish = reading(releasePublish, ({ artifacts }) =>
  assertDistinct(artifacts.map((each) => each.sha256)),
)

/** The lab verdict that canonical bytes hold. */
export const readLabVerdict = reading(labVerdict, ({ artifacts }) => assertDistinct(artifacts))

/** A document as the JSON it is signed as; the types differ only in that optional fields may be absent. */
export const asJson = (document: RolloutPlan | ReleasePublish | LabVerdict): Json => document as unknown as Json
