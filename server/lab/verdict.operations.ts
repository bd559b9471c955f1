import { sha256 } from '@suture/trust/digest.ts'
import { signEnvelope } from '@suture/trust/dsse.ts'
import { payloadTypes } from '@suture/trust/statements.ts'
import type { Clock } from '#platform/clock.ts'
import type { Scoped } from '#platform/database/store.ts'
import { tenantUid } from '#platform/database/tenant-uid.ts'
import { emit } from '#platform/events/event.queries.ts'
import { noteLabVerdict, releaseUnderTest } from '#releases/index.ts'
import { cellOf } from './cell.ts'
import { labKey } from './key.operations.ts'
import { endedTrials, fleetCells, runsToJudge, storeVerdict, tryLockLab } from './run.queries.ts'
import { verdictBytes, verdictOver } from './verdict.ts'

interface Run {
  readonly id: string
  readonly release: string
}

/** Judges one run, signs the verdict with the lab's key, and moves the release, all in one transaction. */
async function giveVerdict(scoped: Scoped, clock: Clock, run: Run, home: string): Promise<void> {
  const release = await releaseUnderTest(scoped, run.release)
  if (!release) throw new Error('A release vanished while it was tested')
  const trials = await endedTrials(scoped, run.id)
  const at = clock.now()
  const verdict = verdictOver({
    tenant: await tenantUid(scoped),
    release: run.release,
    artifacts: trials.map((each) => each.sha256),
    trials: trials.map(({ rig, cell, outcome }) => ({ rig, cell, passed: outcome === 'passed' })),
    fleet: (await fleetCells(scoped, run.release, release.version)).map(cellOf),
    at,
  })
  const payload = verdictBytes(verdict)
  const digest = sha256(payload)
  const envelope = Buffer.from(JSON.stringify(signEnvelope(payloadTypes.labVerdict, payload, labKey(home))))
  await storeVerdict(scoped, run.id, { state: verdict.verdict, envelope, digest, at })
  const passed = verdict.verdict === 'passed'
  await noteLabVerdict(scoped, clock, { release: run.release, passed, envelope, digest })
  const detail = { release: run.release, verdict: verdict.verdict, digest, uncovered: verdict.uncovered.length }
  await emit(scoped, clock, { kind: 'lab.verdict-given', subject: run.id, detail })
}

/** Gives the verdict of every test whose trials are all over; once each, whoever else tries. */
export async function giveVerdicts(scoped: Scoped, clock: Clock, home: string): Promise<void> {
  if (!(await tryLockLab(scoped))) return
  for (const run of await runsToJudge(scoped)) await giveVerdict(scoped, clock, run, home)
}
