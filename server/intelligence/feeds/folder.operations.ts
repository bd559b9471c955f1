import { randomBytes } from 'node:crypto'
import { constants } from 'node:fs'
import { access, mkdir, open, readdir, readFile, rename, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { setTimeout as after } from 'node:timers/promises'
import { OperatorError } from '#platform/operator-error.ts'
import { mostBytes } from './read.operations.ts'

/** Where documents arrive, and where they are put when they were taken or refused, each with a note that says why. */
export const feedFolders = (home: string) => ({
  incoming: join(home, 'feeds', 'incoming'),
  done: join(home, 'feeds', 'done'),
  refused: join(home, 'feeds', 'refused'),
})
export type FeedFolders = ReturnType<typeof feedFolders>

/** Makes the folders, for nobody but the user who runs Suture. */
export async function makeFolders(folders: FeedFolders): Promise<void> {
  for (const folder of Object.values(folders)) await mkdir(folder, { recursive: true, mode: 0o700 })
}

/** The note that lies beside a document that was taken or refused. */
const noteOf = (file: string) => `${file}.txt`

/** What became of one file of the incoming folder. */
export type Look =
  | { readonly kind: 'bytes'; readonly bytes: Buffer }
  | { readonly kind: 'refused'; readonly because: string }
  | { readonly kind: 'still-growing'; readonly state: string }

const refused = (because: string): Look => ({ kind: 'refused', because })

/**
 * Reads a file that somebody put there: a regular one and no link, not larger than a document may be, and the same as at
 * the last look, because it may still be on its way.
 * @param before what the last look found, as this one tells it
 */
export async function look(path: string, before: string | undefined): Promise<Look> {
  const flags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK
  const opened = await open(path, flags).catch((error: NodeJS.ErrnoException) => error)
  if (opened instanceof Error)
    return refused(opened.code === 'ELOOP' ? 'It is a link' : `It cannot be opened (${opened.code})`)
  try {
    const found = await opened.stat()
    if (!found.isFile()) return refused('It is no regular file')
    if (found.size > mostBytes) return refused(`It has more than ${mostBytes} bytes`)
    const state = `${found.ino} ${found.size} ${found.mtimeMs}`
    if (state !== before) return { kind: 'still-growing', state }
    const bytes = Buffer.alloc(found.size)
    const { bytesRead } = await opened.read(bytes, 0, found.size, 0)
    return { kind: 'bytes', bytes: bytes.subarray(0, bytesRead) }
  } finally {
    await opened.close()
  }
}

/** Puts a file away with its note; the note is there first. */
export async function putAway(folders: FeedFolders, name: string, to: 'done' | 'refused', note: string): Promise<void> {
  const place = join(folders[to], name)
  await writeFile(noteOf(place), `${note}\n`, { mode: 0o600 })
  await rename(join(folders.incoming, name), place)
}

/** The documents that have arrived, in the order of their names. */
export const arrived = async ({ incoming }: FeedFolders): Promise<string[]> =>
  (await readdir(incoming)).filter((name) => name.endsWith('.json')).sort()

/** A file that was put into the incoming folder. */
export interface Submitted {
  readonly file: string
  readonly name: string
}

/** Copies a document into the incoming folder, where it appears whole or not at all. */
export async function submitFeed(home: string, file: string): Promise<Submitted> {
  const folders = feedFolders(home)
  const source = await open(file, 'r')
  try {
    const found = await source.stat()
    if (!found.isFile() || found.size > mostBytes)
      throw new OperatorError(`${file} is no document of facts: a regular file of at most ${mostBytes} bytes.`)
    await makeFolders(folders)
    const name = `${basename(file, '.json').slice(0, 100)}-${randomBytes(6).toString('hex')}.json`
    const part = join(folders.incoming, `${name}.part`)
    const target = await open(part, 'wx', 0o600)
    try {
      await target.writeFile(await source.readFile())
      await target.sync()
    } finally {
      await target.close()
    }
    await rename(part, join(folders.incoming, name))
    return { file, name }
  } finally {
    await source.close()
  }
}

const isThere = (path: string) =>
  access(path).then(
    () => true,
    () => false,
  )

/**
 * Waits until a document was taken or refused.
 * @returns what the note says, or undefined when nothing had looked at it when the time was over
 */
export async function outcomeOfFeed(
  home: string,
  { name }: Submitted,
  milliseconds: number,
): Promise<{ readonly isRefused: boolean; readonly note: string } | undefined> {
  const folders = feedFolders(home)
  const enough = AbortSignal.timeout(milliseconds)
  while (!enough.aborted) {
    for (const to of ['done', 'refused'] as const) {
      const place = join(folders[to], name)
      if (await isThere(place))
        return { isRefused: to === 'refused', note: (await readFile(noteOf(place), 'utf8')).trimEnd() }
    }
    await after(200)
  }
  return undefined
}
