import { randomBytes, randomUUID } from 'node:crypto'
import { linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const fileIn = (home: string) => join(home, 'integrations', 'seal-key')

function read(file: string): Buffer | undefined {
  try {
    const key = Buffer.from(readFileSync(file, 'utf8'), 'base64')
    if (key.length !== 32) throw new Error(`${file} is no key: it should hold 32 bytes in base64`)
    return key
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}

/** Makes the key unless another process does so first: the file appears whole, or not at all. */
function make(home: string, file: string): void {
  mkdirSync(join(home, 'integrations'), { recursive: true, mode: 0o700 })
  const draft = `${file}.${randomUUID()}`
  try {
    writeFileSync(draft, randomBytes(32).toString('base64'), { mode: 0o600, flag: 'wx', flush: true })
    linkSync(draft, file)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  } finally {
    rmSync(draft, { force: true })
  }
}

/**
 * The key under which the secrets of webhooks are sealed, made on first need. It lies in a file, so that a copy of the
 * database alone signs nothing.
 * @param home SUTURE_HOME
 */
export function sealKey(home: string): Buffer {
  const file = fileIn(home)
  const kept = read(file)
  if (kept) return kept
  make(home, file)
  const key = read(file)
  if (!key) throw new Error('The key that seals secrets vanished while it was made')
  return key
}
