import type { Config } from '#platform/config.ts'
import { type Condition, conditionOf } from '#platform/database/condition.ts'
import { externalUrls, runningUrls } from '#platform/database/open.ts'
import { bad, type Finding, ok, warn } from './finding.ts'

/** What was found of the database, and by how much its clock is ahead of ours, in milliseconds. */
interface Examined {
  readonly findings: readonly Finding[]
  readonly aheadMs?: number
}

const kind = (config: Config): Finding =>
  externalUrls(config)
    ? ok('database', 'a PostgreSQL of yours')
    : warn(
        'database',
        'the embedded PostgreSQL, for trial: its packaging is tagged beta, it carries OpenSSL 1.1 (end of life) and speaks no TLS, so it listens on a private socket only. Set DATABASE_URL for real use',
      )

export async function database(config: Config): Promise<Examined> {
  const running = await runningUrls(config)
  if (!running) {
    const absent = externalUrls(config) ? bad : warn
    return { findings: [kind(config), absent('connection', 'no PostgreSQL answers; start it to have it examined')] }
  }
  const found = await conditionOf(running.owner).catch((error: Error) => error)
  if (found instanceof Error)
    return { findings: [kind(config), bad('connection', `the database cannot be used: ${found.message}`)] }
  return { findings: [kind(config), ...judge(found)], aheadMs: found.aheadMs }
}

const judge = (found: Condition): readonly Finding[] => [
  found.isRecent
    ? ok('version', `PostgreSQL ${found.version}`)
    : bad('version', `PostgreSQL ${found.version} is older than 15, the oldest that is tested`),
  found.isDurable
    ? ok('durability', 'commits reach the disk')
    : bad('durability', 'fsync is off: a crash of the machine can lose what was acknowledged'),
  found.mighty === 0
    ? ok('roles', 'no role of Suture can pass row-level security by')
    : bad('roles', 'a role of Suture is a superuser or has BYPASSRLS; `suture db init` says how to mend it'),
  found.unforced === 0
    ? ok('isolation', 'row-level security is forced on every tenant’s table')
    : bad('isolation', `${found.unforced} tables do not force row-level security`),
  found.isPrivate
    ? ok('wire', 'nobody between here and the database can listen')
    : bad(
        'wire',
        'the connection to the database goes over a network without TLS. Add sslmode=verify-full to each connection string',
      ),
]
