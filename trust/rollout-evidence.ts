import { canonicalItems, type Json } from './canonical-text.ts'
import { assertDistinct, inconsistent, reading } from './document.ts'
import { type Asking, askSha256Of } from './question.ts'
import {
  digest,
  instant,
  integer,
  line,
  list,
  nullable,
  object,
  oneOf,
  optional,
  type Read,
  type Shape,
  uuid,
} from './shape.ts'

const maxDevices = 100_000_000
const count = integer(0, maxDevices)

/** The final states of a job, and one more for a device of the audience that no open wave reached. */
export const resultStates = [
  'verified',
  'failed',
  'silent',
  'unverified',
  'disputed',
  'rolled-back',
  'rejected',
  'cancelled',
  'superseded',
  'not-offered',
] as const
type ResultState = (typeof resultStates)[number]

/** How a result is known; `none` when nothing was heard since the rollout began. */
export const resultAssurances = ['none', 'claimed', 'observed', 'signed', 'measured', 'attested'] as const

/** What came of the rollout on one device, as the server saw it. */
const deviceResult = object({
  device: uuid,
  site: optional(line),
  model: line,
  hardwareRevision: line,
  state: oneOf(...resultStates),
  /** The class of a failure. */
  class: optional(line),
  /** How `after` is known. */
  assurance: oneOf(...resultAssurances),
  /** The version before and after the rollout, where anybody knows it. */
  before: nullable(line),
  after: nullable(line),
  observedAt: nullable(instant),
  wave: nullable(integer(0, 64)),
})

export type DeviceResult = Read<typeof deviceResult>

/** A finding that the rollout closed; a device's own report closes none. */
const closedFinding = object({
  device: uuid,
  vulnerability: line,
  closedAt: instant,
  assurance: oneOf('observed', 'signed', 'measured', 'attested'),
})

export type ClosedFinding = Read<typeof closedFinding>

/** The form of the two lists that a statement is about; they may be far larger than a signed document. */
export const resultsShape = list(deviceResult, { min: 1, max: maxDevices })
export const findingsShape = list(closedFinding, { min: 0, max: maxDevices })

const states = object({
  verified: count,
  failed: count,
  silent: count,
  unverified: count,
  disputed: count,
  'rolled-back': count,
  rejected: count,
  cancelled: count,
  superseded: count,
  'not-offered': count,
} satisfies Record<ResultState, Shape<number>>)

const rolloutEvidence = object({
  type: oneOf('suture.rollout-evidence.v1'),
  tenant: uuid,
  rollout: uuid,
  /** SHA-256 of the plan's bytes, of the release statement's and of the lab verdict's. */
  plan: digest,
  release: digest,
  verdict: digest,
  /** SHA-256 of the proofs that a pack carries, so that nothing in it can be changed unnoticed; see `proofsDigest`. */
  proofs: digest,
  /** Who approved the plan, each with the key they did it with. */
  approvers: list(object({ person: uuid, keyId: digest }), { min: 2, max: 64 }),
  startedAt: instant,
  endedAt: instant,
  outcome: oneOf('finished', 'stopped', 'expired'),
  results: object({ digest, devices: integer(1, maxDevices), states }),
  findings: object({ digest, closed: count }),
  /** The hardware revisions that failed too often and were left out from then on. */
  quarantined: list(object({ model: line, hardwareRevision: line }), { min: 0, max: 1024 }),
  at: instant,
})

/** How a rollout ended: what was approved, what was installed, and what came of it on every device of the audience. */
export type RolloutEvidence = Read<typeof rolloutEvidence>

/** The rollout evidence that canonical bytes hold. */
export const readRolloutEvidence = reading(rolloutEvidence, (document) => {
  const { approvers, startedAt, endedAt, at, results, quarantined } = document
  assertDistinct(
    approvers.map(({ person }) => person),
    'An approver is named twice.',
  )
  assertDistinct(
    approvers.map(({ keyId }) => keyId),
    'Two approvers have one key.',
  )
  assertDistinct(quarantined, 'A revision is named twice as quarantined.')
  if (Date.parse(startedAt) > Date.parse(endedAt)) inconsistent('The rollout ended before it began.')
  if (Date.parse(endedAt) > Date.parse(at)) inconsistent('The evidence is older than the end of the rollout.')
  const sum = Object.values(results.states).reduce((total, each) => total + each, 0)
  if (sum !== results.devices) inconsistent(`The states count ${sum} devices, and there are ${results.devices}.`)
})

/** The order of results in a list: by device. */
export const byDevice = (a: DeviceResult, b: DeviceResult): number => order(a.device, b.device)

/** The order of closed findings in a list: by device, then by vulnerability, in UTF-16 code units. */
export const byDeviceAndVulnerability = (a: ClosedFinding, b: ClosedFinding): number =>
  order(a.device, b.device) || order(a.vulnerability, b.vulnerability)

const order = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)

const isAscending = <T>(items: readonly T[], compare: (a: T, b: T) => number): boolean =>
  items.every((item, at) => at === 0 || compare(items[at - 1] as T, item) < 0)

/** SHA-256 of a list's canonical bytes, taken item by item. */
const digestOf = (items: readonly (DeviceResult | ClosedFinding)[]): Asking<string> =>
  askSha256Of(canonicalItems(items as unknown as readonly Json[]))

/** What the statement says about a list of results. */
export function* resultsSummary(results: readonly DeviceResult[]): Asking<RolloutEvidence['results']> {
  const counted = Object.fromEntries(resultStates.map((state) => [state, 0])) as Record<ResultState, number>
  for (const { state } of results) counted[state]++
  return { digest: yield* digestOf(results), devices: results.length, states: counted }
}

/** What the statement says about a list of closed findings. */
export function* findingsSummary(findings: readonly ClosedFinding[]): Asking<RolloutEvidence['findings']> {
  return { digest: yield* digestOf(findings), closed: findings.length }
}

/** A state that promises more than its assurance, or that contradicts what stands beside it. */
function assertTenable(result: DeviceResult, { startedAt, at }: RolloutEvidence): void {
  const { device, state, assurance, after, observedAt, wave } = result
  if (observedAt !== null && Date.parse(observedAt) > Date.parse(at))
    inconsistent(`Device ${device} was observed after the evidence was made.`)
  if (state === 'not-offered' && wave !== null) inconsistent(`Device ${device} was in a wave, and was not offered.`)
  if (state !== 'verified') return
  if (assurance === 'none' || assurance === 'claimed')
    inconsistent(`Device ${device} counts as verified, and is only known as “${assurance}”.`)
  if (after === null) inconsistent(`Device ${device} counts as verified without a version.`)
  if (observedAt === null || Date.parse(observedAt) < Date.parse(startedAt))
    inconsistent(`Device ${device} counts as verified, and was not observed since the rollout began.`)
}

/** Refuses results that are not what the statement says, or that cannot be true. */
export function* assertResults(results: readonly DeviceResult[], evidence: RolloutEvidence): Asking<void> {
  if (!isAscending(results, byDevice)) inconsistent('The results are not in order, or name a device twice.')
  const { digest, devices, states } = yield* resultsSummary(results)
  if (digest !== evidence.results.digest) inconsistent('The results are not those of the statement.')
  const miscounted = resultStates.find((state) => states[state] !== evidence.results.states[state])
  if (devices !== evidence.results.devices || miscounted)
    inconsistent(`The statement counts ${miscounted ?? 'the devices'} differently than the list.`)
  for (const each of results) assertTenable(each, evidence)
}

/** Refuses closed findings that are not what the statement says, or that cannot be true. */
export function* assertFindings(
  findings: readonly ClosedFinding[],
  results: readonly DeviceResult[],
  evidence: RolloutEvidence,
): Asking<void> {
  if (!isAscending(findings, byDeviceAndVulnerability))
    inconsistent('The findings are not in order, or name one twice.')
  const { digest, closed } = yield* findingsSummary(findings)
  if (digest !== evidence.findings.digest) inconsistent('The findings are not those of the statement.')
  if (closed !== evidence.findings.closed) inconsistent('The statement counts other findings than the list.')
  const verified = new Set(results.filter(({ state }) => state === 'verified').map(({ device }) => device))
  for (const { device, vulnerability, closedAt } of findings) {
    if (!verified.has(device)) inconsistent(`${vulnerability} is closed on device ${device}, which is not verified.`)
    const moment = Date.parse(closedAt)
    if (moment < Date.parse(evidence.startedAt) || moment > Date.parse(evidence.at))
      inconsistent(`${vulnerability} was closed on device ${device} outside the time of the evidence.`)
  }
}
