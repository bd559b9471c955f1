import pg from 'pg'

// int8 as a number: ids are dense and stay far below 2^53; counts do too.
pg.types.setTypeParser(pg.types.builtins.INT8, Number)

interface Options {
  readonly max: number
  /** How PostgreSQL's own views name these connections. */
  readonly name: string
  readonly onError: (error: Error) => void
}

/** Connections to one database as one role. */
export interface Pool {
  readonly pg: pg.Pool
  close(): Promise<void>
}

/**
 * Opens a pool that outlives its connections: one that breaks (a restart of PostgreSQL) is told to `onError` and
 * replaced at the next query. A connection may still break while the pool closes, because `end` does not wait for the
 * sockets; that is no news to anybody, and must not end the process either.
 */
export function openPool(url: string, { max, name, onError }: Options): Pool {
  const pool = new pg.Pool({
    connectionString: url,
    max,
    application_name: name,
    connectionTimeoutMillis: 10_000,
    statement_timeout: 30_000,
    idle_in_transaction_session_timeout: 30_000,
  })
  let closing = false
  const tell = (error: Error) => {
    if (!closing) onError(error)
  }
  pool.on('error', tell)
  // A connection that is in use tells its own errors, beside the query that fails.
  pool.on('connect', (client) => void client.on('error', () => undefined))
  const close = async () => {
    if (closing) return
    closing = true
    await pool.end()
  }
  return { pg: pool, close }
}
