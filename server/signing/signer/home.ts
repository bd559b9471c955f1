import { chmodSync, existsSync, mkdirSync, readFileSync, statSync } from 'node:fs'
import { canonicalBytes, type Json, readCanonical } from '@suture/trust/canonical.ts'
import { newSigningKey, publicHalf, readSigningKey, type SigningKey, signingPem } from '@suture/trust/keys.ts'
import { object, type Shape } from '@suture/trust/shape.ts'
import { writeSignerKeys } from '@suture/trust/signer-keys.ts'
import { tryLock } from '#platform/file-lock.ts'
import { OperatorError } from '#platform/operator-error.ts'
import { type SigningPurpose, signingPurposes } from '../purposes.ts'
import { signerHome } from '../signer-home.ts'
import { replaceFile } from './durable-file.ts'
import { startJournal } from './journal.ts'
import { type Roster, rosterShape } from './roster.ts'
import { type Lock, SealBroken } from './seal.ts'

/** What lies under the seal: the keys that sign, and the people and labs who are believed. */
export interface Sealed {
  readonly keys: { readonly [P in SigningPurpose]: SigningKey }
  readonly roster: Roster
}

const signingKey: Shape<SigningKey> = (value) => readSigningKey(String(value))
const contents = object({
  keys: object({ 'rollout-plan': signingKey, 'release-publish': signingKey, evidence: signingKey }),
  roster: rosterShape,
})

const maxContentsBytes = 64 << 20

/** The sealed part of a home; throws `SealBroken` when it was changed by anything but a ceremony. */
export function readSealed(home: string, lock: Lock): Sealed {
  const { sealed } = signerHome(home)
  if (!existsSync(sealed)) throw new SealBroken()
  return contents(readCanonical(lock.open(readFileSync(sealed)), maxContentsBytes), '')
}

const sealedBytes = ({ keys, roster }: Sealed, lock: Lock): Buffer => {
  const pems = Object.fromEntries(signingPurposes.map((name) => [name, signingPem(keys[name])]))
  return lock.seal(canonicalBytes({ keys: pems, roster: roster as unknown as Json }))
}

/** Writes to the home while nobody else can; the lock dies with its holder. */
function alone<T>(home: string, write: () => T): T {
  const release = tryLock(signerHome(home).lock)
  if (!release) throw new OperatorError('Another ceremony is under way; wait until it is done.')
  try {
    return write()
  } finally {
    release()
  }
}

/** Changes the roster: reads, changes and writes while no other ceremony can. */
export function changeRoster(
  home: string,
  lock: Lock,
  change: (members: Roster['members']) => Roster['members'],
): Roster {
  return alone(home, () => {
    const before = readSealed(home, lock)
    // Read as the signer will: a roster that it could not read would stop it for good.
    const roster = rosterShape({ counter: before.roster.counter + 1, members: change(before.roster.members) }, '')
    replaceFile(signerHome(home).sealed, 0o600, sealedBytes({ keys: before.keys, roster }, lock))
    return roster
  })
}

function publishKeys(home: string, { keys }: Sealed): void {
  const path = signerHome(home).public
  const bytes = writeSignerKeys({
    'rollout-plan': publicHalf(keys['rollout-plan']),
    'release-publish': publicHalf(keys['release-publish']),
    evidence: publicHalf(keys.evidence),
  })
  if (existsSync(path) && readFileSync(path).equals(bytes)) return
  replaceFile(path, 0o644, bytes)
  chmodSync(path, 0o644)
}

/** Opens the signer's home, and makes it on first use. */
export function openHome(home: string, lock: Lock): Sealed {
  const paths = signerHome(home)
  mkdirSync(paths.directory, { recursive: true, mode: 0o700 })
  if ((statSync(paths.directory).mode & 0o077) !== 0)
    throw new OperatorError(`Others may enter ${paths.directory}; it must have mode 0700.`)
  return alone(home, () => {
    if (!existsSync(paths.sealed)) makeKeys(home, lock)
    const sealed = readSealed(home, lock)
    publishKeys(home, sealed)
    return sealed
  })
}

function makeKeys(home: string, lock: Lock): void {
  const paths = signerHome(home)
  if (existsSync(paths.public) || (statSync(paths.journal, { throwIfNoEntry: false })?.size ?? 0) > 0)
    throw new OperatorError(`The signer’s keys are gone: ${paths.sealed} is missing from a home that was in use.`)
  const keys = { 'rollout-plan': newSigningKey(), 'release-publish': newSigningKey(), evidence: newSigningKey() }
  startJournal(paths, lock)
  replaceFile(paths.sealed, 0o600, sealedBytes({ keys, roster: { counter: 0, members: [] } }, lock))
}
