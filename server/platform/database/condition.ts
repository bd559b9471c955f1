import { newClient } from './client.ts'

/** What the doctor wants to know of a database. */
export interface Condition {
  readonly version: string
  readonly isRecent: boolean
  readonly isDurable: boolean
  /** Roles of ours that pass row-level security by. */
  readonly mighty: number
  /** Tables whose owner does. */
  readonly unforced: number
  /** Whether the connection stays on this machine or is encrypted. */
  readonly isPrivate: boolean
  /** By how much its clock is ahead of this machine’s, in milliseconds. */
  readonly aheadMs: number
}

const questions = `
  select current_setting('server_version') as version,
         current_setting('server_version_num')::int >= 150000 as "isRecent",
         current_setting('fsync') = 'on' as "isDurable",
         (select count(*)::int from pg_roles where rolname like 'suture\\_%' and (rolsuper or rolbypassrls)) as mighty,
         (select count(*)::int from pg_class where relrowsecurity and not relforcerowsecurity
            and relnamespace = 'public'::regnamespace) as unforced,
         coalesce(host(inet_server_addr()) in (host(inet_client_addr()), '127.0.0.1', '::1'), true)
           or coalesce((select ssl from pg_stat_ssl where pid = pg_backend_pid()), false) as "isPrivate",
         extract(epoch from clock_timestamp())::float8 * 1000 as "atMs"`

/** Examines a database; changes nothing. */
export async function conditionOf(url: string): Promise<Condition> {
  const client = newClient({ connectionString: url, application_name: 'suture doctor' })
  await client.connect()
  try {
    const sent = Date.now()
    const { rows } = await client.query<Omit<Condition, 'aheadMs'> & { readonly atMs: number }>(questions)
    const [found] = rows
    if (!found) throw new Error('no answer')
    // Half of the way there and back: the clock was read in between.
    return { ...found, aheadMs: found.atMs - (sent + Date.now()) / 2 }
  } finally {
    await client.end()
  }
}
