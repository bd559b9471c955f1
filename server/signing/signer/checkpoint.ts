import { existsSync, readFileSync } from 'node:fs'
import { canonicalBytes, readCanonical } from '@suture/trust/canonical.ts'
import { digest, integer, object, type Read } from '@suture/trust/shape.ts'
import { OperatorError } from '#platform/operator-error.ts'
import { replaceFile } from './durable-file.ts'
import type { Lock } from './seal.ts'

const checkpointShape = object({
  /** How many entries the journal had. */
  entries: integer(0, Number.MAX_SAFE_INTEGER),
  /** SHA-256 of the last of them. */
  last: digest,
})

/** How far the journal had come: what it held by then cannot be cut off or replaced without the passphrase. */
export type Checkpoint = Read<typeof checkpointShape>

export const writeCheckpoint = (path: string, lock: Lock, checkpoint: Checkpoint): void =>
  replaceFile(path, 0o600, lock.seal(canonicalBytes({ ...checkpoint })))

/** @throws OperatorError when there is none, or one that this passphrase did not seal */
export function readCheckpoint(path: string, lock: Lock): Checkpoint {
  if (!existsSync(path)) throw new OperatorError(`The checkpoint of the signer’s journal is gone: ${path} is missing.`)
  try {
    return checkpointShape(readCanonical(lock.open(readFileSync(path))), '')
  } catch {
    throw new OperatorError(`The checkpoint of the signer’s journal was changed: ${path} does not open.`)
  }
}
