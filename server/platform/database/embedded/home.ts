/** The directory one installation owns: private, held by one living launcher at a time, written so that a crash leaves old or new. */
import { existsSync } from 'node:fs'
import { chmod, open, readdir, readFile, realpath, rename, rm, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { tryLock } from '#platform/file-lock.ts'
import { makeFolder } from '#platform/make-folder.ts'
import { OperatorError } from '#platform/operator-error.ts'

export type Log = (message: string) => void

/** A directory's canonical path, once it exists, belongs to this user and is closed (0700) to every other. */
export async function openHome(path: string, log: Log): Promise<string> {
  await makeFolder(path).catch((cause: unknown) => {
    throw new OperatorError(
      `Cannot create ${path} for the embedded PostgreSQL (${text(cause)}). Choose another home, or set DATABASE_URL.`,
    )
  })
  const home = await realpath(path)
  const { uid, mode } = await stat(home)
  const me = process.getuid?.()
  if (uid !== me) {
    throw new OperatorError(
      `${home} belongs to user ${uid}, and Suture runs as user ${me}. Run Suture as its owner, or choose another home.`,
    )
  }
  if (mode & 0o077) await close(home, log)
  return home
}

async function close(home: string, log: Log): Promise<void> {
  // A mistyped home such as /tmp must not lose its mode to us.
  if (!existsSync(join(home, LOCK)) && (await readdir(home)).length > 0) {
    throw new OperatorError(
      `${home} is open to other users and holds files that are not Suture's. Run "chmod 700 ${home}" if it is meant, or choose another home.`,
    )
  }
  await chmod(home, 0o700)
  log(`${home} was open to other users; it is now 0700.`)
}

const LOCK = 'launcher.lock'
/**
 * The right to run this home's PostgreSQL, until the returned function is called or this process dies.
 * `launcher.json` only names the holder for people.
 */
export async function holdHome(home: string): Promise<() => Promise<void>> {
  const record = join(home, 'launcher.json')
  const release = lockOf(home)
  if (!release) {
    const holder = (await readJson<{ pid: number }>(record).catch(() => undefined))?.pid
    throw new OperatorError(
      `Another Suture${holder ? ` (process ${holder})` : ''} is using ${home}. Stop it${holder ? ` with "kill ${holder}"` : ''}, or choose another home.`,
    )
  }
  await writeJson(record, { pid: process.pid })
  return async () => {
    await rm(record, { force: true })
    release()
  }
}

function lockOf(home: string): (() => void) | undefined {
  try {
    return tryLock(join(home, LOCK))
  } catch (cause) {
    throw new OperatorError(
      `Cannot lock ${home} (${text(cause)}). Choose a home on a local file system, or set DATABASE_URL.`,
    )
  }
}

/** The value stored in a file, or undefined when there is no such file. */
export async function readJson<T>(file: string): Promise<T | undefined> {
  const content = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined
    throw error
  })
  if (content === undefined) return undefined
  try {
    return JSON.parse(content) as T
  } catch {
    throw new OperatorError(
      `${file} is damaged. Restore it from a backup, or move its home away to start with an empty database.`,
    )
  }
}

/** Stores a value, readable by its owner only; on the disk, not merely on its way, when this resolves. */
export async function writeJson(file: string, value: unknown): Promise<void> {
  const draft = `${file}.new`
  await rm(draft, { force: true })
  const handle = await open(draft, 'wx', 0o600)
  await handle.writeFile(`${JSON.stringify(value, null, 2)}\n`)
  await handle.sync()
  await handle.close()
  await rename(draft, file)
  await syncDirectory(dirname(file))
}

/** Makes the names in a directory survive a loss of power. */
export async function syncDirectory(path: string): Promise<void> {
  const handle = await open(path, 'r')
  await handle.sync()
  await handle.close()
}

/** What went wrong, in words. */
export const text = (cause: unknown): string => (cause instanceof Error ? cause.message : String(cause))
