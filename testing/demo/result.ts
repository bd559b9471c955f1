import type { Known } from './learning.ts'
import type { LabResult } from './making.ts'
import type { Proof } from './proving.ts'
import type { Rolled } from './rolling.ts'
import type { Stage } from './stage.ts'
import { models, policy } from './world.ts'

/** What the whole story came to, for programs: `npm run demo -- --json` prints it. */
export interface Result {
  readonly devices: number
  readonly models: number
  readonly vulnerabilities: number
  /** Device × vulnerability, over the whole fleet. */
  readonly findings: number
  readonly affectedDevices: number
  readonly decision: {
    readonly table: string | undefined
    readonly row: number | undefined
    readonly deadline: string | null | undefined
  }
  /** `uncovered` counts the kinds of device that no rig stood for. */
  readonly lab: { readonly rigs: number; readonly verdict: string; readonly uncovered: number }
  /** Jobs by the state in which they ended; `badCellDevicesTouched` is the ground truth’s. */
  readonly rollout: {
    readonly waves: number
    readonly jobs: number
    readonly verified: number
    readonly failed: number
    readonly silent: number
    readonly disputed: number
    readonly rolledBack: number
    readonly quarantinedRevisions: readonly string[]
    readonly badCellDevicesTouched: number | undefined
  }
  /** The pack stays there after the end. */
  readonly evidence: { readonly file: string; readonly verified: boolean }
  readonly checker: { readonly ok: boolean; readonly compared: number }
  readonly seconds: number
}

interface Outcome {
  readonly known: Known
  readonly made: { readonly lab: LabResult; readonly broken: { readonly state: string } }
  readonly rolled: Rolled
  readonly proof: Proof
}

/** What has to be so at the end, whatever the seed; what is not is told in a sentence. */
function invariants({ fleet }: Stage, { made, rolled, proof }: Outcome): string[] {
  const { rollout, jobs, startedTooEarly } = rolled
  const good = fleet.filter(
    ({ model, rig, hardwareRevision }) => model === models[0].model && !rig && hardwareRevision !== 'C',
  )
  const { verified = 0, disputed = 0, silent = 0 } = jobs
  const { badCellDevicesTouched: touched = -1 } = proof.checker
  const holds: readonly (readonly [boolean, string])[] = [
    [made.broken.state === 'failed', 'The lab did not stop the broken release'],
    [made.lab.verdict === 'passed', 'The lab did not pass the corrected release'],
    [
      made.lab.uncovered.some(({ hardwareRevision }) => hardwareRevision === 'C'),
      'The lab did not name the uncovered cell',
    ],
    [!startedTooEarly, 'The rollout started with one approval'],
    [rollout.state === 'finished', `The rollout is ${rollout.state}, and should have finished`],
    [rollout.quarantined.some(({ hardwareRevision }) => hardwareRevision === 'C'), 'Revision C was not quarantined'],
    [rollout.quarantined.length === 1, 'More than the one bad revision was quarantined'],
    [touched >= 3 && touched <= policy.perStratum, `${touched} devices of the bad cell were touched, not 3 to 6`],
    [verified >= good.length - 6, `Only ${verified} of ${good.length} devices of the good revisions are verified`],
    [disputed > 0, 'No liar is disputed'],
    [silent > 0, 'Nobody is silent'],
    [proof.verified, 'The evidence does not verify'],
    [proof.checker.ok, 'The checker finds that it was otherwise:'],
  ]
  return [...holds.filter(([isSo]) => !isSo).map(([, sentence]) => sentence), ...proof.checker.failures]
}

/** The result for programs, and what did not hold. */
export function resultOf(
  stage: Stage,
  outcome: Outcome,
): { readonly result: Result; readonly failures: readonly string[] } {
  const { known, made, rolled, proof } = outcome
  const { rollout, jobs } = rolled
  const count = (state: keyof typeof jobs): number => jobs[state] ?? 0
  const result = {
    devices: stage.fleet.length,
    models: models.length,
    vulnerabilities: known.vulnerabilities,
    findings: known.findings,
    affectedDevices: known.affected,
    decision: { table: known.decision?.table, row: known.decision?.row, deadline: known.decision?.dueAt },
    lab: { ...made.lab, uncovered: made.lab.uncovered.length },
    rollout: {
      waves: rollout.waves.length,
      jobs: Object.values(jobs).reduce((sum, n) => sum + n, 0),
      verified: count('verified'),
      failed: count('failed'),
      silent: count('silent'),
      disputed: count('disputed'),
      rolledBack: count('rolled-back'),
      quarantinedRevisions: rollout.quarantined.map(({ hardwareRevision }) => hardwareRevision),
      badCellDevicesTouched: proof.checker.badCellDevicesTouched,
    },
    evidence: { file: proof.file, verified: proof.verified },
    checker: { ok: proof.checker.ok, compared: proof.checker.compared },
    seconds: stage.screen.seconds,
  }
  return { result, failures: invariants(stage, outcome) }
}
