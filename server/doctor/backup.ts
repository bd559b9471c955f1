import type { Config } from '#platform/config.ts'
import { lastBackup } from '../backup.ts'
import { type Finding, ok, warn } from './finding.ts'

/** Whether a backup was ever made on this machine. */
export async function backup({ SUTURE_HOME }: Config): Promise<Finding> {
  const at = await lastBackup(SUTURE_HOME)
  return at
    ? ok('backup', `the last one was made ${at.toISOString()} on this machine`)
    : warn('backup', 'none was ever made on this machine; `suture backup create FILE` makes one while the server runs')
}
