import { statSync } from 'node:fs'
import type { Config } from '#platform/config.ts'
import { signerHome } from '../signing/index.ts'
import { passphraseSource } from '../signing/signer/passphrase.ts'
import { bad, type Finding, ok, warn } from './finding.ts'

const modeOf = (path: string): number | undefined => statSync(path, { throwIfNoEntry: false })?.mode

/** When the signer of this home was last alive, if it ever was. */
export const heartbeatOf = ({ SUTURE_HOME }: Config): Date | undefined =>
  statSync(signerHome(SUTURE_HOME).heartbeat, { throwIfNoEntry: false })?.mtime

function passphrase({ SUTURE_HOME }: Config): Finding {
  const source = passphraseSource(SUTURE_HOME, process.env)
  const isSealed = modeOf(signerHome(SUTURE_HOME).sealed) !== undefined
  if (source.kind === 'file' && isSealed && modeOf(source.path) === undefined)
    return bad(
      'signer',
      `the signer’s keys are sealed, and their passphrase is missing: put ${source.path} back, or give SUTURE_SIGNER_PASSPHRASE or a systemd credential`,
    )
  if (source.kind === 'file')
    return warn(
      'signer',
      `the signer’s passphrase is kept beside its keys (${source.path}), for trial: whoever reads the home can sign. Give SUTURE_SIGNER_PASSPHRASE or a systemd credential`,
    )
  return ok(
    'signer',
    `the signer’s passphrase comes from ${source.kind === 'environment' ? 'the environment' : 'a systemd credential'}`,
  )
}

/** Whether what belongs to the signer alone is closed to everybody else. */
function signerFiles(config: Config): Finding[] {
  const home = signerHome(config.SUTURE_HOME)
  const source = passphraseSource(config.SUTURE_HOME, {})
  const own = [home.directory, home.sealed, home.journal, ...(source.kind === 'file' ? [source.path] : [])]
  if (modeOf(home.directory) === undefined) return []
  const open = own.filter((path) => ((modeOf(path) ?? 0) & 0o077) !== 0)
  return [
    open.length === 0
      ? ok('signer’s home', `${home.directory} is closed to other users`)
      : bad('signer’s home', `other users can read ${open.join(', ')}. Run chmod go= ${open.join(' ')}`),
  ]
}

/** Nothing of a signer that runs apart: its home is another user’s, and is examined there. */
export const signer = (config: Config): readonly Finding[] =>
  config.SUTURE_SIGNER === 'external'
    ? [ok('signer', 'the signer runs apart; run the doctor as its user, with its SUTURE_HOME, to examine its home')]
    : [passphrase(config), ...signerFiles(config)]
