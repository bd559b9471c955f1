import type { JobReason } from '@suture/contract/reasons.ts'
import type { Assurance } from '@suture/contract/states.ts'
import type { Clock } from '#platform/clock.ts'
import type { Scoped } from '#platform/database/store.ts'
import { emitAll } from '#platform/events/event.queries.ts'
import { step } from '#platform/machine.ts'
import { addToStratum, freeSlots, type JobChange, type JobRow, type StratumKey, updateJobs } from './job.queries.ts'
import { countOf, isFinal, type Job, type JobStep, job as machine } from './job.ts'

/** One step of one job, and what is known of it beside its state. */
export interface Move {
  readonly job: JobRow
  readonly step: JobStep
  readonly assurance?: Assurance | undefined
  readonly versionAfter?: string | undefined
  readonly observedAt?: Date | undefined
  readonly readAfter?: Date | undefined
  /** When the device spoke, if it was its word that moved the job. */
  readonly saidAt?: Date | undefined
}

const stateOf = ({ state, claim, class: reason }: JobRow): Job => ({
  kind: state,
  ...(claim === null ? {} : { claim }),
  ...(reason === null ? {} : { class: reason as JobReason }),
})

function changeOf({ job, step: event, ...known }: Move, now: Date): JobChange | undefined {
  const next = step(machine, stateOf(job), event)
  if (!next.ok) return undefined
  const { kind, claim = null, class: reason = null } = next.state
  return { job, state: kind, claim, class: reason, ...known, ...(isFinal(kind) ? { endedAt: now } : {}) }
}

const keyOf = ({ rollout_id, wave_no, model_id, hardware_revision }: StratumKey) =>
  `${rollout_id} ${String(wave_no).padStart(3, '0')} ${String(model_id).padStart(10, '0')} ${hardware_revision}`

/** As what a passage counts that ended: waves are judged by first ones, so that trying again betters none of them. */
const countersOf = ({ job, state }: JobChange) => {
  if (!isFinal(state)) return []
  if (job.attempt === 1) return [countOf[state]]
  return state === 'verified' ? (['retries_ended', 'retries_verified'] as const) : (['retries_ended'] as const)
}

/** Counts what ended, revision by revision, in the one order in which everybody counts. */
async function count(scoped: Scoped, ended: readonly JobChange[]): Promise<void> {
  const groups = Map.groupBy(ended, ({ job }) => keyOf(job))
  for (const key of [...groups.keys()].sort()) {
    const changes = groups.get(key) ?? []
    const added = Map.groupBy(changes.flatMap(countersOf), (name) => name)
    const [first] = changes
    const counts = [...added].map(([name, each]) => [name, each.length])
    if (first) await addToStratum(scoped, first.job, Object.fromEntries(counts))
  }
}

/**
 * Moves jobs that the caller holds, and with them, in the same transaction, what follows from it: devices that have
 * ended are free again and are counted, and the record says so. A step that its job does not answer to is left out.
 * @returns the jobs that moved, as they are now
 */
export async function moveJobs(scoped: Scoped, clock: Clock, moves: readonly Move[]): Promise<readonly JobChange[]> {
  const now = clock.now()
  const changes = moves.flatMap((move) => changeOf(move, now) ?? [])
  if (changes.length === 0) return []
  await updateJobs(scoped, changes)
  const ended = changes.filter(({ state }) => isFinal(state))
  if (ended.length === 0) return changes
  await freeSlots(
    scoped,
    ended.map(({ job }) => job),
  )
  await count(scoped, ended)
  const events = ended.map(({ job, state, class: reason }) => ({
    kind: 'job.ended' as const,
    subject: job.id,
    detail: { rollout: job.rollout_id, device: job.device_uid, wave: job.wave_no, state, class: reason },
  }))
  await emitAll(scoped, clock, events)
  return changes
}
