import { z } from 'zod'
import { Cell } from './cell.ts'
import { Digest } from './digest.ts'
import { endpoint } from './endpoint.ts'
import { Instant } from './instant.ts'
import { page, pageQuery } from './paging.ts'
import { labRunStates, trialFailures, trialSteps } from './states.ts'
import { Line } from './text.ts'

const id = z.object({ id: z.uuid() })

export const getLabKey = endpoint({
  id: 'getLabKey',
  method: 'GET',
  path: '/lab/key',
  may: 'lab:read',
  tag: 'Lab',
  summary: 'The public half of the key that the lab signs its verdicts with; a ceremony enrols it with the signer.',
  reply: z.object({ keyId: Digest, publicKey: z.string() }),
})

const Rig = z.object({
  id: z.uuid(),
  name: z.string(),
  device: z.uuid(),
  manufacturer: z.string(),
  model: z.string(),
  hardwareRevision: z.string(),
  base: z.object({ artifact: Digest, version: z.string() }),
  /** The test that it is in. */
  busyWith: z.uuid().nullable(),
  /** How its last trial failed, if it did: it may not be on its base version any more. */
  lastFailure: z.enum(trialFailures).nullable(),
  createdAt: Instant,
})

export const addRig = endpoint({
  id: 'addRig',
  method: 'POST',
  path: '/lab/rigs',
  may: 'lab:run',
  tag: 'Lab',
  summary: 'Makes a device a rig of the lab, with the version that it goes back to after each test.',
  body: z.strictObject({
    /** A device that was imported as a rig: no rollout ever reaches it. */
    device: z.uuid(),
    name: Line,
    base: z.strictObject({ artifact: Digest, version: Line }),
  }),
  reply: Rig,
  status: 201,
  refusals: ['lab/not-a-rig', 'lab/rig-taken', 'releases/artifact-unknown', 'releases/foreign-vendor'],
})

export const listRigs = endpoint({
  id: 'listRigs',
  method: 'GET',
  path: '/lab/rigs',
  may: 'lab:read',
  tag: 'Lab',
  summary: 'The rigs by name, with what they are doing.',
  query: z.strictObject(pageQuery),
  reply: page(Rig),
  refusals: ['http/bad-cursor'],
})

const Trial = z.object({
  id: z.uuid(),
  rig: z.string(),
  device: z.uuid(),
  /** What the rig was and ran when the test began. */
  cell: Cell,
  step: z.enum(trialSteps),
  stepSince: Instant,
  /** The device's last word about what it is to do. */
  said: z.string().nullable(),
  outcome: z.enum(['passed', 'failed']).nullable(),
  failure: z.enum(trialFailures).nullable(),
  detail: z.string().nullable(),
  endedAt: Instant.nullable(),
})

const LabRun = z.object({
  id: z.uuid(),
  release: z.object({ id: z.uuid(), name: z.string(), version: z.string() }),
  state: z.enum(labRunStates),
  startedAt: Instant,
  startedBy: z.string(),
  stepSeconds: z.int(),
  endedAt: Instant.nullable(),
  verdictDigest: Digest.nullable(),
})

const LabRunDetail = z.object({
  ...LabRun.shape,
  trials: z.array(Trial),
  verdict: z
    .object({
      /** The cells of the fleet that no rig stood for. */
      uncovered: z.array(Cell),
      /** The signed envelope, base64 of its JSON. */
      envelope: z.string(),
    })
    .nullable(),
})

export const testRelease = endpoint({
  id: 'testRelease',
  method: 'POST',
  path: '/lab/runs',
  may: 'lab:run',
  tag: 'Lab',
  summary: 'Installs a release on every rig that it targets, watches each boot and work, and rolls it back.',
  body: z.strictObject({
    release: z.uuid(),
    /** How long each step may take. */
    stepSeconds: z.int().min(1).max(86_400).default(900),
  }),
  reply: LabRunDetail,
  status: 201,
  refusals: ['releases/release-unknown', 'lab/release-over', 'lab/no-rig', 'lab/rig-not-ready', 'lab/run-open'],
})

export const listLabRuns = endpoint({
  id: 'listLabRuns',
  method: 'GET',
  path: '/lab/runs',
  may: 'lab:read',
  tag: 'Lab',
  summary: 'The tests of releases, newest first.',
  query: z.strictObject({ ...pageQuery, release: z.uuid().optional() }),
  reply: page(LabRun),
  refusals: ['http/bad-cursor'],
})

export const getLabRun = endpoint({
  id: 'getLabRun',
  method: 'GET',
  path: '/lab/runs/{id}',
  may: 'lab:read',
  tag: 'Lab',
  summary: 'A test with the step that each rig is at, and the verdict once there is one.',
  params: id,
  reply: LabRunDetail,
  refusals: ['lab/run-unknown'],
})
