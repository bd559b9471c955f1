import type { Scene } from './scene.ts'

/** What of the database the fuzz must leave as it is, as text by name. */
export type Kept = ReadonlyMap<string, string>

/** Tables in which what devices say, and what the server itself does meanwhile, leaves rows. */
const moving = new Set([
  ...['platform_event', 'platform_reactor', 'platform_session', 'platform_credential', 'platform_answer'],
  ...['inventory_fact', 'inventory_seen', 'inventory_device_statistics'],
  ...['deployment_feedback', 'deployment_heartbeat', 'deployment_reading', 'deployment_job'],
  // Whoever shows a gateway’s secret waits in quarantine.
  ...['inventory_device', 'inventory_device_key', 'inventory_device_bill', 'inventory_quarantine'],
  ...[
    'inventory_model',
    'inventory_bill',
    'inventory_bill_component',
    'inventory_component',
    'inventory_firmware',
    'inventory_context',
  ],
  ...['lab_trial', 'lab_run', 'intelligence_component', 'intelligence_bill', 'risk_decision'],
])

/** How many rows each table of the tenant has, and everything that is known about devices for which nobody may speak. */
export async function keptIn({ rows }: Scene): Promise<Kept> {
  const tables = await rows<{ name: string }>(
    `select c.relname as name from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attname = 'tenant_id'
     where c.relkind = 'r' and c.relnamespace = 'public'::regnamespace and has_table_privilege(c.oid, 'select')`,
  )
  const kept = new Map<string, string>()
  for (const { name } of tables.filter((each) => !moving.has(each.name))) {
    const [row] = await rows<{ n: number }>(`select count(*)::int as n from ${name}`)
    kept.set(`rows of ${name}`, String(row?.n))
  }
  const about = (table: string) =>
    `select coalesce(md5(string_agg(t::text, '|' order by t::text)), '') as n from ${table} t join inventory_device d on d.id = t.device_id where d.serial like 'foreign-%'`
  for (const table of [
    'deployment_job',
    'deployment_feedback',
    'inventory_fact',
    'inventory_seen',
    'inventory_device_secret',
    'inventory_device_key',
  ]) {
    const [row] = await rows<{ n: string }>(about(table))
    kept.set(`${table} of foreign devices`, String(row?.n))
  }
  const [devices] = await rows<{ n: string }>(
    `select md5(string_agg(concat(d.serial, d.name, d.state, d.firmware, d.bill_id, d.site_id), '|' order by d.serial)) as n from inventory_device d where d.state <> 'quarantined'`,
  )
  kept.set('what is believed of devices', String(devices?.n))
  return kept
}

/** What differs, by name. */
export const changedBetween = (before: Kept, after: Kept): string[] =>
  [...before].flatMap(([name, value]) =>
    after.get(name) === value ? [] : [`${name}: ${value} became ${after.get(name)}`],
  )

/** How many words are stored, by controller id. */
export async function wordsStored({ rows }: Scene): Promise<ReadonlyMap<string, number>> {
  const found = await rows<{ serial: string; n: number }>(
    `select d.serial, count(*)::int as n from deployment_feedback f join inventory_device d on d.id = f.device_id group by d.serial`,
  )
  return new Map(found.map(({ serial, n }) => [serial, n]))
}

const mib = 1024 * 1024

/** So much may a server hold on to more than before, in bytes: caches fill and code is compiled, and both come to an end. */
const allowed = (cases: number): number => Math.min(24 * mib, 6 * mib + cases * 3 * 1024)

/** What a server held on to after so many cases. */
interface Held {
  readonly held: number
  readonly cases: number
}

/** Why the memory of a server that was let rest is not well, if it is not. */
export function leaked(before: Held, after: Held): string | undefined {
  const [grown, cases] = [after.held - before.held, after.cases - before.cases]
  return grown > allowed(cases)
    ? `${Math.round(grown / 1024)} KiB of memory were not given back after ${cases} cases`
    : undefined
}
