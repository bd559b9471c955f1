import type { exclusions, planWarnings } from '@suture/contract/rollout-plan.ts'
import type { DeviceState } from '@suture/contract/states.ts'
import type { RolloutPlan } from '@suture/trust/statements.ts'
import { placeOf, type Share, saltOf, sharesOf } from './reach.ts'

type Exclusion = (typeof exclusions)[number]
type Warning = (typeof planWarnings)[number]

/** A device that a plan might be for, as the inventory has it. */
export interface Candidate {
  readonly id: number
  readonly uid: string
  readonly modelId: number
  readonly manufacturer: string
  readonly model: string
  readonly hardwareRevision: string
  readonly firmware: string
  readonly state: DeviceState
  readonly isRig: boolean
}

/** What a signed release installs where. */
export interface Installable {
  readonly version: string
  /** The digest of the artifact for a revision of a model, in hex; nothing where the release is not for it. */
  artifactFor(modelId: number, hardwareRevision: string): string | undefined
}

/** Why a release is not for a device; nothing when it is. */
export function excludedBecause(release: Installable, device: Candidate): Exclusion | undefined {
  if (device.isRig) return 'rig'
  if (device.state !== 'live') return 'not-live'
  if (release.artifactFor(device.modelId, device.hardwareRevision) === undefined) return 'not-targeted'
  return device.firmware === release.version ? 'up-to-date' : undefined
}

/** One revision in an audience. */
export interface PlannedStratum extends Pick<Candidate, 'modelId' | 'manufacturer' | 'model' | 'hardwareRevision'> {
  readonly devices: number
  readonly shares: readonly Share[]
}

/** The revisions among some devices, in a fixed order, with what each wave adds of them. */
export function strataOf(devices: readonly Candidate[], plan: string, waves: RolloutPlan['waves']): PlannedStratum[] {
  const salt = saltOf(plan)
  const groups = Map.groupBy(devices, ({ modelId, hardwareRevision }) => `${modelId} ${hardwareRevision}`)
  const strata = [...groups.values()].flatMap((group) => {
    const [first] = group
    if (!first) return []
    const { modelId, manufacturer, model, hardwareRevision } = first
    const places = group.map(({ uid }) => placeOf(salt, uid))
    const shares = sharesOf(places, waves)
    return [{ modelId, manufacturer, model, hardwareRevision, devices: group.length, shares }]
  })
  return strata.sort((a, b) => a.modelId - b.modelId || (a.hardwareRevision < b.hardwareRevision ? -1 : 1))
}

const devicesIn = (strata: readonly PlannedStratum[], wave: number): number =>
  strata.reduce((sum, { shares }) => sum + (shares[wave]?.devices ?? 0), 0)

/** What the maker of a plan may not have meant. */
export function warningsOf(
  strata: readonly PlannedStratum[],
  { waves, limits }: Pick<RolloutPlan, 'waves' | 'limits'>,
  pollSeconds: number,
): Warning[] {
  const sizes = waves.map((_, wave) => devicesIn(strata, wave))
  const reached = sizes.reduce((sum, size) => sum + size, 0)
  const wanted = waves.some(({ minimumSample }, wave) => {
    const size = sizes[wave] ?? 0
    return size > 0 && minimumSample >= size
  })
  return [
    // A healthy device may be unheard for an interval, and then needs time to fetch and to write.
    ...(limits.silenceSeconds < 2 * pollSeconds ? (['silence-below-poll'] as const) : []),
    ...(reached < strata.reduce((sum, { devices }) => sum + devices, 0) ? (['never-everyone'] as const) : []),
    ...(wanted ? (['sample-beyond-wave'] as const) : []),
  ]
}
