import { readdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { runner } from 'node-pg-migrate'
import type { Log } from '#platform/log.ts'
import { OperatorError } from '#platform/operator-error.ts'
import { newClient } from './client.ts'

const dir = fileURLToPath(new URL('../../../migrations', import.meta.url))

/** The migrations of this version, in order. */
export const knownMigrations = (): readonly string[] =>
  readdirSync(dir)
    .filter((name) => name.endsWith('.sql'))
    .map((name) => name.slice(0, -4))
    .sort()

/**
 * Brings a database up to date as its owner: numbered SQL files, forward only, each once and in order, all of them
 * in one transaction and under an advisory lock, so that two servers starting together do it once.
 * @param upTo how many of the migrations it is to have afterwards; all of them otherwise
 * @throws OperatorError when a newer version has been at it
 */
export async function migrate(ownerUrl: string, log: Log, upTo?: number): Promise<void> {
  const applied = await appliedIn(ownerUrl)
  const done = await runner({
    databaseUrl: ownerUrl,
    dir,
    direction: 'up',
    migrationsTable: 'platform_migration',
    checkOrder: true,
    singleTransaction: true,
    advisoryLockMode: 'wait',
    ...(upTo === undefined ? {} : { count: Math.max(0, upTo - applied.length) }),
    logger: { debug: () => {}, info: () => {}, warn: (text) => log.warn(text), error: (text) => log.error(text) },
  })
  for (const { name } of done) log.info({ migration: name }, 'migrated')
}

/** The migrations that a database has had; a stranger among them is of a newer version, which may have left anything. */
async function appliedIn(url: string): Promise<readonly string[]> {
  const client = newClient({ connectionString: url, application_name: 'suture migrate' })
  await client.connect()
  try {
    const { rows: there } = await client.query<{ there: boolean }>(
      `select to_regclass('public.platform_migration') is not null as there`,
    )
    if (!there[0]?.there) return []
    const { rows } = await client.query<{ name: string }>('select name from platform_migration order by run_on, id')
    const known = new Set(knownMigrations())
    const strange = rows.find(({ name }) => !known.has(name))
    if (strange)
      throw new OperatorError(
        `This database was last used by a newer Suture: it has the migration ${strange.name}, which this version does not know. Start that version or a newer one, or restore a backup from before the upgrade into an empty database.`,
      )
    return rows.map(({ name }) => name)
  } finally {
    await client.end()
  }
}
