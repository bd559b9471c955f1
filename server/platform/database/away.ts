import pg from 'pg'

/** The database cannot be reached or has ended the connection: whether what was under way was kept, nobody knows. */
export class DatabaseAway extends Error {
  override readonly name = 'DatabaseAway'
}

/** The database ended a transaction or a statement because it lasted longer than one may: nothing of it was kept. */
export class DatabaseSlow extends Error {
  override readonly name = 'DatabaseSlow'
}

/** How PostgreSQL says so: of a transaction, of a pause in one, of a statement (appendix A). */
const tooSlow = /^(25P0[34]|57014)$/

/**
 * How PostgreSQL says that it ends connections or takes no more (PostgreSQL, appendix A): connection exceptions but for a
 * wrong message of ours (08P01), too many connections, and shutting down, crashing, starting or dropping the database.
 */
const ended = /^(080..|53300|57P0[1-4])$/

/** What the system says of a server that is not reached, and the driver of a connection that broke or did not come. */
const unreached = /^(ECONN|EPIPE|ENOENT|ETIMEDOUT|EHOST|ENET|ENOTFOUND|EAI_)/
const broken = /^(Connection terminated|Client has encountered a connection error|Client was closed|timeout e)/

const codeOf = (error: Error): string => (error as { code?: string }).code ?? ''

/** Whether the connection of a statement is gone, without a word of PostgreSQL that says why. */
export const isBroken = (error: unknown): boolean =>
  error instanceof Error &&
  !(error instanceof pg.DatabaseError) &&
  (unreached.test(codeOf(error)) || broken.test(error.message))

/** The same error, or that the database is away or too slow when this is what it means. */
export function unlessAway(error: unknown): unknown {
  if (error instanceof pg.DatabaseError && tooSlow.test(codeOf(error)))
    return new DatabaseSlow(error.message, { cause: error })
  const isAway = error instanceof pg.DatabaseError ? ended.test(codeOf(error)) : isBroken(error)
  return isAway ? new DatabaseAway((error as Error).message, { cause: error }) : error
}
