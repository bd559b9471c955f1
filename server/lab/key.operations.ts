import { randomUUID } from 'node:crypto'
import { linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import {
  newSigningKey,
  publicHalf,
  publicPem,
  readSigningKey,
  type SigningKey,
  signingPem,
} from '@suture/trust/keys.ts'

const fileIn = (home: string) => join(home, 'lab', 'lab-key')

function read(file: string): SigningKey | undefined {
  try {
    return readSigningKey(readFileSync(file, 'utf8'))
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}

/** Makes the key unless another process does so first: the file appears whole, or not at all. */
function make(home: string, file: string): void {
  mkdirSync(join(home, 'lab'), { recursive: true, mode: 0o700 })
  const draft = `${file}.${randomUUID()}`
  try {
    writeFileSync(draft, signingPem(newSigningKey()), { mode: 0o600, flag: 'wx', flush: true })
    linkSync(draft, file)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  } finally {
    rmSync(draft, { force: true })
  }
}

/**
 * The key that the lab signs its verdicts with, made on first need; it is no key of the signer, and never leaves its file.
 * @param home SUTURE_HOME
 */
export function labKey(home: string): SigningKey {
  const file = fileIn(home)
  const kept = read(file)
  if (kept) return kept
  make(home, file)
  const key = read(file)
  if (!key) throw new Error('The lab’s key vanished while it was made')
  writeFileSync(`${file}.pub`, publicPem(publicHalf(key)), { mode: 0o644 })
  return key
}

/** The half of the lab's key that a ceremony enrols with the signer. */
export function getLabKey(home: string) {
  const key = publicHalf(labKey(home))
  return { keyId: key.keyId, publicKey: publicPem(key) }
}
