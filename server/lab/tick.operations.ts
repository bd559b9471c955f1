import type { Observation } from '#adapters/port.ts'
import type { Clock } from '#platform/clock.ts'
import { type Scope, type Scoped, type Store, withScope } from '#platform/database/store.ts'
import { advance } from './advance.operations.ts'
import { look, type Observers, type Place, placesOf } from './look.operations.ts'
import { judgeReading, tellReading } from './reading.ts'
import { tryLockLab } from './run.queries.ts'
import { beginStepsAnew, claimReadings, lockTrial, type TrialRow } from './trial.queries.ts'
import { giveVerdicts } from './verdict.operations.ts'

interface Parts {
  readonly observers: Observers
  /** SUTURE_HOME, where the lab's key lives. */
  readonly home: string
  /** What rigs said since the last turn may not have been heard. */
  readonly isFresh?: boolean
}

interface Due {
  readonly trial: TrialRow
  readonly place: Place | undefined
  readonly hardwareRevision: string
}

/** The readings that are due, taken so that no other process makes them too. */
async function claim(scoped: Scoped, now: Date, isFresh: boolean): Promise<Due[]> {
  if (!(await tryLockLab(scoped))) return []
  if (isFresh) await beginStepsAnew(scoped, now)
  const trials = await claimReadings(scoped, now)
  const places = await placesOf(
    scoped,
    trials.map(({ deviceId }) => deviceId),
  )
  return trials.map((trial) => ({
    trial,
    place: places.get(trial.deviceId),
    hardwareRevision: trial.cell.hardwareRevision,
  }))
}

/** What a reading means for its trial, unless the trial has gone on since the reading was taken on. */
async function apply(scoped: Scoped, clock: Clock, due: Due, seen: Observation): Promise<void> {
  const row = await lockTrial(scoped, due.trial.id)
  if (!row || row.step !== due.trial.step || row.readAt?.getTime() !== due.trial.readAt?.getTime()) return
  const found = judgeReading(seen, {
    serial: due.place?.serial ?? '',
    hardwareRevision: due.hardwareRevision,
    wanted: row.version,
    base: row.baseVersion,
  })
  const isLate = clock.now().getTime() >= row.stepSince.getTime() + row.stepSeconds * 1000
  const news = [{ kind: 'read', found } as const, ...(isLate ? [{ kind: 'late', found } as const] : [])]
  await advance(scoped, clock, row, news, { detail: tellReading(seen), found })
}

/**
 * One turn of the lab of one tenant: reads the rigs that are due, moves their trials on, and gives the verdicts of the
 * tests that are over. Everything is decided from stored state and the time, so that turns may be missed, may be taken
 * by several processes at once, and may be cut off anywhere.
 * @returns what failed, trial by trial: one that cannot be moved does not keep the others from going on
 */
export async function tickLab(
  store: Store,
  clock: Clock,
  scope: Scope,
  { observers, home, isFresh = false }: Parts,
): Promise<readonly unknown[]> {
  const due = await withScope(store, scope, (scoped) => claim(scoped, clock.now(), isFresh))
  const move = async (each: Due) => {
    const seen = await look(observers, each.place, each.trial.stepSeconds)
    await withScope(store, scope, (scoped) => apply(scoped, clock, each, seen))
  }
  const failed: unknown[] = []
  await Promise.all(due.map((each) => move(each).catch((error) => failed.push(error))))
  await withScope(store, scope, (scoped) => giveVerdicts(scoped, clock, home)).catch((error) => failed.push(error))
  return failed
}
