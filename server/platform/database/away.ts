import pg from 'pg'

/** The database cannot be reached or has ended the connection: whether what was under way was kept, nobody knows. */
export class DatabaseAway extends Error {
  override readonly name = 'DatabaseAway'
}

/**
 * How PostgreSQL says that it ends connections or takes no more (PostgreSQL, appendix A): connection exceptions, too many
 * connections, and shutting down, crashing, starting or dropping the database.
 */
const ended = /^(08...|53300|57P0[1-4])$/

/** What the driver says of a connection that broke under a statement. */
const broken = /^(Connection terminated|Client has encountered a connection error|Client was closed)/

const codeOf = (error: Error): string => (error as { code?: string }).code ?? ''

const isBroken = (error: Error): boolean => /^(ECONN|EPIPE)/.test(codeOf(error)) || broken.test(error.message)

/**
 * The same error, or that the database is away when this is what it means.
 * @param during what went wrong: without an answer of PostgreSQL, a connection that is not made means nothing else
 */
export function unlessAway(error: unknown, during: 'connect' | 'query'): unknown {
  if (!(error instanceof Error)) return error
  const isAway = error instanceof pg.DatabaseError ? ended.test(codeOf(error)) : during === 'connect' || isBroken(error)
  return isAway ? new DatabaseAway(error.message, { cause: error }) : error
}
