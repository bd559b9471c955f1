import type { Assignment, Courier, DeviceReport, Order, ReportOutcome, Word } from '#adapters/port.ts'
import type { Clock } from '#platform/clock.ts'
import type { Scoped } from '#platform/database/store.ts'
import { artifactFile } from '#releases/index.ts'
import { advance } from './advance.operations.ts'
import { openTrialsOf, stateOf, type TrialRow, trialsOfActions } from './trial.queries.ts'
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

/** The trial of each order, at its place, kept from being changed by others. */
async function trialsOf(scoped: Scoped, orders: readonly Order[]): Promise<readonly (TrialRow | undefined)[]> {
  const trials = await trialsOfActions(scoped, orders)
  return orders.map(({ device, actionId }) =>
    trials.find((each) => each.deviceId === device && [each.actionId, each.rollBackActionId].includes(actionId)),
  )
}

async function take(scoped: Scoped, clock: Clock, trial: TrialRow, { actionId, said }: Word): Promise<ReportOutcome> {
  if (trial.rollBackActionId === actionId && !trial.asked) return 'unknown'
  const order = orderOf(stateOf(trial))
  const isCurrent = order !== undefined && actionId === (order === 'release' ? trial.actionId : trial.rollBackActionId)
  if (!isCurrent) return 'over'
  if (said.execution === 'seen') return 'taken'
  // A rig is never called back, so it makes no difference whether it still fetches.
  const execution = said.execution === 'proceeding' ? 'installing' : said.execution
  const news = { kind: 'told', said: execution } as const
  await advance(scoped, clock, trial, [news], { detail: saying(said) })
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

  async assigned(scoped, orders) {
    const found: (Assignment | undefined)[] = []
    for (const [at, trial] of (await trialsOf(scoped, orders)).entries()) {
      const isRelease = trial?.actionId === orders[at]?.actionId
      const isAsked = trial !== undefined && (isRelease || trial.asked)
      found.push(isAsked ? await assignmentOf(scoped, trial, isRelease ? 'release' : 'base') : undefined)
    }
    return found
  },

  async take(scoped, words) {
    const outcomes: ReportOutcome[] = []
    const spokenOf = new Set<string>()
    let trials = await trialsOf(scoped, words)
    for (const [at, word] of words.entries()) {
      // A word may have moved the trial that a later one is about.
      if (spokenOf.has(trials[at]?.id ?? '')) trials = await trialsOf(scoped, words)
      const trial = trials[at]
      outcomes.push(trial ? await take(scoped, clock, trial, word) : 'unknown')
      if (trial) spokenOf.add(trial.id)
    }
    return outcomes
  },

  // What a rig fetched proves nothing that its word and its reading do not.
  served: async () => undefined,
})
