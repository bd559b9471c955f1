import { sql } from 'kysely'
import type { Scoped } from '#platform/database/store.ts'
import type { Cell } from './cell.ts'
import type { Found, Trial } from './trial.ts'

export interface NewTrial {
  readonly id: string
  readonly run: string
  readonly rig: string
  readonly deviceId: number
  readonly cell: Cell
  readonly sha256: string
  readonly version: string
  readonly baseSha256: string
  readonly baseVersion: string
  readonly actionId: number
  readonly rollBackActionId: number
}

/** How many of the trials were stored: a rig that is in another test is left out. */
export async function insertTrials({ db, scope }: Scoped, trials: readonly NewTrial[], at: Date): Promise<number> {
  const rows = await db
    .insertInto('lab_trial')
    .values(
      trials.map((trial) => ({
        tenant_id: scope.tenant,
        id: trial.id,
        run_id: trial.run,
        rig_id: trial.rig,
        device_id: trial.deviceId,
        cell: JSON.stringify(trial.cell),
        sha256: Buffer.from(trial.sha256, 'hex'),
        version: trial.version,
        base_sha256: Buffer.from(trial.baseSha256, 'hex'),
        base_version: trial.baseVersion,
        action_id: trial.actionId,
        roll_back_action_id: trial.rollBackActionId,
        step: 'install' as const,
        step_since: at,
      })),
    )
    .onConflict((conflict) => conflict.doNothing())
    .returning('id')
    .execute()
  return rows.length
}

const columns = [
  't.id',
  't.run_id as run',
  't.device_id as deviceId',
  't.cell',
  't.version',
  't.base_version as baseVersion',
  't.action_id as actionId',
  't.roll_back_action_id as rollBackActionId',
  't.step',
  't.said',
  't.good',
  't.asked',
  't.failure',
  't.step_since as stepSince',
  't.read_at as readAt',
] as const

const trials = ({ db }: Scoped) =>
  db
    .selectFrom('lab_trial as t')
    .innerJoin('lab_run as r', (join) => join.onRef('r.id', '=', 't.run_id').onRef('r.tenant_id', '=', 't.tenant_id'))
    .innerJoin('lab_rig as g', (join) => join.onRef('g.id', '=', 't.rig_id').onRef('g.tenant_id', '=', 't.tenant_id'))
    .select(columns)
    .select(['r.step_seconds as stepSeconds', 'g.name as rig'])
    .select([
      sql<string>`encode(t.sha256, 'hex')`.as('sha256'),
      sql<string>`encode(t.base_sha256, 'hex')`.as('baseSha256'),
    ])

/** A trial as it is stored. */
export type TrialRow = Awaited<ReturnType<ReturnType<typeof trials>['executeTakeFirstOrThrow']>>

/** The state that a row holds. */
export function stateOf({ step, said, good, asked, failure }: TrialRow): Trial {
  if (step === 'install' || step === 'boot') return { kind: step, said }
  if (step === 'health') return { kind: step, good }
  return step === 'roll-back' ? { kind: step, failure, asked, said } : { kind: step, failure }
}

/** The trials under way of these devices. */
export const openTrialsOf = (scoped: Scoped, devices: readonly number[]): Promise<TrialRow[]> =>
  trials(scoped)
    .where('t.device_id', '=', sql<number>`any(${[...devices]}::bigint[])`)
    .where('t.step', '<>', 'over')
    .execute()

/** The trials that gave these actions to these devices, kept from being changed by others. */
export const trialsOfActions = (
  scoped: Scoped,
  orders: readonly { readonly device: number; readonly actionId: number }[],
): Promise<TrialRow[]> => {
  const actions = sql<number>`any(${orders.map(({ actionId }) => actionId)}::int[])`
  return trials(scoped)
    .where('t.device_id', '=', sql<number>`any(${orders.map(({ device }) => device)}::bigint[])`)
    .where((eb) => eb.or([eb('t.action_id', '=', actions), eb('t.roll_back_action_id', '=', actions)]))
    .orderBy('t.device_id')
    .forUpdate('t')
    .execute()
}

/** A trial, kept from being changed by others until the transaction ends. */
export const lockTrial = (scoped: Scoped, id: string): Promise<TrialRow | undefined> =>
  trials(scoped).where('t.id', '=', id).forUpdate('t').executeTakeFirst()

/** Gives every step under way its whole time again: a rig that was not heard is not late. */
export const beginStepsAnew = async ({ db }: Scoped, now: Date): Promise<void> => {
  await db.updateTable('lab_trial').set({ step_since: now }).where('step', '<>', 'over').execute()
}

/** How far apart readings of one rig are at least, in milliseconds. */
const readingEvery = 500

/**
 * Takes the trials whose rigs are to be read now, so that no other process reads them at the same time: those that
 * wait for what is read, and those whose step has lasted too long.
 */
export async function claimReadings(scoped: Scoped, now: Date): Promise<TrialRow[]> {
  const due = await trials(scoped)
    .where('t.step', '<>', 'over')
    .where((eb) =>
      eb.or([
        eb('t.step', '<>', 'install'),
        sql<boolean>`t.step_since + make_interval(secs => r.step_seconds) <= ${now}`,
      ]),
    )
    .where((eb) => eb.or([eb('t.read_at', 'is', null), eb('t.read_at', '<=', new Date(now.getTime() - readingEvery))]))
    .orderBy('t.step_since')
    .limit(64)
    .forUpdate('t')
    .skipLocked()
    .execute()
  if (due.length > 0) {
    await scoped.db
      .updateTable('lab_trial')
      .set({ read_at: now })
      .where('id', '=', sql<string>`any(${due.map(({ id }) => id)}::uuid[])`)
      .execute()
  }
  return due.map((row) => ({ ...row, readAt: now }))
}

/** Stores what a trial has come to; a new step begins its time anew. */
export async function storeTrial(
  { db }: Scoped,
  row: TrialRow,
  state: Trial,
  news: { readonly at: Date; readonly detail: string | undefined; readonly found?: Found },
): Promise<void> {
  await db
    .updateTable('lab_trial')
    .set({
      step: state.kind,
      ...('said' in state ? { said: state.said } : {}),
      ...('good' in state ? { good: state.good } : {}),
      ...('asked' in state ? { asked: state.asked } : {}),
      ...('failure' in state ? { failure: state.failure } : {}),
      ...(news.detail === undefined ? {} : { detail: news.detail }),
      ...(news.found === undefined ? {} : { found: news.found }),
      ...(state.kind === row.step ? {} : { step_since: news.at, read_at: null }),
      ...(state.kind === 'over'
        ? { outcome: state.failure === null ? ('passed' as const) : ('failed' as const), ended_at: news.at }
        : {}),
    })
    .where('id', '=', row.id)
    .execute()
}
