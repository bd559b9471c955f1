import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { canonicalBytes, type Json } from '@suture/trust/canonical.ts'
import { newSigningKey, publicHalf, publicPem } from '@suture/trust/keys.ts'
import { parseSignerKeys } from '@suture/trust/signer-keys.ts'
import { describe, expect, onTestFinished, test } from 'vitest'
import { tryLock } from '#platform/file-lock.ts'
import { OperatorError } from '#platform/operator-error.ts'
import { signerHome } from '../signer-home.ts'
import { ceremonyWith, enrol, readRoster, revoke } from './ceremony.ts'
import { openHome, readSealed } from './home.ts'
import { passphraseSource, readPassphrase } from './passphrase.ts'
import { Lock, SealBroken } from './seal.ts'

function emptyHome(): string {
  const home = mkdtempSync(join(tmpdir(), 'suture-signer-'))
  onTestFinished(() => rmSync(home, { recursive: true, force: true }))
  return home
}
/** Deriving a key at the usual cost would be most of what these tests take. */
const cheap = 1 << 4
const lock = new Lock('right', cheap)
const now = new Date('2026-06-01T12:00:00.000Z')
const [tenant, person] = ['01997e5e-0000-7000-8000-000000000001', '01997e5e-0000-7000-8000-000000000002']

test('a home is made once, private, and gives the same keys every time', () => {
  const home = emptyHome()
  const { keys } = openHome(home, lock)
  const again = openHome(home, lock)
  const published = parseSignerKeys(readFileSync(signerHome(home).public))
  for (const name of ['rollout-plan', 'release-publish', 'evidence'] as const) {
    expect(again.keys[name].keyId).toBe(keys[name].keyId)
    expect(published[name].keyId).toBe(keys[name].keyId)
  }
  expect(new Set(Object.values(keys).map(({ keyId }) => keyId)).size).toBe(3)
  const modes = [signerHome(home).directory, signerHome(home).sealed, signerHome(home).public].map(
    (path) => statSync(path).mode & 0o777,
  )
  expect(modes).toEqual([0o700, 0o600, 0o644])
  expect(readFileSync(signerHome(home).sealed, 'utf8')).not.toContain('PRIVATE')
})

describe('a guess at the passphrase', () => {
  type Sealed = { kdf: { cost: number; salt: string } }
  const read = (sealed: Buffer) => JSON.parse(sealed.toString()) as Sealed
  const secret = Buffer.from('a secret')

  test('costs 128 MiB and what goes with it, and what costs less is not even tried', () => {
    const usual = new Lock('right')
    expect(read(usual.seal(secret)).kdf.cost).toBe(2 ** 17)
    expect(() => usual.open(lock.seal(secret))).toThrow(SealBroken)
  })

  test('is not made cheaper, nor its salt chosen, by a file that does not open', () => {
    const mine = new Lock('right', cheap)
    const before = read(mine.seal(secret)).kdf
    const kdf = { ...before, cost: cheap * 2, salt: Buffer.alloc(16).toString('base64') }
    const forged = canonicalBytes({ ...read(lock.seal(secret)), kdf } as unknown as Json)
    expect(() => mine.open(forged)).toThrow(SealBroken)
    expect(read(mine.seal(secret)).kdf).toEqual(before)
  })
})

test('a seal opens with its passphrase alone, and not after any byte of the file changed', () => {
  const sealed = lock.seal(Buffer.from('a secret'))
  expect(lock.open(sealed).toString()).toBe('a secret')
  expect(() => new Lock('wrong', cheap).open(sealed)).toThrow(SealBroken)
  for (let at = 0; at < sealed.length; at++) {
    const changed = Buffer.from(sealed)
    changed.writeUInt8(changed.readUInt8(at) ^ 1, at)
    expect(() => lock.open(changed), `byte ${at}`).toThrow(SealBroken)
  }
})

test('keys that are gone are not replaced by new ones behind everybody’s back', () => {
  const home = emptyHome()
  openHome(home, lock)
  rmSync(signerHome(home).sealed)
  expect(() => openHome(home, lock)).toThrow('The signer’s keys are gone')
})

test('a home that others may enter is refused', () => {
  const home = emptyHome()
  openHome(home, lock)
  chmodSync(signerHome(home).directory, 0o755)
  expect(() => openHome(home, lock)).toThrow('must have mode 0700')
})

test('the roster changes by ceremony alone, and its counter grows each time', () => {
  const ceremony = { home: emptyHome(), lock }
  const publicKey = publicPem(publicHalf(newSigningKey()))
  const newcomer = { tenant, person, name: 'Ada', publicKey, role: 'approver' } as const
  const { keyId } = enrol(ceremony, newcomer, now)
  expect(() => enrol(ceremony, { ...newcomer, person: tenant }, now)).toThrow('enrolled in this tenant before')
  revoke(ceremony, { tenant, keyId }, now)
  expect(() => revoke(ceremony, { tenant, keyId }, now)).toThrow('No key of this name is in force')
  expect(readRoster(ceremony)).toMatchObject({ counter: 2, members: [{ person, keyId, revokedAt: now.toISOString() }] })
  expect(() => enrol(ceremonyWith(ceremony.home, 'wrong'), newcomer, now)).toThrow(SealBroken)
})

test('a ceremony refuses what the signer could not read again', () => {
  const ceremony = { home: emptyHome(), lock }
  const publicKey = publicPem(publicHalf(newSigningKey()))
  const newcomer = { tenant, person, name: 'Ada', publicKey, role: 'approver' } as const
  for (const wrong of [{ person: 'Ada' }, { tenant: '' }, { name: 'two\nlines' }, { publicKey: 'no key' }]) {
    expect(() => enrol(ceremony, { ...newcomer, ...wrong }, now)).toThrow(OperatorError)
    expect(readSealed(ceremony.home, lock).roster.members).toEqual([])
  }
})

test('the passphrase comes from the environment, then a systemd credential, then a private file made at random', () => {
  const home = emptyHome()
  const credentials = emptyHome()
  expect(passphraseSource(home, { CREDENTIALS_DIRECTORY: credentials }).kind).toBe('file')
  const made = readPassphrase(home, {})
  expect(made).toMatch(/^[\w-]{43}$/)
  expect(readPassphrase(home, {})).toBe(made)
  writeFileSync(join(credentials, 'suture-signer'), 'from systemd\n')
  const env = { CREDENTIALS_DIRECTORY: credentials }
  expect([passphraseSource(home, env).kind, readPassphrase(home, env)]).toEqual(['credential', 'from systemd'])
  const both = { ...env, SUTURE_SIGNER_PASSPHRASE: 'from the environment' }
  expect([passphraseSource(home, both).kind, readPassphrase(home, both)]).toEqual([
    'environment',
    'from the environment',
  ])
  chmodSync(join(home, 'signer', 'passphrase'), 0o644)
  expect(() => readPassphrase(home, {})).toThrow('must have mode 0600')
})

test('a credential that is there and cannot be read is an error, and no other source takes its place', () => {
  const credentials = emptyHome()
  // Stands for a file that this user may not see: a link that leads to itself cannot be looked at either, root or not.
  symlinkSync('suture-signer', join(credentials, 'suture-signer'))
  const home = emptyHome()
  expect(() => readPassphrase(home, { CREDENTIALS_DIRECTORY: credentials })).toThrow(/credential .* cannot be read/)
  expect(existsSync(join(home, 'signer'))).toBe(false)
})

test('an empty passphrase seals nothing, wherever it comes from', () => {
  const home = emptyHome()
  const credentials = emptyHome()
  writeFileSync(join(credentials, 'suture-signer'), ' \n')
  mkdirSync(join(home, 'signer'))
  writeFileSync(join(home, 'signer', 'passphrase'), '', { mode: 0o600 })
  const environments = [{}, { CREDENTIALS_DIRECTORY: credentials }, { SUTURE_SIGNER_PASSPHRASE: ' ' }]
  for (const env of environments) expect(() => readPassphrase(home, env)).toThrow(/passphrase in .+ is empty/)
})

test('a ceremony that was cut short leaves nothing that stops the next, and two at once do not happen', () => {
  const ceremony = { home: emptyHome(), lock }
  const newcomer = () => {
    const publicKey = publicPem(publicHalf(newSigningKey()))
    return { tenant, person, name: 'Ada', publicKey, role: 'approver' } as const
  }
  const paths = signerHome(ceremony.home)
  // Killed while the home was made, and killed once more in the first ceremony.
  for (const _ of ['home', 'roster']) {
    mkdirSync(paths.directory, { recursive: true, mode: 0o700 })
    writeFileSync(`${paths.sealed}.new`, '')
    enrol(ceremony, newcomer(), now)
  }
  const release = tryLock(paths.lock)
  expect(() => enrol(ceremony, newcomer(), now)).toThrow('Another ceremony is under way')
  release?.()
  enrol(ceremony, newcomer(), now)
  expect(readRoster(ceremony).members).toHaveLength(3)
})
