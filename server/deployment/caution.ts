import type { RolloutPlan } from '@suture/trust/statements.ts'
import type { Candidate, Installable } from './plan.ts'

/** A revision in full, as a plan names it. */
export type Revision = NonNullable<RolloutPlan['includeQuarantined']>[number]

/** A revision that some rollout quarantined. */
export interface EarlierQuarantine extends Revision {
  readonly modelId: number
  /** What that rollout installed on it: SHA-256 in hex. */
  readonly artifact: string | null
  readonly rollout: { readonly id: string; readonly name: string }
  readonly at: Date
  readonly failed: number
  readonly silent: number
}

/** How a person names a revision: as fully as it takes. */
interface Asked {
  readonly manufacturer?: string | undefined
  readonly model?: string | undefined
  readonly hardwareRevision: string
}

/**
 * The quarantines that speak against a release: those of the very artifact that it would install. Other bytes on the
 * same revision, as of a mended release, are another matter.
 */
export const quarantinesAgainst = (
  release: Installable,
  quarantines: readonly EarlierQuarantine[],
): EarlierQuarantine[] =>
  quarantines.filter(
    ({ modelId, hardwareRevision, artifact }) => artifact === release.artifactFor(modelId, hardwareRevision),
  )

const keyOf = ({ manufacturer, model, hardwareRevision }: Revision): string =>
  JSON.stringify([manufacturer, model, hardwareRevision])

const byKey = (a: Revision, b: Revision): number => (keyOf(a) < keyOf(b) ? -1 : 1)

const textOf = ({ manufacturer, model, hardwareRevision }: Asked): string =>
  [manufacturer, model, 'revision', hardwareRevision].filter((part) => part !== undefined).join(' ')

/** Some devices told apart by quarantine, or what is wrong with the revisions that a person names. */
type Told =
  | {
      readonly ok: true
      readonly eligible: readonly Candidate[]
      readonly leftOut: number
      readonly named: readonly Revision[]
    }
  | { readonly ok: false; readonly problem: string }

/** Leaves out the devices of quarantined revisions, unless their revision is named; each name must mean one revision. */
export function leaveOutQuarantined(
  devices: readonly Candidate[],
  against: readonly EarlierQuarantine[],
  asked: readonly Asked[],
): Told {
  const quarantined = new Set(against.map(keyOf))
  const barred = new Map<string, Revision>()
  for (const { manufacturer, model, hardwareRevision } of devices) {
    const revision = { manufacturer, model, hardwareRevision }
    if (quarantined.has(keyOf(revision))) barred.set(keyOf(revision), revision)
  }
  const named = new Map<string, Revision>()
  for (const each of asked) {
    const meant = [...barred].filter(
      ([, { manufacturer, model, hardwareRevision }]) =>
        hardwareRevision === each.hardwareRevision &&
        (each.manufacturer ?? manufacturer) === manufacturer &&
        (each.model ?? model) === model,
    )
    const [only] = meant
    if (!only)
      return { ok: false, problem: `No earlier rollout quarantined ${textOf(each)} among the devices of the plan.` }
    if (meant.length > 1)
      return { ok: false, problem: `Several models have a quarantined ${textOf(each)}: name manufacturer and model.` }
    named.set(...only)
  }
  const eligible = devices.filter((device) => !barred.has(keyOf(device)) || named.has(keyOf(device)))
  return { ok: true, eligible, leftOut: devices.length - eligible.length, named: [...named.values()].sort(byKey) }
}

/** So many devices of a revision in a target set. */
export interface RevisionCount extends Revision {
  readonly devices: number
}

/** The quarantines as an approver is to read them, with what of each revision is in the target set. */
export const toldOf = (
  against: readonly EarlierQuarantine[],
  counts: readonly RevisionCount[],
  named: readonly Revision[],
) =>
  against.map(({ modelId: _, artifact: __, ...quarantine }) => ({
    ...quarantine,
    devices: counts.filter((each) => keyOf(each) === keyOf(quarantine)).reduce((sum, { devices }) => sum + devices, 0),
    named: named.some((each) => keyOf(each) === keyOf(quarantine)),
  }))
