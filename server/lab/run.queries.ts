import type { LabRunState } from '@suture/contract/states.ts'
import { sql } from 'kysely'
import type { Scoped } from '#platform/database/store.ts'
import type { CellFacts } from './cell.ts'

/** Whether the run was stored; not while the release is in another one. */
export async function insertRun(
  { db, scope }: Scoped,
  run: { readonly id: string; readonly release: string; readonly stepSeconds: number; readonly at: Date },
): Promise<boolean> {
  const row = await db
    .insertInto('lab_run')
    .values({
      tenant_id: scope.tenant,
      id: run.id,
      release_id: run.release,
      state: 'running',
      started_at: run.at,
      started_by: scope.actor.name,
      step_seconds: run.stepSeconds,
      ended_at: null,
      verdict: null,
      verdict_digest: null,
    })
    .onConflict((conflict) => conflict.doNothing())
    .returning('id')
    .executeTakeFirst()
  return row !== undefined
}

export const findOpenRun = ({ db }: Scoped, release: string) =>
  db
    .selectFrom('lab_run')
    .select('id')
    .where('release_id', '=', release)
    .where('state', '=', 'running')
    .executeTakeFirst()

/** Lets one process at a time look after the lab of a tenant; false when another one does so now. */
export const tryLockLab = async ({ db, scope }: Scoped): Promise<boolean> => {
  const { rows } = await sql<{ got: boolean }>`
    select pg_try_advisory_xact_lock(hashtext('lab'), ${scope.tenant}::int) as got`.execute(db)
  return rows[0]?.got === true
}

/** The runs whose trials are all over and that have no verdict yet. */
export const runsToJudge = ({ db }: Scoped) =>
  db
    .selectFrom('lab_run as r')
    .select(['r.id', 'r.release_id as release'])
    .where('r.state', '=', 'running')
    .where((eb) =>
      eb.not(
        eb.exists(
          eb
            .selectFrom('lab_trial as t')
            .select('t.id')
            .whereRef('t.run_id', '=', 'r.id')
            .whereRef('t.tenant_id', '=', 'r.tenant_id')
            .where('t.step', '<>', 'over'),
        ),
      ),
    )
    .orderBy('r.started_at')
    .limit(16)
    .forUpdate('r')
    .execute()

/** How each trial of a run ended. */
export const endedTrials = ({ db }: Scoped, run: string) =>
  db
    .selectFrom('lab_trial as t')
    .innerJoin('lab_rig as g', (join) => join.onRef('g.id', '=', 't.rig_id').onRef('g.tenant_id', '=', 't.tenant_id'))
    .select(['g.name as rig', 't.cell', 't.outcome'])
    .select(sql<string>`encode(t.sha256, 'hex')`.as('sha256'))
    .where('t.run_id', '=', run)
    .orderBy('g.name')
    .execute()

/**
 * The distinct cells of the devices in service that a release targets and that do not run it yet, those with most
 * devices first.
 */
export const fleetCells = ({ db }: Scoped, release: string, version: string): Promise<CellFacts[]> =>
  db
    .selectFrom('inventory_device as d')
    .innerJoin('inventory_model as m', (join) =>
      join.onRef('m.id', '=', 'd.model_id').onRef('m.tenant_id', '=', 'd.tenant_id'),
    )
    .select(['m.manufacturer', 'm.name as model', 'd.hardware_revision as hardwareRevision'])
    .select(['d.bootloader', 'd.firmware as version'])
    .where('d.state', '=', 'live')
    .where('d.is_rig', '=', false)
    .where('d.firmware', '<>', version)
    .where((eb) =>
      eb.exists(
        eb
          .selectFrom('releases_target as t')
          .select('t.sha256')
          .whereRef('t.tenant_id', '=', 'd.tenant_id')
          .whereRef('t.model_id', '=', 'd.model_id')
          .where('t.release_id', '=', release)
          .where((or) =>
            or.or([or('t.hardware_revision', '=', ''), or('t.hardware_revision', '=', or.ref('d.hardware_revision'))]),
          ),
      ),
    )
    .groupBy(['m.manufacturer', 'm.name', 'd.hardware_revision', 'd.bootloader', 'd.firmware'])
    .orderBy(sql`count(*)`, 'desc')
    .orderBy('m.manufacturer')
    .orderBy('m.name')
    .orderBy('d.hardware_revision')
    .orderBy(sql`d.bootloader nulls first`)
    .orderBy('d.firmware')
    // One more than the rigs could stand for and a verdict could name.
    .limit(5121)
    .execute()

/** Ends a run with its verdict. */
export const storeVerdict = async (
  { db }: Scoped,
  run: string,
  verdict: {
    readonly state: Exclude<LabRunState, 'running'>
    readonly envelope: Buffer
    readonly digest: string
    readonly at: Date
  },
): Promise<void> => {
  await db
    .updateTable('lab_run')
    .set({
      state: verdict.state,
      ended_at: verdict.at,
      verdict: verdict.envelope,
      verdict_digest: Buffer.from(verdict.digest, 'hex'),
    })
    .where('id', '=', run)
    .execute()
}

const runs = ({ db }: Scoped) =>
  db
    .selectFrom('lab_run as r')
    .innerJoin('releases_release as l', (join) =>
      join.onRef('l.id', '=', 'r.release_id').onRef('l.tenant_id', '=', 'r.tenant_id'),
    )
    .select(['r.id', 'r.state', 'r.started_at as startedAt', 'r.started_by as startedBy', 'r.ended_at as endedAt'])
    .select([
      'r.step_seconds as stepSeconds',
      'l.id as release_id',
      'l.name as release_name',
      'l.version as release_version',
    ])
    .select(sql<string | null>`encode(r.verdict_digest, 'hex')`.as('verdictDigest'))

type RunRow = Awaited<ReturnType<ReturnType<typeof runs>['executeTakeFirstOrThrow']>>

const runView = ({ release_id, release_name, release_version, ...run }: RunRow) => ({
  ...run,
  release: { id: release_id, name: release_name, version: release_version },
})

/** Tests newest first, starting below a place. */
export const viewRuns = async (
  scoped: Scoped,
  limit: number,
  query: { readonly before: readonly [Date, string] | undefined; readonly release: string | undefined },
) => {
  const rows = await runs(scoped)
    .$if(query.before !== undefined, (q) =>
      q.where(sql<boolean>`(r.started_at, r.id) < (${query.before?.[0]}::timestamptz, ${query.before?.[1]}::uuid)`),
    )
    .$if(query.release !== undefined, (q) => q.where('r.release_id', '=', query.release as string))
    .orderBy('r.started_at', 'desc')
    .orderBy('r.id', 'desc')
    .limit(limit)
    .execute()
  return rows.map(runView)
}

/** A test with its trials; nothing when there is none of this id. */
export const viewRun = async (scoped: Scoped, id: string) => {
  const row = await runs(scoped).select('r.verdict').where('r.id', '=', id).executeTakeFirst()
  if (!row) return undefined
  const trials = await scoped.db
    .selectFrom('lab_trial as t')
    .innerJoin('lab_rig as g', (join) => join.onRef('g.id', '=', 't.rig_id').onRef('g.tenant_id', '=', 't.tenant_id'))
    .innerJoin('inventory_device as d', (join) =>
      join.onRef('d.id', '=', 't.device_id').onRef('d.tenant_id', '=', 't.tenant_id'),
    )
    .select(['t.id', 'g.name as rig', 'd.uid as device', 't.cell', 't.step', 't.step_since as stepSince', 't.said'])
    .select(['t.outcome', 't.failure', 't.detail', 't.ended_at as endedAt'])
    .where('t.run_id', '=', id)
    .orderBy('g.name')
    .execute()
  const { verdict, ...rest } = row
  return { run: { ...runView(rest), trials }, verdict }
}
