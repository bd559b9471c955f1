import type { RolloutState } from '@suture/contract/states.ts'
import type { RolloutPlan } from '@suture/trust/statements.ts'
import { type Scope, type Scoped, type Store, withScope } from '#platform/database/store.ts'
import { emit } from '#platform/events/event.queries.ts'
import { step } from '#platform/machine.ts'
import { halt, next, pause, settle } from './control.operations.ts'
import { moveJobs } from './job.operations.ts'
import { lockSilentJobs, recallJobs } from './job.queries.ts'
import { type Judgement, judgeWave } from './judge.ts'
import { mayCome } from './late.operations.ts'
import type { DeploymentParts } from './parts.ts'
import { findRelease } from './release.operations.ts'
import {
  beat,
  changeRollout,
  changeWave,
  findStrata,
  findWaves,
  findWithdrawn,
  insertQuarantine,
  isLeftOut,
  lockRollout,
  type RolloutRow,
  rolloutsIn,
  type StratumRow,
  tryToMove,
  type WaveRow,
} from './rollout.queries.ts'
import { unlessNoSigner, type VerifiedPlan, verifiedPlan } from './verified.operations.ts'
import { type WaveStep, wave as waveMachine } from './wave.ts'
import { waveSoFar } from './wave-view.ts'
import { type Why, why } from './why.ts'

/** As many silent jobs as one transaction ends; it is to stay far below five seconds. */
const atOnce = 500

type Parts = DeploymentParts

/** A rollout under way, held by this turn. */
interface Turn {
  readonly row: RolloutRow
  readonly signed: VerifiedPlan
  readonly strata: readonly StratumRow[]
  readonly waves: readonly WaveRow[]
}

/** Ends the jobs of devices that said nothing for longer than the plan allows; a stop does not excuse them. */
async function endSilent(scoped: Scoped, { clock }: Parts, row: RolloutRow, { limits }: RolloutPlan): Promise<void> {
  const given = { now: clock.now(), silenceMs: limits.silenceSeconds * 1000, limit: atOnce }
  const jobs = await lockSilentJobs(scoped, row, given)
  await moveJobs(
    scoped,
    clock,
    jobs.map((job) => ({ job, step: { kind: 'silence' } })),
  )
}

async function moveWave(
  scoped: Scoped,
  { clock }: Parts,
  { row }: Turn,
  wave: WaveRow,
  kind: WaveStep['kind'],
  reason: Why,
) {
  const taken = step(waveMachine, { kind: wave.state }, { kind })
  if (!taken.ok) throw new Error(`A wave that is ${wave.state} was to ${kind}`)
  const now = clock.now()
  const state = taken.state.kind
  if (kind === 'observe')
    await changeWave(scoped, row.id, wave.no, { state, observing_since: now, deaf_ms: row.deaf_ms })
  if (kind === 'pass' || kind === 'stop') {
    await changeWave(scoped, row.id, wave.no, { state, ended_at: now, why: reason })
    const event = kind === 'pass' ? 'wave.passed' : 'wave.stopped'
    await emit(scoped, clock, { kind: event, subject: row.id, detail: { wave: wave.no, why: reason } })
  }
}

/** Opens the wave after one that passed. */
async function openNext(scoped: Scoped, { clock }: Parts, { row }: Turn, no: number): Promise<void> {
  await changeWave(scoped, row.id, no, { state: 'open', opened_at: clock.now(), deaf_ms: row.deaf_ms })
  await changeRollout(scoped, row.id, { open_wave: no })
  await emit(scoped, clock, { kind: 'wave.opened', subject: row.id, detail: { wave: no } })
}

async function quarantine(
  scoped: Scoped,
  { clock }: Parts,
  { row }: Turn,
  wave: number,
  { revision, why: reason }: Judgement & { readonly kind: 'quarantine' },
): Promise<void> {
  const { modelId, hardwareRevision } = revision
  const given = { rollout: row.id, wave, modelId, hardwareRevision, why: reason, at: clock.now() }
  await insertQuarantine(scoped, given)
  await recallJobs(scoped, row.id, 'revision-quarantined', revision)
  await emit(scoped, clock, { kind: 'revision.quarantined', subject: row.id, detail: { wave, why: reason } })
}

const endedOf = ({ verified, failed, silent, other }: StratumRow): number => verified + failed + silent + other
const underWay = (strata: readonly StratumRow[]): number =>
  strata.reduce((sum, each) => sum + each.offered - endedOf(each) + each.retries_offered - each.retries_ended, 0)

/**
 * Whether the last wave is the end: nobody is under way in any wave, and whoever has not come has been away for longer
 * than the plan waits. Devices that stayed away are no success; they are told as not offered.
 */
async function finish(scoped: Scoped, parts: Parts, turn: Turn, wave: WaveRow, judged: Judgement): Promise<boolean> {
  const { row, strata, signed } = turn
  const heardMs = parts.clock.now().getTime() - (wave.opened_at?.getTime() ?? 0) - (row.deaf_ms - wave.deaf_ms)
  const allowed = strata.filter((each) => !isLeftOut(each))
  const missing = allowed.reduce((sum, each) => sum + each.devices - each.offered, 0)
  const retrying = allowed.reduce((sum, each) => sum + each.retries_asked - each.retries_offered, 0)
  const silenceMs = signed.plan.limits.silenceSeconds * 1000
  const isEarly = missing > 0 && wave.state === 'open' && heardMs < silenceMs
  const isNothing = strata.every((each) => each.verified + each.failed + each.silent === 0)
  if (underWay(strata) > 0 || isEarly || isNothing) return false
  if (missing + retrying > 0 && (await mayCome(scoped, parts, turn, retrying > 0))) return false
  const kind = judged.kind === 'pass' ? 'pass' : 'stop'
  await moveWave(scoped, parts, turn, wave, kind, judged.why)
  const reason = missing > 0 ? why('some-not-offered', { devices: missing }) : why('all-ended')
  const { clock } = parts
  await changeRollout(scoped, row.id, { state: next(row, 'finish'), why: reason, ended_at: clock.now() })
  await emit(scoped, clock, { kind: 'rollout.finished', subject: row.id, detail: { why: reason } })
  return true
}

/** Does what was decided about the open wave. */
async function act(scoped: Scoped, parts: Parts, turn: Turn, wave: WaveRow, judged: Judgement): Promise<void> {
  const isLast = wave.no === turn.waves.length
  switch (judged.kind) {
    case 'quarantine':
      return quarantine(scoped, parts, turn, wave.no, judged)
    case 'stop':
      return halt(scoped, parts, turn.row, judged.why)
    case 'observe':
      return moveWave(scoped, parts, turn, wave, 'observe', judged.why)
    case 'pass':
      if (isLast) return void (await finish(scoped, parts, turn, wave, judged))
      await moveWave(scoped, parts, turn, wave, 'pass', judged.why)
      return openNext(scoped, parts, turn, wave.no + 1)
    case 'wait':
      if (isLast && judged.why.code === 'too-few-ended') await finish(scoped, parts, turn, wave, judged)
  }
}

/** Judges every wave that was opened, the newest last: late devices of an earlier one may still stop the rollout. */
async function judge(scoped: Scoped, parts: Parts, turn: Turn): Promise<void> {
  const { row, signed, strata, waves } = turn
  for (const wave of waves.filter(({ no }) => no <= row.open_wave)) {
    const soFar = waveSoFar(signed.plan, strata, wave, row.deaf_ms)
    if (!soFar) continue
    const judged = judgeWave(signed.plan.limits, soFar, parts.clock.now())
    const isOpen = wave.no === row.open_wave
    if (isOpen || judged.kind === 'stop' || judged.kind === 'quarantine') {
      await act(scoped, parts, turn, wave, judged)
      if (judged.kind !== 'wait') return
    }
  }
}

/** The states of rollouts that are not over. */
const open = ['awaiting-approval', 'scheduled', 'running', 'paused'] as const satisfies readonly RolloutState[]
const isOpen = ({ state }: RolloutRow): boolean => open.some((each) => each === state)

/** One turn of one rollout. */
async function move(scoped: Scoped, parts: Parts, id: string): Promise<void> {
  const held = await lockRollout(scoped, id)
  if (!held) return
  const signed = await verifiedPlan(scoped, parts.signerKeys, held)
  // Nothing of an unsigned plan runs anywhere, so the row may say which release it is of.
  const release = signed?.plan.release ?? held.release_id
  if (isOpen(held) && (await findWithdrawn(scoped, [release])).size > 0)
    return halt(scoped, parts, held, why('release-withdrawn'))
  if (!signed) {
    if (held.state === 'running') await pause(scoped, parts, held, why('plan-unverified'))
    return
  }
  const row = await settle(scoped, parts, held)
  const now = parts.clock.now().getTime()
  const isOver = now >= Date.parse(signed.plan.notAfter)
  const mayExpire = row.state === 'scheduled' || row.state === 'running' || row.state === 'paused'
  if (isOver && mayExpire) await halt(scoped, parts, row, why('time-over', { notAfter: signed.plan.notAfter }))
  if (row.started_at === null) return
  await endSilent(scoped, parts, row, signed.plan)
  if (row.state !== 'running' || isOver) return
  const found = await findRelease(scoped, parts.signerKeys, release)
  if (found === 'withdrawn') return halt(scoped, parts, row, why('release-withdrawn'))
  if (!found) return pause(scoped, parts, row, why('release-unverified'))
  const [strata, waves] = [await findStrata(scoped, [id]), await findWaves(scoped, id)]
  await judge(scoped, parts, { row, signed, strata, waves })
}

/**
 * One turn for the rollouts of a tenant: stops those whose release was withdrawn, takes over signatures, ends the
 * silent, judges waves, opens the next, expires and finishes. It decides from what is stored and the time, so that it
 * may be missed, repeated, or killed at any point; of several servers one does it at a time.
 * @param isFresh what devices said since the last beat may not have been heard
 * @returns what failed, rollout by rollout: one that cannot be moved keeps neither the others nor the beat from going on
 */
export async function tickDeployment(
  store: Store,
  scope: Scope,
  parts: DeploymentParts,
  isFresh = false,
): Promise<readonly unknown[]> {
  const due = await withScope(store, scope, async (scoped) => {
    if (!(await tryToMove(scoped))) return []
    await beat(scoped, parts.clock.now(), isFresh)
    const busy = await rolloutsIn(scoped, [...open, 'stopped', 'expired'])
    const over = busy.filter(({ state }) => state === 'stopped' || state === 'expired')
    const underWayIn = new Set(
      (
        await findStrata(
          scoped,
          over.map(({ id }) => id),
        )
      )
        .filter((each) => underWay([each]) > 0)
        .map((each) => each.rollout_id),
    )
    return busy
      .filter(({ id, state }) => (state !== 'stopped' && state !== 'expired') || underWayIn.has(id))
      .map(({ id }) => id)
  })
  const failed: unknown[] = []
  for (const id of due)
    await withScope(store, scope, async (scoped) => {
      if (await tryToMove(scoped)) await unlessNoSigner(move(scoped, parts, id))
    }).catch((error) => failed.push(error))
  return failed
}
