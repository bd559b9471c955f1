import { fileURLToPath } from 'node:url'
import { runner } from 'node-pg-migrate'
import type { Log } from '#platform/log.ts'

const dir = fileURLToPath(new URL('../../../migrations', import.meta.url))

/**
 * Brings a database up to date as its owner: numbered SQL files, forward only, each once and in order, all of them
 * in one transaction and under an advisory lock, so that two servers starting together do it once.
 * @throws when a file that was already applied is missing or out of order
 */
export async function migrate(ownerUrl: string, log: Log): Promise<void> {
  const applied = await runner({
    databaseUrl: ownerUrl,
    dir,
    direction: 'up',
    migrationsTable: 'platform_migration',
    checkOrder: true,
    singleTransaction: true,
    advisoryLockMode: 'wait',
    logger: { debug: () => {}, info: () => {}, warn: (text) => log.warn(text), error: (text) => log.error(text) },
  })
  for (const { name } of applied) log.info({ migration: name }, 'migrated')
}
