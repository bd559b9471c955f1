import { join } from 'node:path'
import type { Panel } from './cast.ts'
import { run } from './children.ts'
import { badCell } from './fleet.ts'
import type { Rolled } from './rolling.ts'
import type { Stage } from './stage.ts'
import { models, policy, put, star } from './world.ts'

/** What the evidence and the checker say. */
export interface Proof {
  readonly file: string
  readonly verified: boolean
  readonly checker: {
    readonly ok: boolean
    readonly compared: number
    readonly failures: readonly string[]
    /** By the ground truth; nothing when the checker could not read it. */
    readonly badCellDevicesTouched?: number
  }
}

/** The evidence is packed, verified without the server, and held against the ground truth. */
export async function prove(stage: Stage, { auditor }: Panel, rolled: Rolled): Promise<Proof> {
  const { folder, screen, server, simulated } = stage
  const [file, keys] = [join(folder, 'evidence.json'), join(folder, 'keys.json')]
  const [packed] = await Promise.all([
    auditor.tries(['evidence', 'pack', rolled.rollout.id, '--out', file]),
    auditor.does(['signer', 'keys', '--export', keys]),
    // The world stands still before it is looked at.
    simulated.process.stop(),
  ])
  if (packed.status !== 0) screen.say(`No evidence: ${packed.err.trim()}`)
  const world = put(folder, 'world.json', JSON.stringify(worldOf(stage, rolled)))
  const given = [
    ...['--world', world, '--truth', simulated.truth, '--database', server.database],
    ...['--pack', file, '--keys', keys],
  ]
  const [verified, checked] = await Promise.all([
    auditor.tries(['evidence', 'verify', file, '--keys', keys]),
    run(['testing/checker/main.ts', ...given], {}),
  ])
  for (const line of verified.out.trim().split('\n')) screen.say(line)
  if (checked.out === '') throw new Error(`The checker did not run: ${checked.err}`)
  return { file, verified: verified.status === 0, checker: JSON.parse(checked.out) as Proof['checker'] }
}

/** What this program did, for the checker. */
const worldOf = ({ cast, fleet }: Stage, { rollout, approvals }: Rolled) => ({
  tenant: cast.tenant,
  rollout: rollout.id,
  vulnerability: star.vulnerability,
  vulnerable: [models[0].firmware],
  wanted: star.correctedAs,
  audience: fleet.filter(({ model, rig }) => model === models[0].model && !rig).map(({ serial }) => serial),
  approvals,
  badCell: { hardwareRevision: badCell.hardwareRevision, bootloaders: badCell.bootloaders, most: policy.perStratum },
})
