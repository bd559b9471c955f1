import { createReadStream } from 'node:fs'
import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { isSha256 } from '@suture/trust/bytes.ts'
import { sha256OfFile } from '#platform/blob/store.ts'
import { OperatorError } from '#platform/operator-error.ts'
import type { BackupWriter } from './writer.ts'

const whatToDo =
  'Look after the disk. Whoever has the file uploads it again, which mends it; --skip-lost backs up everything else.'

/**
 * Takes every blob along that the disk has whole.
 * @param files what rows name, each with what it is
 * @returns what was left out, each with what it is, where that is wanted
 * @throws OperatorError where it is not: at the first that is spoilt, or of all that are not there
 */
export async function copyBlobs(
  { blobs, skipLost }: { readonly blobs: string; readonly skipLost: boolean },
  writer: BackupWriter,
  files: ReadonlyMap<string, string>,
  advance: (bytes: number) => void,
): Promise<readonly string[]> {
  const nameOf = (digest: string) => `${files.get(digest) ?? 'a file that no row names'} (SHA-256 ${digest})`
  const lost = new Map([...files.keys()].map((digest) => [digest, nameOf(digest)]))
  // Listed again: whatever a row of the snapshot names was stored before that row was.
  for (const { name, size, path } of await blobsIn(blobs)) {
    const what = nameOf(name)
    const fault = skipLost ? await faultOf(path, name) : undefined
    if (fault === undefined) {
      await writer.stream(`blobs/${name}`, size, createReadStream(path), {
        expected: name,
        changed: `${what} cannot be backed up: its bytes changed, or are not those of its name. ${whatToDo}`,
        unreadable: (why) => `${what} cannot be read (${why}). ${whatToDo}`,
      })
      lost.delete(name)
    } else lost.set(name, `${what}${fault}`)
    advance(size)
  }
  const named = [...lost.values()]
  if (named.length > 0 && !skipLost)
    throw new OperatorError(
      `The disk has lost ${named.slice(0, 5).join(', ')}${named.length > 5 ? ' and more' : ''}. ${whatToDo}`,
    )
  return named
}

/** What is wrong with a file, as it follows its name; undefined when it is whole. */
const faultOf = (path: string, sha256: string): Promise<string | undefined> =>
  sha256OfFile(path).then(
    (found) => (found === sha256 ? undefined : ''),
    (error: Error) => `, which cannot be read (${error.message})`,
  )

interface Found {
  readonly name: string
  readonly path: string
  readonly size: number
}

/** Every blob below a store's folder. */
export async function blobsIn(root: string): Promise<Found[]> {
  const base = join(root, 'sha256')
  const found: Found[] = []
  for (const folder of await namesIn(base))
    for (const name of await namesIn(join(base, folder))) {
      const path = join(base, folder, name)
      // Of one that tells no size none can be read either, which is found out where it is.
      if (isSha256(name)) found.push({ name, path, size: await sizeOf(path) })
    }
  return found
}

const sizeOf = (path: string): Promise<number> =>
  stat(path).then(
    ({ size }) => size,
    () => 0,
  )

const namesIn = (folder: string): Promise<string[]> =>
  readdir(folder).then(
    (names) => names.sort(),
    (error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return []
      throw new OperatorError(`The folder ${folder} cannot be read (${error.message}). Look after the disk.`)
    },
  )
