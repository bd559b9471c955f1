import { fenceOf } from '#platform/database/epoch.ts'
import type { Scoped } from '#platform/database/store.ts'
import { newId } from '#platform/id.ts'
import { nextActionIds } from '../inventory/index.ts'
import { holds } from './audience.ts'
import { findPassages, insertJobs, type NewJob, takeSlots } from './claim.queries.ts'
import { addToStratum, freeSlots } from './job.queries.ts'
import type { DeploymentParts } from './parts.ts'
import { findDevices } from './plan.queries.ts'
import type { Candidate } from './plan.ts'
import { excludedBecause } from './plan.ts'
import { placeOf, waveOf } from './reach.ts'
import { installableRelease, type Release } from './release.operations.ts'
import { findStrata, isLeftOut, type RolloutRow, rolloutsIn, type StratumRow, shareRunning } from './rollout.queries.ts'
import { unlessNoSigner, type VerifiedPlan, verifiedPlan } from './verified.operations.ts'

type Parts = Pick<DeploymentParts, 'clock' | 'signerKeys'>

/** A rollout that may hand out jobs now. */
interface Source {
  readonly row: RolloutRow
  readonly signed: VerifiedPlan
}

async function sourcesNow(scoped: Scoped, { clock, signerKeys }: Parts): Promise<Source[]> {
  const now = clock.now().getTime()
  const sources: Source[] = []
  const running = await rolloutsIn(scoped, ['running'])
  const fence = running.length > 0 ? await fenceOf(scoped) : undefined
  // A device may still be at a job that the database lost in a restore; until that must be over, nobody new begins.
  if (fence && now < fence.settledAt.getTime()) return []
  for (const row of running) {
    const signed = await unlessNoSigner(verifiedPlan(scoped, signerKeys, row))
    if (!signed) continue
    const { notBefore, notAfter } = signed.plan
    if (Date.parse(notBefore) <= now && now < Date.parse(notAfter)) sources.push({ row, signed })
  }
  return sources
}

/** What a rollout would give a device now, if anything. */
function claimOf(
  { row, signed }: Source,
  device: Candidate,
  release: Release,
  strata: readonly StratumRow[],
): Pick<NewJob, 'wave' | 'sha256'> | undefined {
  if (excludedBecause(release, device) !== undefined) return undefined
  const own = strata.filter(
    (each) =>
      each.rollout_id === row.id &&
      each.model_id === device.modelId &&
      each.hardware_revision === device.hardwareRevision,
  )
  if (own.some(isLeftOut)) return undefined
  const place = placeOf(signed.salt, device.uid)
  const wave = waveOf(
    place,
    own.map(({ reach }) => reach),
  )
  const sha256 = release.artifactFor(device.modelId, device.hardwareRevision)
  const isNamed = signed.plan.artifacts.some((each) => each.sha256 === sha256)
  return wave !== undefined && wave <= row.open_wave && sha256 !== undefined && isNamed ? { wave, sha256 } : undefined
}

/** The jobs that these free devices could get, each from the oldest rollout that has one for it. */
async function wantedJobs(scoped: Scoped, parts: Parts, sources: readonly Source[], free: readonly number[]) {
  const listed = sources.map(({ signed, row }) => ({
    id: row.id,
    devices: free.filter((id) => holds(signed.audience, id)),
  }))
  const asked = [...new Set(listed.flatMap(({ devices }) => devices))]
  if (asked.length === 0) return []
  const ids = listed.map(({ id }) => id)
  const passages = new Map(
    (await findPassages(scoped, ids, asked)).map((each) => [`${each.rollout_id} ${each.device_id}`, each]),
  )
  const [devices, strata] = [await findDevices(scoped, asked), await findStrata(scoped, ids)]
  const jobs: Omit<NewJob, 'actionId'>[] = []
  const releases = new Map<string, Release | undefined>()
  for (const source of sources) {
    const { release: releaseId } = source.signed.plan
    if (!releases.has(releaseId))
      releases.set(releaseId, await unlessNoSigner(installableRelease(scoped, parts.signerKeys, releaseId)))
    const release = releases.get(releaseId)
    const here = new Set(listed.find(({ id }) => id === source.row.id)?.devices)
    for (const device of devices) {
      const passage = passages.get(`${source.row.id} ${device.id}`)
      const isFree = here.has(device.id) && (passage === undefined || passage.again)
      if (!release || !isFree || jobs.some(({ deviceId }) => deviceId === device.id)) continue
      const claim = claimOf(source, device, release, strata)
      const attempt = (passage?.attempts ?? 0) + 1
      if (claim) jobs.push(jobFor(source, device, release, { ...claim, attempt, id: newId(parts.clock.now()) }))
    }
  }
  return jobs
}

const jobFor = (
  { row }: Source,
  device: Candidate,
  release: Release,
  claim: Pick<NewJob, 'id' | 'wave' | 'sha256' | 'attempt'>,
): Omit<NewJob, 'actionId'> => ({
  ...claim,
  deviceId: device.id,
  deviceUid: device.uid,
  rollout: row.id,
  modelId: device.modelId,
  hardwareRevision: device.hardwareRevision,
  versionBefore: device.firmware,
  versionWanted: release.version,
  deafMs: row.deaf_ms,
})

const revisionOf = (given: Pick<StratumRow, 'rollout_id' | 'model_id' | 'hardware_revision'>): string =>
  `${given.rollout_id} ${given.model_id} ${given.hardware_revision}`

/**
 * Hands jobs to free devices; a stop, a pause, a quarantine or a hold that committed before this does is obeyed.
 * @returns the devices that got one
 */
export async function claim(scoped: Scoped, parts: Parts, free: readonly number[]): Promise<readonly number[]> {
  const sources = await sourcesNow(scoped, parts)
  if (sources.length === 0) return []
  const wanted = await wantedJobs(scoped, parts, sources, free)
  if (wanted.length === 0) return []
  const running = await shareRunning(scoped, [...new Set(wanted.map(({ rollout }) => rollout))])
  const still = new Map(running.map((row) => [row.id, row]))
  // Looked at again now that the rollouts are locked: a revision may have been quarantined or held since.
  const strata = await findStrata(scoped, [...still.keys()])
  const barred = new Set(strata.filter(isLeftOut).map(revisionOf))
  const allowed = wanted.filter(({ rollout, wave, modelId, hardwareRevision }) => {
    const revision = revisionOf({ rollout_id: rollout, model_id: modelId, hardware_revision: hardwareRevision })
    return wave <= (still.get(rollout)?.open_wave ?? 0) && !barred.has(revision)
  })
  const numbers = await nextActionIds(scoped, allowed.length)
  const jobs = allowed.map((job, at): NewJob => {
    return { ...job, actionId: numbers[at] as number, deafMs: still.get(job.rollout)?.deaf_ms ?? job.deafMs }
  })
  const taken = jobs.length === 0 ? new Set<number>() : await takeSlots(scoped, jobs)
  const won = jobs.filter(({ deviceId }) => taken.has(deviceId))
  if (won.length > 0) await offer(scoped, parts, won)
  return won.map(({ deviceId }) => deviceId)
}

async function offer(scoped: Scoped, { clock }: Parts, jobs: readonly NewJob[]): Promise<void> {
  const stored = await insertJobs(scoped, jobs, clock.now())
  const [taken, late] = [
    jobs.filter(({ deviceId }) => stored.has(deviceId)),
    jobs.filter(({ deviceId }) => !stored.has(deviceId)),
  ]
  if (late.length > 0)
    await freeSlots(
      scoped,
      late.map(({ deviceId, id }) => ({ device_id: deviceId, id })),
    )
  const strata = Map.groupBy(taken, ({ rollout, wave, modelId, hardwareRevision }) =>
    [rollout, String(wave).padStart(3, '0'), String(modelId).padStart(10, '0'), hardwareRevision].join(' '),
  )
  for (const key of [...strata.keys()].sort()) {
    const here = strata.get(key) ?? []
    const [first] = here
    if (!first) continue
    const { rollout: rollout_id, wave: wave_no, modelId: model_id, hardwareRevision: hardware_revision } = first
    const stratum = { rollout_id, wave_no, model_id, hardware_revision }
    const offered = here.filter(({ attempt }) => attempt === 1).length
    await addToStratum(scoped, stratum, { offered, retries_offered: here.length - offered })
  }
}
