import type { Observation } from '#adapters/port.ts'
import { nextActionIds } from '#inventory/index.ts'
import type { Clock } from '#platform/clock.ts'
import { type Scope, type Scoped, type Store, withScope } from '#platform/database/store.ts'
import { emit } from '#platform/events/event.queries.ts'
import { newId } from '#platform/id.ts'
import { Refusal } from '#platform/refusal.ts'
import { releaseUnderTest, targetOf } from '#releases/index.ts'
import { cellOf } from './cell.ts'
import { look, type Observers, type Place, placesOf } from './look.operations.ts'
import { judgeReading, tellReading } from './reading.ts'
import { findRigs, type Rig } from './rig.queries.ts'
import { findOpenRun, insertRun } from './run.queries.ts'
import { insertTrials } from './trial.queries.ts'

interface Parts {
  readonly store: Store
  /** Where the run is stored: no transaction is open while the rigs are read. */
  readonly into: Store
  readonly clock: Clock
  readonly observers: Observers
}

type Release = NonNullable<Awaited<ReturnType<typeof releaseUnderTest>>>

/** A rig with what it is to install. */
interface Chosen {
  readonly rig: Rig
  readonly sha256: string
  readonly place: Place | undefined
}

/** The rigs that a release targets; for each of its artifacts there must be one. */
async function chooseRigs(scoped: Scoped, id: string): Promise<{ release: Release; chosen: readonly Chosen[] }> {
  const release = await releaseUnderTest(scoped, id)
  if (!release) throw new Refusal('releases/release-unknown')
  if (release.state === 'deprecated' || release.state === 'withdrawn')
    throw new Refusal('lab/release-over', { state: release.state })
  const open = await findOpenRun(scoped, id)
  if (open) throw new Refusal('lab/run-open', { run: open.id })
  const rigs = await findRigs(scoped, [...new Set(release.targets.map(({ modelId }) => modelId))])
  const places = await placesOf(
    scoped,
    rigs.map(({ deviceId }) => deviceId),
  )
  const chosen = rigs.flatMap((rig) => {
    const target = targetOf(release.targets, rig.modelId, rig.hardwareRevision)
    return target ? [{ rig, sha256: target.sha256, place: places.get(rig.deviceId) }] : []
  })
  const tried = new Set(chosen.map(({ sha256 }) => sha256))
  const untried = release.targets.filter(({ sha256 }) => !tried.has(sha256))
  if (untried.length > 0) {
    throw new Refusal('lab/no-rig', {
      targets: untried.map(({ manufacturer, model, hardwareRevision, sha256 }) => ({
        manufacturer,
        model,
        hardwareRevision,
        artifact: sha256,
      })),
    })
  }
  return { release, chosen }
}

/** Why a rig cannot start, or nothing when it was just read on its base version. */
function hindrance({ rig, place }: Chosen, version: string, seen: Observation): string | undefined {
  if (rig.isBusy) return 'It is in another test.'
  if (rig.baseVersion === version) return 'Its base version is the release’s, so a test would show nothing.'
  const expected = {
    serial: place?.serial ?? '',
    hardwareRevision: rig.hardwareRevision,
    wanted: version,
    base: rig.baseVersion,
  }
  return judgeReading(seen, expected) === 'base' ? undefined : tellReading(seen)
}

const cellSeen = ({ manufacturer, model, hardwareRevision, bootloader, baseVersion }: Rig, seen: Observation) =>
  cellOf({
    manufacturer,
    model,
    hardwareRevision,
    bootloader: (seen.answered ? seen.identity.bootloader : undefined) ?? bootloader,
    version: baseVersion,
  })

/**
 * Starts one test of a release: a trial on every rig that it targets. Each rig is read first and must show its base
 * version, so that what a broken trial left behind is not taken for a sound rig.
 * @returns the run’s id; `tickLab` and the rigs’ own words carry it on
 */
export async function testRelease(
  { store, into, clock, observers }: Parts,
  scope: Scope,
  given: { readonly release: string; readonly stepSeconds: number },
): Promise<string> {
  const { release, chosen } = await withScope(store, scope, (scoped) => chooseRigs(scoped, given.release))
  const seen = await Promise.all(chosen.map(({ place }) => look(observers, place, given.stepSeconds)))
  const looked = chosen.map((each, at) => ({ ...each, seen: seen[at] as Observation }))
  const unready = looked.flatMap((each) => {
    const why = hindrance(each, release.version, each.seen)
    return why === undefined ? [] : [{ rig: each.rig.name, why }]
  })
  if (unready.length > 0) throw new Refusal('lab/rig-not-ready', { rigs: unready })
  return withScope(into, scope, async (scoped) => {
    const at = clock.now()
    const run = newId(at)
    if (!(await insertRun(scoped, { id: run, release: release.id, stepSeconds: given.stepSeconds, at })))
      throw new Refusal('lab/run-open', { run: (await findOpenRun(scoped, release.id))?.id })
    const actions = await nextActionIds(scoped, looked.length * 2)
    const trials = looked.map(({ rig, sha256, seen: reading }, index) => ({
      id: newId(at),
      run,
      rig: rig.id,
      deviceId: rig.deviceId,
      cell: cellSeen(rig, reading),
      sha256,
      version: release.version,
      baseSha256: rig.baseSha256,
      baseVersion: rig.baseVersion,
      actionId: actions[index * 2] as number,
      rollBackActionId: actions[index * 2 + 1] as number,
    }))
    if ((await insertTrials(scoped, trials, at)) < trials.length)
      throw new Refusal('lab/rig-not-ready', { rigs: [{ why: 'A rig went into another test meanwhile.' }] })
    const detail = { release: release.id, version: release.version, rigs: looked.map(({ rig }) => rig.name) }
    await emit(scoped, clock, { kind: 'lab.run-started', subject: run, detail })
    return run
  })
}
