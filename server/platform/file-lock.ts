import { chmodSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'

/** SQLITE_BUSY (sqlite.org/rescode.html): somebody else holds the lock. */
const busy = 5
// Unreferenced, a lock would be collected, closed and so released.
const held = new Set<DatabaseSync>()

/**
 * Takes the lock that a file stands for, until the returned function is called or this process dies; undefined when
 * somebody else holds it. SQLite's lock is the kernel's: unlike a file that exists or a recorded pid it cannot go
 * stale, race, or be mistaken for another process.
 * @throws when the file system has no locks
 */
export function tryLock(path: string): (() => void) | undefined {
  const lock = new DatabaseSync(path, { open: false })
  try {
    lock.open()
    lock.exec('begin exclusive')
  } catch (cause) {
    if (lock.isOpen) lock.close()
    if ((cause as { errcode?: number }).errcode === busy) return undefined
    throw cause
  }
  chmodSync(path, 0o600)
  held.add(lock)
  return () => {
    held.delete(lock)
    lock.close()
  }
}
