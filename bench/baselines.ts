import type { Pool } from './database.ts'

// Every denominator: what a figure is divided by is measured here, in the same run, or not at all.

/** Why a figure would say nothing. */
export class Rejected extends Error {
  override readonly name = 'Rejected'
}

/** One connection: a pool would spread what belongs together. */
type Client = Pick<Pool, 'query'>

/** The middle one; of two in the middle the lower. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = sorted[(sorted.length - 1) >> 1]
  if (middle === undefined) throw new Error('There is no middle of nothing')
  return middle
}

/** How often each denominator is measured. */
const rounds = 5

async function timed(work: () => Promise<unknown>): Promise<number> {
  const began = performance.now()
  await work()
  return performance.now() - began
}

/** The median time of some work in milliseconds, after one that does not count. */
async function medianOf(work: () => Promise<unknown>, times = rounds): Promise<number> {
  await work()
  const all: number[] = []
  for (let n = 0; n < times; n++) all.push(await timed(work))
  return median(all)
}

/** By how much the machine may differ before and after a run. */
const mostDifference = 0.2

/** What the machine did in the same time before and after: a fixed piece of work, in milliseconds. */
export interface Calibration {
  readonly before: number
  readonly after: number
}

export const differenceOf = ({ before, after }: Calibration): number =>
  Math.abs(after - before) / Math.min(before, after)

/** The noise guard: why a run is worth nothing, because the machine was another one at its end. */
export function noiseIn(calibration: Calibration): string | undefined {
  const difference = differenceOf(calibration)
  if (difference <= mostDifference) return undefined
  const { before, after } = calibration
  return `The machine was not quiet: the same work took ${before.toFixed(1)} ms before and ${after.toFixed(1)} ms after, ${Math.round(difference * 100)} % apart, and ${mostDifference * 100} % are allowed. Run it again with nothing else running.`
}

/**
 * A fixed piece of work that needs what benchmarks need: this process, PostgreSQL, and the way between them. It writes
 * nothing, so that it can run in any database.
 */
const calibrate = (pool: Pool): Promise<number> =>
  medianOf(async () => {
    for (let n = 0; n < 50; n++)
      await pool.query('select sum(sqrt(n)), count(distinct n % 97) from generate_series(1, 4000) n')
  })

/** Runs something between two calibrations; `noise` is why its figures are not to be used. */
export async function betweenCalibrations<T>(
  pool: Pool,
  run: () => Promise<T>,
): Promise<{ readonly result: T; readonly calibration: Calibration; readonly noise: string | undefined }> {
  const before = await calibrate(pool)
  const result = await run()
  const calibration = { before, after: await calibrate(pool) }
  return { result, calibration, noise: noiseIn(calibration) }
}

/**
 * A connection on which a query may be a denominator: as the application's role, which row-level security binds, inside
 * a tenant, without parallel workers, over tables that were vacuumed.
 * @throws Rejected that says what is not so
 */
export async function mustBeFair(client: Client, table: string): Promise<void> {
  const { rows } = await client.query<{
    bound: boolean
    forced: boolean
    tenant: string
    workers: string
    unseen: number
  }>(
    `select not (r.rolsuper or r.rolbypassrls) as bound, c.relrowsecurity and c.relforcerowsecurity as forced,
            coalesce(current_setting('app.tenant_id', true), '') as tenant,
            current_setting('max_parallel_workers_per_gather') as workers,
            case when c.relpages = 0 then 1 else 1 - c.relallvisible::float8 / c.relpages end as unseen
       from pg_class c, pg_roles r where c.oid = $1::regclass and r.rolname = current_user`,
    [table],
  )
  const [found] = rows
  if (!found) throw new Rejected(`There is no table ${table}.`)
  const wrong = [
    !found.bound && 'its role passes by row-level security',
    !found.forced && `${table} has no forced row-level security`,
    found.tenant === '' && 'it is in no tenant',
    found.workers !== '0' && `it may use ${found.workers} parallel workers`,
    found.unseen > 0.1 && `${table} was not vacuumed`,
  ].filter((each) => each !== false)
  if (wrong.length > 0) throw new Rejected(`This is no denominator: ${wrong.join('; ')}.`)
}

/** Vacuums a table until PostgreSQL takes its rows for seen by all: what was committed without waiting is not, for a moment. */
async function vacuum(owner: Pool, table: string): Promise<void> {
  for (let tries = 0; tries < 50; tries++) {
    await owner.query(`vacuum ${table}`)
    const { rows } = await owner.query('select from pg_class where oid = $1::regclass and relallvisible = relpages', [
      table,
    ])
    if (rows.length > 0) return
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
}

/** Sets a connection as a denominator has it: the application's role, inside a tenant, without parallel workers. */
const asApplication = (client: Client, tenant: number) =>
  client.query(
    `select set_config('app.tenant_id', $1, false), set_config('app.site_ids', '*', false),
                               set_config('max_parallel_workers_per_gather', '0', false)`,
    [String(tenant)],
  )

/**
 * The milliseconds in which every row of a table is counted: the least that whoever looks through all of them takes.
 * @param owner vacuums the table
 */
export async function oneCount(owner: Pool, app: Pool, tenant: number, table: string): Promise<number> {
  const client = await app.connect()
  try {
    await asApplication(client, tenant)
    await vacuum(owner, table)
    await mustBeFair(client, table)
    return await medianOf(() => client.query(`select count(*) from ${table}`))
  } finally {
    // It has been set for the session, and others will use the connection.
    client.release(true)
  }
}

/** What one transaction that updates one row costs at the least. */
export interface Commit {
  readonly walBytes: number
  readonly ms: number
}

/** As many commits as one round makes. */
const commits = 200

/**
 * Measures commits of one row, by one connection after another as the application has them: the unit for whatever is
 * written. Leaves a small table behind, so only in a database that is thrown away.
 * @param owner makes and vacuums the table
 */
export async function oneCommit(owner: Pool, app: Pool, tenant: number): Promise<Commit> {
  await owner.query(`
    create table if not exists bench_commit (tenant_id int not null, id int primary key, n int not null) with (fillfactor = 50);
    alter table bench_commit enable row level security;
    alter table bench_commit force row level security;
    drop policy if exists tenant on bench_commit;
    create policy tenant on bench_commit using (tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::int));
    grant select, insert, update on bench_commit to suture_app`)
  const client = await app.connect()
  try {
    await asApplication(client, tenant)
    await client.query(
      'insert into bench_commit select $1, n, 0 from generate_series(1, 1000) n on conflict do nothing',
      [tenant],
    )
    await vacuum(owner, 'bench_commit')
    await mustBeFair(client, 'bench_commit')
    const position = async () =>
      Number(
        (await client.query<{ at: string }>(`select pg_wal_lsn_diff(pg_current_wal_lsn(), '0/0')::text as at`)).rows[0]
          ?.at,
      )
    const update = async () => {
      for (let n = 1; n <= commits; n++) await client.query('update bench_commit set n = n + 1 where id = $1', [n])
    }
    await update()
    const from = await position()
    const ms = (await medianOf(update)) / commits
    return { walBytes: Math.round(((await position()) - from) / (commits * (rounds + 1))), ms }
  } finally {
    // It has been set for the session, and others will use the connection.
    client.release(true)
  }
}
