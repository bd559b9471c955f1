import type { JobRow, Rows } from './database.ts'
import type { Pack } from './pack.ts'
import type { Report } from './report.ts'
import { did, type Thing } from './truth.ts'
import type { World } from './world.ts'

/** Everything that is held against everything else. */
export interface Sides {
  readonly world: World
  readonly things: ReadonlyMap<string, Thing>
  readonly rows: Rows
  readonly pack: Pack | undefined
}

/** What must have become of a device, from what really happened to it. */
function deserved(thing: Thing, wanted: string): readonly string[] {
  if (thing.actions.size === 0) return ['not-offered']
  if (did(thing, 'cancelled')) return ['cancelled']
  if (did(thing, 'bricked') || thing.behaviour === 'silent') return ['silent']
  const said = thing.ends.at(-1)
  if (said === undefined) return ['silent']
  if (said.finished === 'success') return thing.runs === wanted ? ['verified'] : ['disputed']
  return thing.runs === wanted ? ['disputed'] : ['rolled-back', 'failed']
}

/** The lab's verdict on a release is what its rigs really went through. */
export function checkLab({ things, rows }: Sides, report: Report): void {
  const runs = Map.groupBy(rows.trials, ({ run }) => run)
  report.hold(runs.size > 0, () => 'Nothing was tested')
  for (const trials of runs.values()) {
    const [{ verdict, version } = { verdict: 'none', version: '' }] = trials
    const failed = trials.filter(({ controllerId, actionId }) => {
      const facts = things.get(controllerId)?.facts ?? []
      return !facts.some((fact) => fact.event === 'installed' && fact.actionId === actionId)
    })
    const names = failed.map(({ controllerId }) => controllerId).join(', ')
    report.hold(
      verdict !== 'passed' || failed.length === 0,
      () => `The lab passed ${version}, which ${names} never ran`,
    )
    report.hold(verdict !== 'failed' || failed.length > 0, () => `The lab failed ${version}, which every rig ran`)
  }
}

const isInBadCell = (thing: Thing, { badCell }: World): boolean =>
  thing.hardwareRevision === badCell.hardwareRevision && badCell.bootloaders.includes(thing.bootloader)

/** The audience, and nobody else, was offered anything; each device once. */
export function checkOffers({ world, things, rows }: Sides, report: Report): void {
  const audience = new Set(world.audience)
  const jobs = Map.groupBy(rows.jobs, ({ controllerId }) => controllerId)
  for (const { controllerId, isRig } of rows.devices) {
    const thing = things.get(controllerId)
    if (!thing || isRig) continue
    const offered = thing.actions.size
    report.hold(audience.has(thing.serial) || offered === 0, () => `${controllerId} was offered what is not for it`)
    report.hold(offered <= 1, () => `${controllerId} was offered the update ${offered} times`)
    const mine = jobs.get(controllerId) ?? []
    report.hold(mine.length <= 1, () => `${controllerId} has ${mine.length} jobs in one rollout`)
    for (const actionId of thing.actions)
      report.hold(
        mine.some((job) => job.actionId === actionId),
        () => `${controllerId} was offered action ${actionId}, of which the database knows nothing`,
      )
  }
  const touched = countTouched(things, world)
  report.hold(touched <= world.badCell.most, () => `${touched} devices of the bad cell were touched`)
}

/** How many devices of the bad cell were offered the update that kills them. */
export const countTouched = (things: Sides['things'], world: World): number =>
  [...things.values()].filter((thing) => isInBadCell(thing, world) && thing.actions.size > 0).length

/** Two people besides the maker had approved before the first device was offered anything. */
export function checkConsent({ world, things, rows, pack }: Sides, report: Report): void {
  const fleet = rows.devices
    .filter(({ isRig }) => !isRig)
    .map(({ controllerId }) => things.get(controllerId)?.firstOffer)
  const first = fleet.filter((at) => at !== undefined).sort()[0]
  report.hold(first !== undefined, () => 'No device was offered anything')
  const before = new Set(world.approvals.filter(({ at }) => at < (first ?? '')).map(({ person }) => person))
  report.hold(before.size >= 2, () => `${before.size} people had approved when the first device was offered the update`)
  const really = [...new Set(world.approvals.map(({ person }) => person))].sort().join()
  const named = pack?.statement.approvers
    .map(({ person }) => person)
    .sort()
    .join()
  report.hold(named === really, () => 'The evidence names other approvers than those who approved')
}

/** Every device of the audience ended as it deserved: in the database, and in the evidence. */
export function checkResults({ world, things, rows, pack }: Sides, report: Report): void {
  const jobs = new Map<string, JobRow>(rows.jobs.map((job) => [job.controllerId, job]))
  const results = new Map(pack?.results.map((result) => [result.device, result]))
  const audience = new Set(world.audience)
  report.hold(results.size === audience.size, () => `The evidence is about ${results.size} devices of ${audience.size}`)
  for (const { controllerId, device, serial } of rows.devices) {
    const thing = things.get(controllerId)
    if (!audience.has(serial) || !thing) continue
    const due = deserved(thing, world.wanted)
    const state = jobs.get(controllerId)?.state ?? 'not-offered'
    report.hold(
      due.includes(state),
      () => `${controllerId} (${thing.behaviour}) is ${state}, and was ${due.join(' or ')}`,
    )
    const result = results.get(device)
    report.hold(
      result?.state === state,
      () => `The evidence has ${controllerId} as ${result?.state}, the database as ${state}`,
    )
    if (result?.state !== 'verified') continue
    const seen = thing.facts.findLast(({ event }) => event === 'observed')
    report.hold(
      seen?.firmware === world.wanted && result.assurance !== 'none' && result.assurance !== 'claimed',
      () => `${controllerId} counts as verified, and nobody read the new version from it`,
    )
  }
}

/** What the database holds as installed and as vulnerable is what the living devices really run. */
export function checkFindings({ world, things, rows, pack }: Sides, report: Report): void {
  const closed = new Set(
    pack?.findings.filter(({ vulnerability }) => vulnerability === world.vulnerability).map(({ device }) => device),
  )
  const audience = new Set(world.audience)
  for (const { controllerId, device, firmware, vulnerable, isRig, serial } of rows.devices) {
    const thing = things.get(controllerId)
    // A rig is reflashed at will, and a dead device runs nothing that could be compared.
    if (!thing || isRig || thing.runs === undefined) continue
    report.hold(firmware === thing.runs, () => `${controllerId} runs ${thing.runs}, the database has ${firmware}`)
    if (!audience.has(serial)) continue
    const really = world.vulnerable.includes(thing.runs)
    report.hold(
      vulnerable === really,
      () => `${controllerId} ${really ? 'is' : 'is not'} vulnerable; the database differs`,
    )
    report.hold(closed.has(device) === !really, () => `The evidence is wrong about the finding on ${controllerId}`)
  }
}

/** Every end that a device told and the server acknowledged is in the history, once. */
export function checkFeedback({ things, rows }: Sides, report: Report): void {
  for (const { controllerId, actionId, ends } of rows.jobs) {
    const told = things.get(controllerId)?.ends.filter((end) => end.actionId === actionId).length ?? 0
    report.hold(
      told === ends,
      () => `${controllerId} was told ${told} times that its end was taken, the history has ${ends}`,
    )
  }
}

/** Revisions whose devices died are named as quarantined, or the rollout stopped. */
export function checkQuarantine({ world, things, rows, pack }: Sides, report: Report): void {
  const died = [...things.values()].filter((thing) => isInBadCell(thing, world) && did(thing, 'bricked'))
  if (died.length === 0) return
  const stopped = rows.rolloutState === 'stopped'
  const named = pack?.statement.quarantined.some(
    ({ hardwareRevision }) => hardwareRevision === world.badCell.hardwareRevision,
  )
  report.hold(stopped || named === true, () => `${died.length} devices died and their revision was not quarantined`)
}
