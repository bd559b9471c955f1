import { mkdir, stat } from 'node:fs/promises'
import { dirname } from 'node:path'

/**
 * Makes a folder for this user alone, and those above it that are missing. Node's own `recursive` never ends where a folder
 * is there and nothing can be made in it because "it is not", as Linux says in /proc.
 * @throws the error of the system
 */
export async function makeFolder(path: string): Promise<void> {
  if (await isThere(path)) return
  const above = dirname(path)
  if (above !== path) await makeFolder(above)
  await mkdir(path, { mode: 0o700 }).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST') throw error
  })
}

const isThere = (path: string): Promise<boolean> =>
  stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  )
