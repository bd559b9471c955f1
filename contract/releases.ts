import { z } from 'zod'
import { Cell } from './cell.ts'
import { Digest } from './digest.ts'
import { endpoint } from './endpoint.ts'
import { Instant } from './instant.ts'
import { page, pageQuery } from './paging.ts'
import { signingStates } from './signing.ts'
import { releaseStates } from './states.ts'
import { Line, PartOfName, Text } from './text.ts'

const id = z.object({ id: z.uuid() })

const VendorKey = z.object({
  id: z.uuid(),
  manufacturer: z.string(),
  name: z.string(),
  /** SHA-256 of the key's SubjectPublicKeyInfo. */
  keyId: Digest,
  /** SubjectPublicKeyInfo in PEM. */
  publicKey: z.string(),
  createdBy: z.string(),
  createdAt: Instant,
  revokedAt: Instant.nullable(),
})

export const addVendorKey = endpoint({
  id: 'addVendorKey',
  method: 'POST',
  path: '/vendor-keys',
  may: 'releases:write',
  tag: 'Releases',
  summary: 'Makes the signatures of an Ed25519 key count as its manufacturer’s; the key comes from the manufacturer.',
  body: z.strictObject({
    manufacturer: Line,
    name: Line,
    /** PEM or JWK. */
    publicKey: z.string().min(1).max(4096),
  }),
  reply: VendorKey,
  status: 201,
  refusals: ['releases/key-unreadable', 'releases/key-taken', 'releases/too-many-keys'],
})

export const listVendorKeys = endpoint({
  id: 'listVendorKeys',
  method: 'GET',
  path: '/vendor-keys',
  may: 'releases:read',
  tag: 'Releases',
  summary: 'The keys that count as their manufacturers’, the revoked ones included.',
  query: z.strictObject(pageQuery),
  reply: page(VendorKey),
  refusals: ['http/bad-cursor'],
})

export const revokeVendorKey = endpoint({
  id: 'revokeVendorKey',
  method: 'DELETE',
  path: '/vendor-keys/{id}',
  may: 'releases:write',
  tag: 'Releases',
  summary: 'Makes a key count no longer: nothing that it alone signed is published after this.',
  params: id,
  reply: VendorKey,
  refusals: ['releases/key-unknown'],
})

/** What some bytes are called, with every digest that a device’s protocol may ask for. */
const Artifact = z.object({
  sha256: Digest,
  sha1: z.string(),
  md5: z.string(),
  length: z.int(),
  fileName: z.string(),
  uploadedBy: z.string(),
  uploadedAt: Instant,
  /** Whose signatures were verified over these very bytes. */
  signatures: z.array(
    z.object({ manufacturer: z.string(), keyId: Digest, verifiedAt: Instant, revokedAt: Instant.nullable() }),
  ),
})

export const uploadArtifact = endpoint({
  id: 'uploadArtifact',
  method: 'PUT',
  path: '/artifacts',
  kind: 'upload',
  maxBytes: 512 * 1024 * 1024,
  perMinute: 60,
  may: 'releases:write',
  tag: 'Releases',
  summary: 'Stores the bytes of an artifact if a manufacturer’s key signed them, and nothing otherwise.',
  query: z.strictObject({
    fileName: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._+-]{0,199}$/, 'letters, digits and . _ + - only'),
    /** Ed25519 over the bytes (RFC 8032), base64 of the 64 bytes. */
    signature: z.string().max(1024).optional(),
  }),
  reply: Artifact,
  refusals: ['releases/unsigned', 'releases/signature-malformed', 'releases/signature-wrong', 'input/too-slow'],
})

export const listArtifacts = endpoint({
  id: 'listArtifacts',
  method: 'GET',
  path: '/artifacts',
  may: 'releases:read',
  tag: 'Releases',
  summary: 'The artifacts, newest first, with their digests and whose signatures were verified.',
  query: z.strictObject(pageQuery),
  reply: page(Artifact),
  refusals: ['http/bad-cursor'],
})

/** Which bytes go on which revision of which model; no revision means all that are not named. */
const Target = z.strictObject({
  manufacturer: Line,
  model: Line,
  hardwareRevision: Line.optional(),
  artifact: Digest,
})

const Release = z.object({
  id: z.uuid(),
  name: z.string(),
  version: z.string(),
  state: z.enum(releaseStates),
  createdAt: Instant,
  publishedAt: Instant.nullable(),
})

const ListedRelease = z.object({
  ...Release.shape,
  /** The models that it is for. */
  models: z.array(
    z.object({
      manufacturer: z.string(),
      model: z.string(),
      /** Whether keys of the manufacturer that still count signed everything that goes on it. */
      isSigned: z.boolean(),
    }),
  ),
  /** The lab's newest. */
  verdict: z.enum(['passed', 'failed']).nullable(),
})

const Verdict = z.object({
  /** SHA-256 of the payload that the lab signed. */
  digest: Digest,
  verdict: z.enum(['passed', 'failed']),
  at: Instant,
  rigs: z.array(z.object({ rig: z.string(), cell: Cell })),
  uncovered: z.array(Cell),
})

/** The signer's word on a release, as it stands now and not as the database has it. */
const PublicationStatement = z.object({
  /** SHA-256 of the payload that the signer was asked to sign. */
  digest: Digest,
  state: z.enum(signingStates),
  /** Whether an envelope is there that the signer's public key verifies right now. */
  verifies: z.boolean(),
  refusal: z.object({ code: z.string(), detail: z.string() }).nullable(),
})

const ReleaseDetail = z.object({
  ...Release.shape,
  createdBy: z.uuid(),
  targets: z.array(Target.extend({ hardwareRevision: z.string().optional() })),
  artifacts: z.array(Artifact),
  /** The lab's newest. */
  verdict: Verdict.nullable(),
  statement: PublicationStatement.nullable(),
})

export const createRelease = endpoint({
  id: 'createRelease',
  method: 'POST',
  path: '/releases',
  may: 'releases:write',
  tag: 'Releases',
  summary: 'Makes a draft: a version, and which signed artifact goes on which models; it does not change afterwards.',
  body: z.strictObject({
    name: Line,
    /** What a device says it runs once it has the release. */
    version: Line,
    targets: z.array(Target).min(1).max(256),
  }),
  reply: ReleaseDetail,
  status: 201,
  refusals: ['releases/artifact-unknown', 'releases/model-unknown', 'releases/target-twice', 'releases/foreign-vendor'],
})

export const listReleases = endpoint({
  id: 'listReleases',
  method: 'GET',
  path: '/releases',
  may: 'releases:read',
  tag: 'Releases',
  summary: 'The releases, newest first, with the models they are for, whose signatures hold, and what the lab said.',
  query: z.strictObject({
    ...pageQuery,
    state: z.enum(releaseStates).optional(),
    /** Of name and version, as they are read together. */
    text: PartOfName.optional(),
  }),
  reply: page(ListedRelease),
  refusals: ['http/bad-cursor'],
})

export const getRelease = endpoint({
  id: 'getRelease',
  method: 'GET',
  path: '/releases/{id}',
  may: 'releases:read',
  tag: 'Releases',
  summary:
    'A release with its targets, signatures, the lab’s verdict, and whether the signer’s statement verifies now.',
  params: id,
  reply: ReleaseDetail,
  refusals: ['releases/release-unknown'],
})

export const publishRelease = endpoint({
  id: 'publishRelease',
  method: 'POST',
  path: '/releases/{id}/publication',
  may: 'releases:publish',
  perMinute: 60,
  tag: 'Releases',
  summary: 'Asks the signer to sign the release, and publishes it as soon as its statement verifies.',
  params: id,
  reply: ReleaseDetail,
  refusals: [
    'releases/release-unknown',
    'releases/not-passed',
    'releases/over',
    'releases/foreign-vendor',
    'releases/signer-refused',
    'signing/no-signer',
  ],
})

export const deprecateRelease = endpoint({
  id: 'deprecateRelease',
  method: 'POST',
  path: '/releases/{id}/deprecation',
  may: 'releases:publish',
  tag: 'Releases',
  summary: 'Keeps a published release out of new rollouts; those whose plan is signed go on.',
  params: id,
  reply: ReleaseDetail,
  refusals: ['releases/release-unknown', 'releases/not-published'],
})

export const withdrawRelease = endpoint({
  id: 'withdrawRelease',
  method: 'POST',
  path: '/releases/{id}/withdrawal',
  may: 'releases:publish',
  tag: 'Releases',
  summary:
    'Takes a published release back for good, with the reason on record: its rollouts stop, and devices that have not begun to write are called back.',
  params: id,
  body: z.strictObject({ reason: Text.min(1).max(500) }),
  reply: ReleaseDetail,
  refusals: ['releases/release-unknown', 'releases/not-published'],
})
