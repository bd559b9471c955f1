import { randomBytes } from 'node:crypto'
import { existsSync, lstatSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { OperatorError } from '#platform/operator-error.ts'

/** Where the passphrase of the signer's home comes from. `file` is for trials: it lies beside what it seals. */
export type PassphraseSource =
  | { readonly kind: 'environment' }
  | { readonly kind: 'credential' | 'file'; readonly path: string }

type Environment = Readonly<Record<string, string | undefined>>

/** Which source is in force: the environment, else a systemd credential (systemd.exec(5)), else the file in the home. */
export function passphraseSource(home: string, env: Environment): PassphraseSource {
  if (env.SUTURE_SIGNER_PASSPHRASE) return { kind: 'environment' }
  const credential = env.CREDENTIALS_DIRECTORY && join(env.CREDENTIALS_DIRECTORY, 'suture-signer')
  if (credential && isNamed(credential)) return { kind: 'credential', path: credential }
  return { kind: 'file', path: join(home, 'signer', 'passphrase') }
}

/** Whether there is such a file, also one that this user may not see: then another source would be taken in silence. */
function isNamed(path: string): boolean {
  try {
    return statSync(path, { throwIfNoEntry: false }) !== undefined
  } catch {
    return true
  }
}

function readCredential(path: string): string {
  try {
    return readFileSync(path, 'utf8').trim()
  } catch (error) {
    throw new OperatorError(
      `The credential ${path} cannot be read (${(error as NodeJS.ErrnoException).code}). See that the unit’s user may, and that its file system is mounted for it.`,
    )
  }
}

function readPrivate(path: string): string {
  const { mode } = lstatSync(path)
  if ((mode & 0o077) !== 0) throw new OperatorError(`Others can read ${path}; it must have mode 0600.`)
  return readFileSync(path, 'utf8').trim()
}

/**
 * The passphrase; on a home that was never used and without another source, a random one is made and kept in its file.
 * @throws OperatorError when it is empty: it would seal the keys for nobody
 */
export function readPassphrase(home: string, env: Environment): string {
  const source = passphraseSource(home, env)
  const found = readFrom(source, home, env)
  if (found.trim() !== '') return found
  const place = source.kind === 'environment' ? 'SUTURE_SIGNER_PASSPHRASE' : source.path
  throw new OperatorError(`The signer’s passphrase in ${place} is empty. Put one there that nobody guesses.`)
}

function readFrom(source: PassphraseSource, home: string, env: Environment): string {
  if (source.kind === 'environment') return env.SUTURE_SIGNER_PASSPHRASE ?? ''
  if (source.kind === 'credential') return readCredential(source.path)
  if (!existsSync(source.path)) {
    if (existsSync(join(home, 'signer', 'sealed.json')))
      throw new OperatorError(
        `The signer’s home is sealed, and ${source.path} is missing: give SUTURE_SIGNER_PASSPHRASE.`,
      )
    mkdirSync(join(home, 'signer'), { recursive: true, mode: 0o700 })
    writeFileSync(source.path, `${randomBytes(32).toString('base64url')}\n`, { mode: 0o600, flag: 'wx' })
  }
  return readPrivate(source.path)
}
