/** As whom PostgreSQL runs: it refuses root, and Suture must start for root too, without creating a user. */
import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { chmod, chown, mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { OperatorError } from '#platform/operator-error.ts'
import { text } from './home.ts'

/**
 * `plain`: as the user we are. `unshare`: as root, in a user namespace where PostgreSQL takes itself for nobody, and the
 * files stay root's. `nobody`: where namespaces are forbidden, truly as nobody, with data where nobody can reach it.
 */
export type Rung = 'plain' | 'unshare' | 'nobody'

/** The passwd entry every Unix has; initdb looks its own user up, so that a made-up number would not do. */
const NOBODY = 65534
/** Not /var/lib/suture, which is likely to be the home itself, closed to nobody. */
export const NOBODY_BASE = '/var/lib/suture-postgres'

/** The rungs worth trying for this user, best first. */
export const ladder = (): readonly Rung[] => (process.getuid?.() === 0 ? ['unshare', 'nobody'] : ['plain'])

/** A command line as a rung runs it. */
export const command = (rung: Rung, file: string, args: readonly string[]): [string, string[]] =>
  rung === 'unshare'
    ? ['unshare', ['--user', `--map-user=${NOBODY}`, `--map-group=${NOBODY}`, file, ...args]]
    : [file, [...args]]

/**
 * Spawn options of a rung. The environment is closed: an inherited PGPORT, PGDATA or LD_LIBRARY_PATH must not decide
 * anything, and TZ becomes the cluster's time zone.
 */
export const spawnAs = (rung: Rung, cwd: string) => ({
  cwd,
  env: { PATH: process.env.PATH, LC_ALL: 'C', TZ: 'UTC' } as NodeJS.ProcessEnv,
  ...(rung === 'nobody' && { uid: NOBODY, gid: NOBODY }),
})

/** Gives a file to the user PostgreSQL runs as. */
export async function give(rung: Rung, path: string): Promise<void> {
  if (rung === 'nobody') await chown(path, NOBODY, NOBODY)
}

const execute = promisify(execFile)

/** Runs a program to its end; throws what it complained of. */
export async function run(rung: Rung, cwd: string, file: string, args: readonly string[]): Promise<void> {
  await execute(...command(rung, file, args), spawnAs(rung, cwd)).catch((error: { stderr?: string }) => {
    throw new OperatorError(error.stderr?.trim().replaceAll('\n', ' ') || text(error))
  })
}

/** The directory for a cluster's files on a rung, where PostgreSQL was seen to be able to write. */
export async function stateFor(rung: Rung, home: string, nobodyBase: string, remembered?: string): Promise<string> {
  const inside = join(home, 'postgres')
  await mkdir(inside, { recursive: true, mode: 0o700 })
  // Only nobody's state stays behind when the home is moved, and so must be remembered.
  const outside = remembered ?? join(nobodyBase, createHash('sha256').update(home).digest('hex').slice(0, 16))
  const state = rung === 'nobody' ? outside : inside
  if (rung === 'nobody') {
    // Root's, so that no other process of nobody's can plant links where root writes; modes set against any umask.
    if (await mkdir(nobodyBase, { recursive: true })) await chmod(nobodyBase, 0o755)
    await mkdir(state, { recursive: true })
    await chmod(state, 0o711)
    await mkdir(socketsIn(rung, state), { recursive: true, mode: 0o700 })
    await give(rung, socketsIn(rung, state))
  }
  await run(rung, '/', 'test', ['-w', socketsIn(rung, state)]).catch((cause: unknown) => {
    throw new OperatorError(`cannot write to ${state} (${text(cause)})`)
  })
  return state
}

/** Where a cluster's socket goes unless the path is too long. */
export const socketsIn = (rung: Rung, state: string): string => (rung === 'nobody' ? join(state, 'run') : state)
