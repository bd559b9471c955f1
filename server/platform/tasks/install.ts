import { Logger, runMigrations } from 'graphile-worker'
import { newClient } from '#platform/database/client.ts'
import type { Log } from '#platform/log.ts'

/** The queue's own messages with what caused them, in our log; its chatter at `info` is ours at `debug`. */
export const queueLogger = (log: Log): Logger =>
  new Logger(() => (level, message, meta) => {
    const told = { queue: message, ...(meta?.error === undefined ? {} : { err: meta.error }) }
    if (level === 'error') log.error(told, 'task queue')
    else if (level === 'warning') log.warn(told, 'task queue')
    else log.debug(told, 'task queue')
  })

/**
 * The queue belongs to the worker role, and its tables have row-level security without a policy: nobody else reads or
 * writes them. Everybody else enqueues through this function, which runs with the worker's rights and takes the tenant
 * from the transaction, so that no caller can ask for work in another tenant.
 */
const enqueueFunction = `
  create schema if not exists suture_task;
  drop function if exists suture_task.enqueue(text, json, text, timestamptz);
  create or replace function suture_task.enqueue(name text, payload json, key text, run_at timestamptz, queue text default null)
  returns void language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
  declare
    tenant int := nullif(current_setting('app.tenant_id', true), '')::int;
    whole text := tenant || ':' || name || ':' || key;
  begin
    if tenant is null then
      raise exception 'a task needs the tenant of its transaction';
    end if;
    perform graphile_worker.add_job(name, json_build_object('tenant', tenant, 'payload', payload),
      queue_name := tenant || ':' || queue,
      run_at := least(coalesce(run_at, now()),
        (select j.run_at from graphile_worker.jobs j where j.key = whole and j.attempts = 0 and j.locked_at is null)),
      job_key := whole, max_attempts := 11);
  end $$;
  revoke all on function suture_task.enqueue from public;
  grant usage on schema suture_task to suture_app;
  grant execute on function suture_task.enqueue to suture_app;
`

/** Creates or updates the task queue; as the worker role, after the migrations. */
export async function installTaskQueue(workerUrl: string, log: Log): Promise<void> {
  await runMigrations({ connectionString: workerUrl, logger: queueLogger(log) })
  const client = newClient({ connectionString: workerUrl, application_name: 'suture tasks' })
  await client.connect()
  try {
    await client.query('begin')
    // Two servers that start together must not both replace the function.
    await client.query('select pg_advisory_xact_lock(hashtext($1))', ['suture_task.enqueue'])
    await client.query(enqueueFunction)
    await client.query('commit')
  } finally {
    await client.end()
  }
}
