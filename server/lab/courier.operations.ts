import type { Assignment, Courier, DeviceReport, ReportOutcome } from '#adapters/port.ts'
import type { Clock } from '#platform/clock.ts'
import type { Scoped } from '#platform/database/store.ts'
import { artifactFile } from '#releases/index.ts'
import { advance } from './advance.operations.ts'
import { openTrialsOf, stateOf, type TrialRow, trialOfAction } from './trial.queries.ts'
import { orderOf } from './trial.ts'

/** An order to a rig, as its protocol tells it. */
async function assignmentOf(scoped: Scoped, trial: TrialRow, order: 'release' | 'base'): Promise<Assignment> {
  const isRelease = order === 'release'
  const artifact = await artifactFile(scoped, isRelease ? trial.sha256 : trial.baseSha256)
  if (!artifact) throw new Error('An artifact that a rig is to install is not stored')
  return {
    kind: 'install',
    actionId: isRelease ? trial.actionId : trial.rollBackActionId,
    name: isRelease ? 'Lab test' : 'Lab roll-back',
    version: isRelease ? trial.version : trial.baseVersion,
    artifact,
  }
}

const saying = ({ details }: DeviceReport): string | undefined =>
  details.length === 0
    ? undefined
    : details
        .join(' ')
        .replaceAll(/\p{Cc}/gu, ' ')
        .toWellFormed()
        .slice(0, 500)

async function take(scoped: Scoped, clock: Clock, trial: TrialRow, report: DeviceReport): Promise<ReportOutcome> {
  if (report.execution === 'seen') return 'taken'
  // A rig is never called back, so it makes no difference whether it still fetches.
  const said = report.execution === 'proceeding' ? 'installing' : report.execution
  const news = { kind: 'told', said } as const
  await advance(scoped, clock, trial, [news], { detail: saying(report) })
  return 'taken'
}

/** The lab as a courier: each rig gets the release, and later what it goes back to. */
export const labCourier = (clock: Clock): Courier => ({
  async assignments(scoped, devices) {
    const found = new Map<number, Assignment>()
    for (const trial of await openTrialsOf(scoped, devices)) {
      const order = orderOf(stateOf(trial))
      if (order) found.set(trial.deviceId, await assignmentOf(scoped, trial, order))
    }
    return found
  },

  async assignment(scoped, device, actionId) {
    const trial = await trialOfAction(scoped, device, actionId)
    if (!trial) return undefined
    if (trial.actionId === actionId) return assignmentOf(scoped, trial, 'release')
    return trial.asked ? assignmentOf(scoped, trial, 'base') : undefined
  },

  async report(scoped, device, actionId, report) {
    const trial = await trialOfAction(scoped, device, actionId)
    if (!trial || (trial.rollBackActionId === actionId && !trial.asked)) return 'unknown'
    const order = orderOf(stateOf(trial))
    const isCurrent =
      order !== undefined && actionId === (order === 'release' ? trial.actionId : trial.rollBackActionId)
    return isCurrent ? take(scoped, clock, trial, report) : 'over'
  },

  // What a rig fetched proves nothing that its word and its reading do not.
  served: async () => undefined,
})
