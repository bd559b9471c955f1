import { readFileSync } from 'node:fs'
import { readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createBackup, type Made, type Watch } from './platform/backup/create.ts'
import type { Summary } from './platform/backup/manifest.ts'
import { BackupReader } from './platform/backup/reader.ts'
import { restoreBackup } from './platform/backup/restore.ts'
import { openBlobStore } from './platform/blob/store.ts'
import { systemClock } from './platform/clock.ts'
import type { Config } from './platform/config.ts'
import { usualSettle } from './platform/database/epoch.ts'
import { openAsItIs, withDatabase } from './platform/database/open.ts'
import { createLog } from './platform/log.ts'
import { signerHome } from './signing/index.ts'

export type { Summary as BackupSummary } from './platform/backup/manifest.ts'

/** The version of this Suture. */
const version = (): string =>
  (JSON.parse(readFileSync(new URL('./package.json', import.meta.url), 'utf8')) as { version: string }).version

const blobsOf = ({ SUTURE_HOME }: Config): string => join(SUTURE_HOME, 'blobs')

/** Where a home remembers its last backup. */
const noteOf = (home: string): string => join(home, 'backup.json')

/** When a home was backed up the last time; nothing when it never was. */
export const lastBackup = async (home: string): Promise<Date | undefined> => {
  const text = await readFile(noteOf(home), 'utf8').catch(() => undefined)
  const at = new Date(/"at":"([^"]+)"/.exec(text ?? '')?.[1] ?? Number.NaN)
  return Number.isNaN(at.getTime()) ? undefined : at
}

/**
 * Backs up the database and the blobs into one new file, whether or not the server runs.
 * @param options whether the signer's sealed files are taken along, never its passphrase; and whether files that the disk
 *   has lost are left out
 */
export async function backUp(
  config: Config,
  file: string,
  { withSigner = false, skipLost = false }: { readonly withSigner?: boolean; readonly skipLost?: boolean },
  watch: Watch,
): Promise<Made> {
  const now = systemClock.now()
  const work = async (urls: { readonly owner: string; readonly worker: string }) =>
    createBackup(
      {
        ...{ owner: urls.owner, worker: urls.worker, blobs: blobsOf(config), suture: version() },
        skipLost,
        signer: withSigner ? signerHome(config.SUTURE_HOME).directory : undefined,
      },
      file,
      now,
      watch,
    )
  const made = await withDatabase(config, createLog(config.SUTURE_LOG_LEVEL), work, openAsItIs)
  const note = `${JSON.stringify({ at: made.createdAt, digest: made.digest })}\n`
  // Only the doctor reads it: where it cannot be written, the backup is none the worse.
  await writeFile(noteOf(config.SUTURE_HOME), note, { mode: 0o600 }).catch(() => undefined)
  return made
}

/** Reads a backup through, and says what it holds. */
export async function verifyBackup(file: string, watch: Watch): Promise<Summary> {
  watch.total(await sizeOf(file))
  const reader = await BackupReader.open(file, watch.advance)
  await reader.close()
  return reader.summary
}

const sizeOf = (file: string): Promise<number> =>
  stat(file).then(
    ({ size }) => size,
    () => 0,
  )

/** Restores a backup into an empty database and home; nothing is touched before the whole backup was verified. */
export async function restore(
  config: Config,
  file: string,
  { settleSeconds = usualSettle, watch }: { readonly settleSeconds?: number | undefined; readonly watch: Watch },
): Promise<{
  readonly summary: Summary
  readonly epoch: number
  readonly settleSeconds: number
  readonly hasSigner: boolean
}> {
  const log = createLog(config.SUTURE_LOG_LEVEL)
  watch.total(2 * (await sizeOf(file)))
  const reader = await BackupReader.open(file, watch.advance)
  await using undo = new AsyncDisposableStack()
  undo.defer(() => reader.close())
  const { urls, stop } = await openAsItIs(config, log)
  undo.defer(stop)
  const blobs = await openBlobStore(blobsOf(config))
  undo.defer(() => blobs.close())
  const signer = signerHome(config.SUTURE_HOME)
  const now = systemClock.now()
  const target = { owner: urls.owner, worker: urls.worker, blobs, signer: signer.directory, log, now, settleSeconds }
  const epoch = await restoreBackup(reader, target, watch.advance)
  const hasSigner = (await stat(signer.public).catch(() => undefined)) !== undefined
  return { summary: reader.summary, epoch, settleSeconds, hasSigner }
}
