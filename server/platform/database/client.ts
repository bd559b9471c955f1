import pg from 'pg'

/**
 * A connection of one's own, not opened yet. One that breaks while nothing is asked of it ends no process: the next
 * statement says so.
 */
export function newClient(config: pg.ClientConfig): pg.Client {
  const client = new pg.Client(config)
  client.on('error', () => undefined)
  return client
}
